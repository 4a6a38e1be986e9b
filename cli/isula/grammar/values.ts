/** The values that one invocation gave to its flags. */
import type { Flag } from './flag.ts'

export interface FlagValues {
  readonly bool: (long: string) => boolean
  /** Undefined: not given. */
  readonly maybeBool: (long: string) => boolean | undefined
  readonly text: (long: string) => string | undefined
  readonly list: (long: string) => ReadonlyArray<string>
  readonly int: (long: string) => number | undefined
}

export type Given = ReadonlyMap<string, ReadonlyArray<string>>

const absent: ReadonlyArray<string> = []

/** A flag that the table does not have is a bug of the command, not of the user. */
export const flagValues = (table: ReadonlyArray<Flag>, given: Given): FlagValues => {
  const kinds = new Map(table.map((flag) => [flag.long, flag.kind]))
  const all = (long: string, kind: Flag['kind']): ReadonlyArray<string> => {
    if (kinds.get(long) !== kind) throw new Error(`no ${kind} flag --${long} in the table`)
    return given.get(long) ?? absent
  }
  const maybeBool = (long: string): boolean | undefined => {
    const value = all(long, 'bool').at(-1)
    return value === undefined ? undefined : value === 'true'
  }
  return {
    bool: (long) => maybeBool(long) === true,
    maybeBool,
    text: (long) => all(long, 'string').at(-1),
    list: (long) => all(long, 'list'),
    int: (long) => {
      const value = all(long, 'int').at(-1)
      return value === undefined ? undefined : Number(value)
    },
  }
}
