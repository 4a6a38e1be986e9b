/** The daemon's command line as settings by key (CFG-SRC-10, CFG-SRC-11). */
import * as E from 'fp-ts/lib/Either.js'
import { refuse, type Checked } from '../container/validate/refusal.ts'
import { parseUlimit } from '../container/validate/ulimits.ts'
import { optionOfFlag, type Option } from './options.ts'

export interface CommandLine {
  readonly help: boolean
  readonly version: boolean
  readonly settings: Readonly<Record<string, unknown>>
}

interface Word {
  /** With its dashes, as typed. */
  readonly typed: string
  readonly name: string
  readonly value: string | undefined
}

/** `--flag`, `--flag=v`, `-f`, `-f=v`; undefined: not a flag. */
const readWord = (text: string): Word | undefined => {
  const match = /^(--[^=-][^=]*|-[^=-][^=]*)(?:=([\s\S]*))?$/.exec(text)
  const typed = match?.[1]
  if (typed === undefined) return undefined
  return { typed, name: typed.replace(/^-+/, ''), value: match?.[2] }
}

const find = ({ typed, name }: Word): Option | undefined =>
  typed.startsWith('--') === name.length > 1 ? optionOfFlag(name) : undefined

const asList = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

const addPair = (typed: string, text: string, before: unknown): Checked<unknown> => {
  const equals = text.indexOf('=')
  return equals < 1
    ? refuse(typed, `Invalid value "${text}" for flag ${typed}: want key=value`)
    : E.right({ ...asRecord(before), [text.slice(0, equals)]: text.slice(equals + 1) })
}

const addUlimit = (text: string, before: unknown): Checked<unknown> => {
  const ulimit = parseUlimit(text)
  return E.isLeft(ulimit)
    ? ulimit
    : E.right({ ...asRecord(before), [ulimit.right.Name]: ulimit.right })
}

const readSwitch = (typed: string, text: string): Checked<boolean> =>
  text === 'true' || text === 'false'
    ? E.right(text === 'true')
    : refuse(typed, `Invalid value "${text}" for flag ${typed}: want true or false`)

const readInteger = (typed: string, text: string): Checked<number> =>
  /^-?\d{1,15}$/.test(text)
    ? E.right(Number(text))
    : refuse(typed, `Invalid value "${text}" for flag ${typed}: want a whole number`)

/** The setting after one more occurrence of the flag. */
const add = (option: Option, typed: string, text: string, before: unknown): Checked<unknown> => {
  switch (option.kind) {
    case 'text':
      return E.right(text)
    case 'list':
      return E.right([...asList(before), text])
    case 'switch':
    case 'lenient':
      return readSwitch(typed, text)
    case 'pairs':
      return addPair(typed, text, before)
    case 'integer':
      return readInteger(typed, text)
    case 'object':
      return option.key === 'default-ulimits'
        ? addUlimit(text, before)
        : E.right({ ...asRecord(before), [typed.replace(/^-+/, '')]: text })
  }
}

const isSwitch = ({ kind }: Option): boolean => kind === 'switch' || kind === 'lenient'

/** Arguments after the program's name. A list flag may be repeated; of others the last counts. */
export const parseFlags = (argv: ReadonlyArray<string>): Checked<CommandLine> => {
  const settings: Record<string, unknown> = {}
  let [help, version] = [false, false]
  for (let index = 0; index < argv.length; index += 1) {
    const text = argv[index] ?? ''
    const word = readWord(text)
    if (word === undefined) return refuse('arguments', `Unexpected argument: '${text}'`)
    if (text === '--help') help = true
    else if (text === '--version' || text === '-V') version = true
    else {
      const option = find(word)
      if (option === undefined) return refuse(word.typed, `Unknown flag found:'${word.typed}'`)
      const takesNext = word.value === undefined && !isSwitch(option)
      if (takesNext) index += 1
      const value = word.value ?? (takesNext ? argv[index] : 'true')
      if (value === undefined) return refuse(word.typed, `Flag needs a value: ${word.typed}`)
      const next = add(option, word.typed, value, settings[option.key])
      if (E.isLeft(next)) return next
      settings[option.key] = next.right
    }
  }
  return E.right({ help, version, settings })
}
