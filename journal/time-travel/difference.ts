/** What differs between two states, object by object and member by member. */
import type { Document } from './objects-of.ts'

export interface MemberChange {
  /** `phase._tag`, `execs.abc.process.args[1]`. */
  readonly path: string
  /** Undefined: it was not there. */
  readonly from: unknown
  /** Undefined: it is not there any more. */
  readonly to: unknown
}

export interface ObjectChange {
  readonly object: string
  readonly change: 'appeared' | 'vanished' | 'changed'
  /** Empty unless it changed. */
  readonly members: ReadonlyArray<MemberChange>
}

const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const child = (path: string, key: string | number): string =>
  typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`

const membersOf = (path: string, from: unknown, to: unknown): ReadonlyArray<MemberChange> => {
  if (isDocument(from) && isDocument(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])]
    return keys.flatMap((key) => membersOf(child(path, key), from[key], to[key]))
  }
  if (Array.isArray(from) && Array.isArray(to)) {
    const [a, b]: readonly [ReadonlyArray<unknown>, ReadonlyArray<unknown>] = [from, to]
    const indexes = [...(a.length > b.length ? a : b).keys()]
    return indexes.flatMap((i) => membersOf(child(path, i), a[i], b[i]))
  }
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, from, to }]
}

const changeOf = (
  object: string,
  from: Document | undefined,
  to: Document | undefined,
): ReadonlyArray<ObjectChange> => {
  if (from === undefined) return [{ object, change: 'appeared', members: [] }]
  if (to === undefined) return [{ object, change: 'vanished', members: [] }]
  const members = membersOf('', from, to)
  return members.length === 0 ? [] : [{ object, change: 'changed', members }]
}

/** Objects of the first state come first, then those that appeared. */
export const difference = (
  from: ReadonlyMap<string, Document>,
  to: ReadonlyMap<string, Document>,
): ReadonlyArray<ObjectChange> =>
  [...new Set([...from.keys(), ...to.keys()])].flatMap((object) =>
    changeOf(object, from.get(object), to.get(object)),
  )
