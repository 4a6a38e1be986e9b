/**
 * Files that are whole or absent at every instant, and names that survive a loss of power. Only
 * syncs wait for the disk and leave the thread meanwhile: the calls before them cost less than
 * their way to another thread and back.
 */
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fsync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { hasErrno } from '../errors/errno.ts'

const synced = promisify(fsync)

/** Makes the names in a directory durable (fsync(2)). */
export const syncDirectory = async (path: string): Promise<void> => {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await synced(fd)
  } finally {
    closeSync(fd)
  }
}

export interface FileToWrite {
  readonly path: string
  readonly content: string
  readonly mode: number
  /** Whether it must survive a loss of power when the call returns. */
  readonly durable: boolean
}

const writeNew = async ({ path, content, mode, durable }: FileToWrite): Promise<void> => {
  const fd = openSync(path, 'wx', 0o600)
  try {
    writeFileSync(fd, content)
    // By hand: the mode given to open(2) is cut by the daemon's umask.
    fchmodSync(fd, mode)
    if (durable) await synced(fd)
  } finally {
    closeSync(fd)
  }
}

/** Replaces the file in one step. The temporary name is removed if anything fails. */
export const replaceFile = async (file: FileToWrite): Promise<void> => {
  const temporary = `${file.path}.new`
  rmSync(temporary, { force: true })
  try {
    await writeNew({ ...file, path: temporary })
    renameSync(temporary, file.path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  if (file.durable) await syncDirectory(dirname(file.path))
}

const makeIfAbsent = ({ path, mode }: DirectoryToMake): boolean => {
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false
    throw error
  }
  // The umask may have taken bits away.
  chmodSync(path, mode)
  return true
}

export interface DirectoryToMake {
  readonly path: string
  readonly mode: number
}

/** Missing parents are made as private ones. Answers the directories whose names changed. */
const makeDirectory = (wanted: DirectoryToMake): ReadonlyArray<string> => {
  const { path } = wanted
  const first = mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  if (!makeIfAbsent(wanted)) return []
  const top = first ?? path
  const changed = [path]
  for (let made = path; made.length >= top.length; made = dirname(made)) changed.push(dirname(made))
  return changed
}

/**
 * Makes those that are missing, in order, and then syncs all at once, `besides` as well: a file
 * system with a journal writes it a single time for them.
 */
export const makeDurableDirectories = async (
  wanted: ReadonlyArray<DirectoryToMake>,
  besides: ReadonlyArray<string> = [],
): Promise<void> => {
  const changed = new Set(besides)
  for (const directory of wanted) for (const path of makeDirectory(directory)) changed.add(path)
  await Promise.all([...changed].map(syncDirectory))
}

/** Makes the directory, and its missing parents as private ones; each new name is durable. */
export const makeDurableDirectory = (path: string, mode: number): Promise<void> =>
  makeDurableDirectories([{ path, mode }])
