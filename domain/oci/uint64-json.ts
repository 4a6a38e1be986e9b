/** JSON text that keeps integers beyond 2^53 exact: a bigint is written as its plain digits. */
import * as E from 'fp-ts/lib/Either.js'
import * as Json from 'fp-ts/lib/Json.js'

export type ExactJson =
  | null
  | boolean
  | number
  | bigint
  | string
  | ReadonlyArray<ExactJson>
  | { readonly [member: string]: ExactJson | undefined }

const isList = (value: ExactJson): value is ReadonlyArray<ExactJson> => Array.isArray(value)

const block = (open: string, close: string, items: ReadonlyArray<string>, pad: string): string =>
  items.length === 0
    ? `${open}${close}`
    : `${open}\n${items.map((item) => `${pad}\t${item}`).join(',\n')}\n${pad}${close}`

const write = (value: ExactJson, pad: string): string => {
  if (typeof value === 'bigint') return value.toString()
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const inner = `${pad}\t`
  if (isList(value))
    return block(
      '[',
      ']',
      value.map((item) => write(item, inner)),
      pad,
    )
  const members = Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : [`${JSON.stringify(name)}: ${write(member, inner)}`],
  )
  return block('{', '}', members, pad)
}

/**
 * Tab-indented (spec 23 section 3). Members that are `undefined` are left out. `JSON.stringify`
 * would round RLIM_INFINITY up to a number that crun and runc refuse.
 */
export const exactJson = (value: ExactJson): string => `${write(value, '')}\n`

const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** A NUL opens every marked string; what opens with one already gets a mark of its own. */
const mark = (found: string): string => {
  if (found.startsWith('"\\u0000')) return `"\\u0000s${found.slice(1)}`
  const isExact = found.startsWith('"') || !/^-?\d+$/.test(found)
  return isExact || Number.isSafeInteger(Number(found)) ? found : `"\\u0000n${found}"`
}

const unmarkText = (text: string): string => (text.startsWith('\0s') ? text.slice(2) : text)

const unmark = (value: unknown): ExactJson => {
  if (typeof value === 'string')
    return value.startsWith('\0n') ? BigInt(value.slice(2)) : unmarkText(value)
  if (Array.isArray(value)) return value.map(unmark)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [unmarkText(name), unmark(member)]),
    )
  return typeof value === 'number' || typeof value === 'boolean' ? value : null
}

/** The inverse of `exactJson`: integers that a number would round are bigints. Left: not JSON. */
export const parseExactJson = (text: string): E.Either<string, ExactJson> => {
  const parsed = Json.parse(text)
  if (E.isLeft(parsed)) return E.left(String(parsed.left))
  const marked = Json.parse(text.replace(token, mark))
  return E.isLeft(marked) ? E.left(String(marked.left)) : E.right(unmark(marked.right))
}
