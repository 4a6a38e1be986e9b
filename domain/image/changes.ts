/** Instructions of a Dockerfile that change what an image tells its containers (`commit -c`). */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as Json from 'fp-ts/lib/Json.js'
import * as t from 'io-ts'

type Names = Readonly<Record<string, unknown>>

/** OCI image spec, config.md: the members of `config` that instructions change. */
export interface ImageSettings {
  readonly User: string
  readonly Env: ReadonlyArray<string>
  readonly Entrypoint: ReadonlyArray<string>
  readonly Cmd: ReadonlyArray<string>
  readonly WorkingDir: string
  readonly Labels: Readonly<Record<string, string>>
  readonly Volumes: Names
  readonly ExposedPorts: Names
  readonly StopSignal: string
}

/** Left: what is wrong with the value, for the operator. */
type Changed = Either<string, ImageSettings>
type Instruction = (settings: ImageSettings, value: string) => Changed

const Texts = t.readonlyArray(t.string)

/** `["a", "b"]`; undefined: it is not written so. */
const jsonTexts = (value: string): ReadonlyArray<string> | undefined => {
  const json = Json.parse(value)
  return E.isRight(json) && Texts.is(json.right) ? json.right : undefined
}

/** Anything but a JSON array is a line for a shell. */
const commandLine = (value: string): ReadonlyArray<string> =>
  jsonTexts(value) ?? ['/bin/sh', '-c', value]

const namesOf = (value: string): Names =>
  Object.fromEntries((jsonTexts(value) ?? value.split(/\s+/)).map((text) => [text, {}]))

type Pair = readonly [string, string]

const oneWord = /^([^\s=]+)=("[^"]*"|'[^']*'|\S*)(?:\s+|$)/

/** `KEY=VALUE…`, where quotes hold words together, or `KEY VALUE`. */
const pairsOf = (value: string): Either<string, ReadonlyArray<Pair>> => {
  const [, key, rest] = /^([^\s=]+)\s+(.*)$/s.exec(value) ?? []
  if (key !== undefined && rest !== undefined) return E.right([[key, rest]])
  const pairs: Array<Pair> = []
  for (let left = value; left !== '';) {
    const [whole, name, text] = oneWord.exec(left) ?? []
    if (whole === undefined || name === undefined || text === undefined)
      return E.left(`want KEY=VALUE, got "${left}"`)
    pairs.push([name, text.replace(/^(["'])(.*)\1$/s, '$2')])
    left = left.slice(whole.length)
  }
  return E.right(pairs)
}

/** A later value takes the place of an earlier one. */
const withEnv = (env: ReadonlyArray<string>, pairs: ReadonlyArray<Pair>): ReadonlyArray<string> =>
  pairs.reduce<ReadonlyArray<string>>((all, [key, value]) => {
    const entry = `${key}=${value}`
    const at = all.findIndex((one) => one.startsWith(`${key}=`))
    return at < 0 ? [...all, entry] : all.map((one, i) => (i === at ? entry : one))
  }, env)

const port = /^\d{1,5}(?:-\d{1,5})?(?:\/(?:tcp|udp|sctp))?$/

const exposed = (value: string): Either<string, Names> => {
  const wrong = value.split(/\s+/).find((text) => !port.test(text))
  if (wrong !== undefined) return E.left(`want PORT[/PROTO], got "${wrong}"`)
  return E.right(
    Object.fromEntries(
      value.split(/\s+/).map((text) => [text.includes('/') ? text : `${text}/tcp`, {}]),
    ),
  )
}

const instructions: Readonly<Record<string, Instruction>> = {
  CMD: (s, value) => E.right({ ...s, Cmd: commandLine(value) }),
  ENTRYPOINT: (s, value) => E.right({ ...s, Entrypoint: commandLine(value) }),
  ENV: (s, value) =>
    pipe(
      pairsOf(value),
      E.map((pairs) => ({ ...s, Env: withEnv(s.Env, pairs) })),
    ),
  EXPOSE: (s, value) =>
    pipe(
      exposed(value),
      E.map((ports) => ({ ...s, ExposedPorts: { ...s.ExposedPorts, ...ports } })),
    ),
  LABEL: (s, value) =>
    pipe(
      pairsOf(value),
      E.map((pairs) => ({ ...s, Labels: { ...s.Labels, ...Object.fromEntries(pairs) } })),
    ),
  STOPSIGNAL: (s, value) => E.right({ ...s, StopSignal: value }),
  USER: (s, value) => E.right({ ...s, User: value }),
  VOLUME: (s, value) => E.right({ ...s, Volumes: { ...s.Volumes, ...namesOf(value) } }),
  WORKDIR: (s, value) =>
    value.startsWith('/')
      ? E.right({ ...s, WorkingDir: value })
      : E.left(`want an absolute path, got "${value}"`),
}

const known = Object.keys(instructions).join(', ')

const changed = (settings: ImageSettings, text: string): Changed => {
  const [, word = '', value = ''] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(text) ?? []
  const name = word.toUpperCase()
  const instruction = Object.hasOwn(instructions, name) ? instructions[name] : undefined
  if (instruction === undefined)
    return E.left(`Invalid change "${text}": want one of ${known}, with a value`)
  if (value === '') return E.left(`Invalid change "${text}": ${name} wants a value`)
  return pipe(
    instruction(settings, value),
    E.mapLeft((why) => `Invalid change "${text}": ${why}`),
  )
}

/** One after the other; left: the text for the client. */
export const withChanges = (settings: ImageSettings, changes: ReadonlyArray<string>): Changed =>
  changes.reduce<Changed>(
    (before, text) =>
      pipe(
        before,
        E.chain((s) => changed(s, text)),
      ),
    E.right(settings),
  )
