/** `--tmpfs <path>[:<options>]`: syntax, and the options as mount options (tmpfs(5), mount(8)). */
import * as E from 'fp-ts/lib/Either.js'
import type { TmpfsMount } from '../config.ts'
import { cleanPath } from './paths.ts'
import { refuse, type Checked } from './refusal.ts'

export interface Tmpfs {
  readonly target: string
  /** As given, e.g. `size=1m,exec`. */
  readonly options: string
}

const field = 'HostConfig.Tmpfs'

/** Each pair excludes the other; the later word wins, as in mount(8). */
const opposites: ReadonlyArray<readonly [string, string]> = [
  ['ro', 'rw'],
  ['nosuid', 'suid'],
  ['nodev', 'dev'],
  ['noexec', 'exec'],
  ['noatime', 'atime'],
  ['nodiratime', 'diratime'],
  ['relatime', 'norelatime'],
  ['strictatime', 'nostrictatime'],
  ['sync', 'async'],
]

const values: ReadonlyArray<RegExp> = [
  /^size=\d+[kmg%]?$/i,
  /^mode=[0-7]{3,4}$/,
  /^(?:uid|gid)=\d{1,10}$/,
  /^nr_(?:inodes|blocks)=\d+[kmg]?$/i,
]

const defaults: ReadonlyArray<string> = ['noexec', 'nosuid', 'nodev']

const key = (word: string): string => {
  const pair = opposites.find((both) => both.includes(word))
  return pair === undefined ? word.replace(/=.*$/, '') : pair[0]
}

const isKnown = (word: string): boolean =>
  opposites.some((both) => both.includes(word)) || values.some((value) => value.test(word))

/** Mount options: `noexec,nosuid,nodev` unless the user says otherwise, then the user's own. */
export const tmpfsOptions = (options: string): Checked<ReadonlyArray<string>> => {
  const words = options.split(',').filter((word) => word !== '')
  const unknown = words.find((word) => !isKnown(word))
  if (unknown !== undefined)
    return refuse(
      field,
      `Invalid tmpfs option "${unknown}": want size=, mode=, uid=, gid=, nr_inodes=, nr_blocks= ` +
        `or one of ${opposites.flat().join(', ')}`,
    )
  const byKey = new Map([...defaults, ...words].map((word) => [key(word), word]))
  return E.right([...byKey.values()])
}

/** `/run:size=1m`; upstream's client writes the whole flag as the map's key (spec 22 section 6). */
export const parseTmpfs = (text: string, given = ''): Checked<Tmpfs> => {
  const colon = text.indexOf(':')
  const target = cleanPath(colon < 0 ? text : text.slice(0, colon))
  const inKey = colon < 0 ? '' : text.slice(colon + 1)
  const options = [inKey, given].filter((part) => part !== '').join(',')
  if (target === undefined || target === '/')
    return refuse(field, `Invalid tmpfs "${text}": want an absolute path other than /`)
  const checked = tmpfsOptions(options)
  return E.isLeft(checked) ? checked : E.right({ target, options })
}

/** `--mount type=tmpfs`. */
export const checkTmpfsMount = (mount: TmpfsMount): Checked<TmpfsMount> => {
  const checked = parseTmpfs(mount.Target, mount.Options)
  return E.isLeft(checked) ? checked : E.right({ ...mount, Target: checked.right.target })
}
