/** Reading members of a JSON document of unknown origin, with refusals that name the member. */
import * as E from 'fp-ts/lib/Either.js'
import * as Json from 'fp-ts/lib/Json.js'
import { refuse, type Checked } from './refusal.ts'

export interface Document {
  /** How refusals call it, e.g. `HostConfig`; empty: members are called by their own name. */
  readonly name: string
  readonly members: Readonly<Record<string, unknown>>
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const describe = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 100)

/** Empty text counts as an empty document, as absent fields do on the wire. */
export const parseDocument = (name: string, text: string): Checked<Document> => {
  if (text.trim() === '') return E.right({ name, members: {} })
  const parsed = Json.parse(text)
  if (E.isLeft(parsed)) return refuse(name, `${name} is not valid JSON`)
  return isRecord(parsed.right)
    ? E.right({ name, members: parsed.right })
    : refuse(name, `${name} is not a JSON object`)
}

const fieldOf = ({ name }: Document, member: string): string =>
  name === '' ? member : `${name}.${member}`

const own = ({ members }: Document, member: string): unknown => {
  const value = Object.hasOwn(members, member) ? members[member] : undefined
  return value === null ? undefined : value
}

const wrong = (field: string, wanted: string, value: unknown): Checked<never> =>
  refuse(field, `Invalid ${field} ${describe(value)}: want ${wanted}`)

export const text = (document: Document, member: string): Checked<string> => {
  const value = own(document, member) ?? ''
  return typeof value === 'string'
    ? E.right(value)
    : wrong(fieldOf(document, member), 'a string', value)
}

export const flag = (document: Document, member: string): Checked<boolean> => {
  const value = own(document, member) ?? false
  return typeof value === 'boolean'
    ? E.right(value)
    : wrong(fieldOf(document, member), 'true or false', value)
}

/** Any number that is whole; the caller checks the range. */
export const whole = (document: Document, member: string): Checked<number> => {
  const value = own(document, member) ?? 0
  return typeof value === 'number' && Number.isInteger(value)
    ? E.right(value)
    : wrong(fieldOf(document, member), 'a whole number', value)
}

/** A whole number that JSON holds exactly. */
export const integer = (document: Document, member: string): Checked<number> => {
  const value = own(document, member) ?? 0
  return typeof value === 'number' && Number.isSafeInteger(value)
    ? E.right(value)
    : wrong(fieldOf(document, member), 'a whole number up to 9007199254740991', value)
}

export const texts = (document: Document, member: string): Checked<ReadonlyArray<string>> => {
  const value = own(document, member) ?? []
  const isTexts = (u: unknown): u is ReadonlyArray<string> =>
    Array.isArray(u) && u.every((item) => typeof item === 'string')
  return isTexts(value)
    ? E.right(value)
    : wrong(fieldOf(document, member), 'a list of strings', value)
}

export const textMap = (
  document: Document,
  member: string,
): Checked<Readonly<Record<string, string>>> => {
  const value = own(document, member) ?? {}
  const isTextMap = (u: unknown): u is Readonly<Record<string, string>> =>
    isRecord(u) && Object.values(u).every((item) => typeof item === 'string')
  return isTextMap(value)
    ? E.right(value)
    : wrong(fieldOf(document, member), 'a map of strings', value)
}

/** Objects of a list, each as a document of its own. */
export const documents = (document: Document, member: string): Checked<ReadonlyArray<Document>> => {
  const name = fieldOf(document, member)
  const value = own(document, member) ?? []
  const isRecords = (u: unknown): u is ReadonlyArray<Record<string, unknown>> =>
    Array.isArray(u) && u.every(isRecord)
  return isRecords(value)
    ? E.right(value.map((members) => ({ name, members })))
    : wrong(name, 'a list of objects', value)
}

/** Names of a map whose values are empty objects, such as `{"80/tcp": {}}`. */
export const objectNames = (document: Document, member: string): Checked<ReadonlyArray<string>> => {
  const value = own(document, member) ?? {}
  return isRecord(value) && Object.values(value).every(asksNothing)
    ? E.right(Object.keys(value))
    : wrong(fieldOf(document, member), 'a map of empty objects', value)
}

/** `read` where the member is there and not null. */
export const optional = <A>(
  document: Document,
  member: string,
  read: (document: Document, member: string) => Checked<A>,
): Checked<A | undefined> =>
  own(document, member) === undefined ? E.right(undefined) : read(document, member)

export const inner = (document: Document, member: string): Checked<Document> => {
  const name = fieldOf(document, member)
  const value = own(document, member) ?? {}
  return isRecord(value) ? E.right({ name, members: value }) : wrong(name, 'an object', value)
}

/** null, '', 0, false, empty lists, and objects of nothing else: the member asks for nothing. */
export const asksNothing = (value: unknown): boolean => {
  if (value === undefined || value === null) return true
  if (value === '' || value === 0 || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  return isRecord(value) && Object.values(value).every(asksNothing)
}

export interface MemberRules {
  /** Members that the caller reads. */
  readonly supported: ReadonlyArray<string>
  /** Documented members of later work, with the values beside nothing that change nothing. */
  readonly later: Readonly<Record<string, ReadonlyArray<unknown>>>
}

/** Every member is either read, or asks for nothing, or is refused by name. */
export const checkMembers = (
  document: Document,
  { supported, later }: MemberRules,
): Checked<void> => {
  for (const [member, value] of Object.entries(document.members)) {
    if (supported.includes(member)) continue
    const field = fieldOf(document, member)
    const harmless = Object.hasOwn(later, member) ? later[member] : undefined
    if (harmless === undefined) return refuse(field, `unknown member: ${field}`)
    const isHarmless = harmless.some((one) => JSON.stringify(one) === JSON.stringify(value))
    if (!asksNothing(value) && !isHarmless) return refuse(field, `not supported yet: ${field}`)
  }
  return E.right(undefined)
}
