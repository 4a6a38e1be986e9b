/** Keys that may be set on the command line or in the file, but not in both (CFG-SRC-03). */
import * as E from 'fp-ts/lib/Either.js'
import { refuse, type Checked } from '../container/validate/refusal.ts'

type Settings = Readonly<Record<string, unknown>>

const exclusive: ReadonlyArray<string> = ['hosts', 'default-ulimits']

const member = (value: unknown, name: string): string =>
  typeof value === 'object' && value !== null && name in value
    ? String(Object.entries(value).find(([key]) => key === name)?.[1])
    : '0'

const shownUlimit = ([key, value]: readonly [string, unknown]): string =>
  `${key}=${member(value, 'Soft')}:${member(value, 'Hard')}`

const shown = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(String).join(' ')
  return typeof value === 'object' && value !== null
    ? Object.entries(value).map(shownUlimit).join(' ')
    : String(value)
}

/** The text of DAEMON-HOST-06, with the path of the file that was read. */
export const checkConflicts = (flags: Settings, file: Settings, path: string): Checked<void> => {
  const both = exclusive.filter((key) => flags[key] !== undefined && file[key] !== undefined)
  if (both.length === 0) return E.right(undefined)
  const details = both
    .map((key) => `${key}: (from flag: [${shown(flags[key])}], from file: [${shown(file[key])}])`)
    .join(', ')
  return refuse(
    both.join(', '),
    `unable to configure the isulad with file ${path}: the following directives are specified ` +
      `both as a flag and in the configuration file: ${details}`,
  )
}
