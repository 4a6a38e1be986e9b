/** Opens the FIFOs that a client made and named (spec 22 section 5), and nothing else. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  type Stats,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'

/** Absolute paths; undefined: the client does not attach it. */
export interface FifoPaths {
  readonly stdin: string | undefined
  readonly stdout: string | undefined
  readonly stderr: string | undefined
}

/** Open descriptors, never blocking. */
export interface Fifos {
  readonly stdin: number | undefined
  readonly stdout: number | undefined
  readonly stderr: number | undefined
}

export const wantsFifos = (paths: FifoPaths): boolean =>
  paths.stdin !== undefined || paths.stdout !== undefined || paths.stderr !== undefined

/** Which FIFOs a client may name: its own ones, in the folders of client sessions. */
export interface FifoRule {
  readonly uid: number
  /** `/var/run/isula`, as clients make it; a path that leads elsewhere is refused. */
  readonly below: string
}

/** Left: why it is none of the caller's. */
const check = (stat: Stats, path: string, uid: number): Either<string, Stats> => {
  if (!stat.isFIFO()) return E.left(`${path} is not a FIFO`)
  return stat.uid === uid || stat.uid === 0
    ? E.right(stat)
    : E.left(`${path} belongs to another user`)
}

const errorText = (path: string, error: unknown): string =>
  `${path}: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`

/** Looked at before it is opened: to open a device may already do something. */
const openIn = (folder: number, path: string, want: Wanted): Either<string, number> => {
  const { flags, rule } = want
  const inFolder = `/proc/self/fd/${folder}/${basename(path)}`
  const before = check(lstatSync(inFolder), path, rule.uid)
  if (E.isLeft(before)) return before
  const fd = openSync(inFolder, flags | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  const opened = check(fstatSync(fd), path, rule.uid)
  if (E.isRight(opened)) return E.right(fd)
  closeSync(fd)
  return opened
}

interface Wanted {
  readonly flags: number
  readonly rule: FifoRule
}

/** Held open from the check on, so that nobody puts another folder in its place meanwhile. */
const openOne = (path: string, want: Wanted): Either<string, number> => {
  if (!path.startsWith('/') || path.includes('\0')) return E.left(`${path} is not an absolute path`)
  let folder: number | undefined
  try {
    folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY)
    const real = readlinkSync(`/proc/self/fd/${folder}`)
    return real.startsWith(`${realpathSync(want.rule.below)}/`)
      ? openIn(folder, path, want)
      : E.left(`${path} is not below ${want.rule.below}`)
  } catch (error) {
    // ENXIO: the client does not hold its end open.
    return E.left(errorText(path, error))
  } finally {
    if (folder !== undefined) closeSync(folder)
  }
}

export const closeFifos = (fifos: Fifos): void => {
  for (const fd of [fifos.stdin, fifos.stdout, fifos.stderr]) if (fd !== undefined) closeSync(fd)
}

/** All or none. Left: the text for the client. */
export const openFifos = (paths: FifoPaths, rule: FifoRule): Either<string, Fifos> => {
  const fifos: { -readonly [K in keyof Fifos]: Fifos[K] } = {
    stdin: undefined,
    stdout: undefined,
    stderr: undefined,
  }
  for (const name of ['stdin', 'stdout', 'stderr'] as const) {
    const path = paths[name]
    if (path === undefined) continue
    const flags = name === 'stdin' ? constants.O_RDONLY : constants.O_WRONLY
    const opened = openOne(path, { flags, rule })
    if (E.isLeft(opened)) {
      closeFifos(fifos)
      return E.left(`failed to open the client's ${name}: ${opened.left}`)
    }
    fifos[name] = opened.right
  }
  return E.right(fifos)
}

/** The member of a request is a path only where the client attaches it. */
export const pathIf = (attached: boolean, path: string): string | undefined =>
  attached && path !== '' ? path : undefined
