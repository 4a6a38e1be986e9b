/** The command line of `isula-sim` as data. */
import { parseArgs } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { faultKinds, type FaultKind } from '../../simulator/faults/fault-kinds.ts'

/** What a drawn run depends on beside its seed. */
export interface Draw {
  readonly hours: number
  /** Undefined: all. */
  readonly kinds: ReadonlyArray<FaultKind> | undefined
  /** A bug that is planted for demonstration. */
  readonly planted: string | undefined
}

/** A seed to draw a plan from, or the path of a stored plan. */
export type Source =
  | { readonly _tag: 'Seed'; readonly seed: number }
  | { readonly _tag: 'File'; readonly path: string }

export type Request =
  | { readonly _tag: 'Help'; readonly command: string | undefined }
  | ({ readonly _tag: 'Run' } & Draw & {
        readonly seeds: number
        readonly from: number
        readonly jobs: number
        readonly json: string | undefined
      })
  | ({ readonly _tag: 'Replay' } & Draw & { readonly source: Source; readonly all: boolean })
  | ({ readonly _tag: 'Shrink' } & Draw & {
        readonly source: Source
        readonly out: string | undefined
        readonly seconds: number
      })
  | { readonly _tag: 'List' }
  | {
      readonly _tag: 'Explore'
      readonly scenario: string
      readonly seed: number
      readonly nested: boolean
      readonly planted: string | undefined
      readonly json: string | undefined
    }

const draw = {
  hours: { type: 'string', default: '1' },
  faults: { type: 'string', default: 'all' },
  planted: { type: 'string' },
} as const

const help = { help: { type: 'boolean', short: 'h', default: false } } as const

/** Wrong usage, told in one line. */
class Wrong extends Error {}

const number = (name: string, text: string, least: number): number => {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < least)
    throw new Wrong(`--${name} ${text}: a number of at least ${least} is wanted`)
  return value
}

const whole = (name: string, text: string, least: number): number => {
  const value = number(name, text, least)
  if (!Number.isSafeInteger(value)) throw new Wrong(`--${name} ${text}: a whole number is wanted`)
  return value
}

const isKind = (text: string): text is FaultKind => Object.hasOwn(faultKinds, text)

/** `all`, `none`, kinds (`power-cut`) or classes (`K4`), separated by commas. */
const kindsOf = (list: string): ReadonlyArray<FaultKind> | undefined => {
  if (list === 'all') return undefined
  if (list === 'none') return []
  const every = Object.keys(faultKinds).filter(isKind)
  return list.split(',').flatMap((one) => {
    const found = every.filter((kind) => kind === one || faultKinds[kind] === one)
    if (found.length === 0) throw new Wrong(`--faults ${one}: there is no such kind or class`)
    return found
  })
}

const drawOf = (values: { hours: string; faults: string; planted?: string }): Draw => ({
  hours: number('hours', values.hours, 0),
  kinds: kindsOf(values.faults),
  planted: values.planted,
})

const sourceOf = (words: ReadonlyArray<string>): Source => {
  const [word, ...more] = words
  if (word === undefined || more.length > 0) throw new Wrong('one SEED or FILE is wanted')
  return /^\d+$/.test(word) ? { _tag: 'Seed', seed: Number(word) } : { _tag: 'File', path: word }
}

const none = (words: ReadonlyArray<string>): void => {
  if (words.length > 0) throw new Wrong(`'${words.join(' ')}' is not understood`)
}

const helpFor = (command: string): Request => ({ _tag: 'Help', command })

const runRequest = (args: string[], processors: number): Request => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...draw,
      ...help,
      seeds: { type: 'string', default: '100' },
      from: { type: 'string', default: '1' },
      jobs: { type: 'string', default: String(processors) },
      json: { type: 'string' },
    },
  })
  if (values.help) return helpFor('run')
  none(positionals)
  return {
    _tag: 'Run',
    ...drawOf(values),
    seeds: whole('seeds', values.seeds, 1),
    from: whole('from', values.from, 0),
    jobs: whole('jobs', values.jobs, 1),
    json: values.json,
  }
}

const replayRequest = (args: string[]): Request => {
  const options = { ...draw, ...help, all: { type: 'boolean', default: false } } as const
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
  if (values.help) return helpFor('replay')
  return { _tag: 'Replay', ...drawOf(values), source: sourceOf(positionals), all: values.all }
}

const shrinkRequest = (args: string[]): Request => {
  const options = {
    ...draw,
    ...help,
    out: { type: 'string' },
    seconds: { type: 'string', default: '60' },
  } as const
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
  if (values.help) return helpFor('shrink')
  const seconds = number('seconds', values.seconds, 1)
  return {
    _tag: 'Shrink',
    ...drawOf(values),
    source: sourceOf(positionals),
    out: values.out,
    seconds,
  }
}

const exploreRequest = (args: string[]): Request => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...help,
      list: { type: 'boolean', default: false },
      nested: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      planted: { type: 'string' },
      json: { type: 'string' },
    },
  })
  if (values.help) return helpFor('explore')
  if (values.list) return { _tag: 'List' }
  const [scenario, ...more] = positionals
  if (scenario === undefined) throw new Wrong('a SCENARIO is wanted; --list shows all')
  none(more)
  const { nested, planted, json } = values
  return { _tag: 'Explore', scenario, seed: whole('seed', values.seed, 0), nested, planted, json }
}

const parse = (args: ReadonlyArray<string>, processors: number): Request => {
  const [command, ...rest] = args
  switch (command) {
    case undefined:
      throw new Wrong('a command is missing')
    case '--help':
    case '-h':
    case 'help':
      return { _tag: 'Help', command: rest[0] }
    case 'run':
      return runRequest(rest, processors)
    case 'replay':
      return replayRequest(rest)
    case 'shrink':
      return shrinkRequest(rest)
    case 'explore':
      return exploreRequest(rest)
    default:
      throw new Wrong(`unknown command '${command}'`)
  }
}

const isUsage = (error: unknown): error is Error =>
  error instanceof Wrong ||
  (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))

/** Left: what is wrong with the arguments. `processors` is the default of `--jobs`. */
export const parseRequest = (
  args: ReadonlyArray<string>,
  processors: number,
): E.Either<string, Request> => {
  try {
    return E.right(parse(args, processors))
  } catch (error) {
    if (isUsage(error)) return E.left(error.message)
    throw error
  }
}

/** The options that draw the same plan again. */
export const drawFlags = ({ hours, kinds, planted }: Draw): string =>
  [
    ` --hours ${hours}`,
    kinds === undefined ? '' : ` --faults ${kinds.join(',') || 'none'}`,
    planted === undefined ? '' : ` --planted ${planted}`,
  ].join('')
