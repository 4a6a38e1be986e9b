/** Files that are whole or absent at every instant, and names that survive a loss of power. */
import { constants } from 'node:fs'
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { hasErrno } from '../errors/errno.ts'

/** Makes the names in a directory durable (fsync(2)). */
export const syncDirectory = async (path: string): Promise<void> => {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
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
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(content)
    // By hand: the mode given to open(2) is cut by the daemon's umask.
    await handle.chmod(mode)
    if (durable) await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Replaces the file in one step. The temporary name is removed if anything fails. */
export const replaceFile = async (file: FileToWrite): Promise<void> => {
  const temporary = `${file.path}.new`
  await rm(temporary, { force: true })
  try {
    await writeNew({ ...file, path: temporary })
    await rename(temporary, file.path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  if (file.durable) await syncDirectory(dirname(file.path))
}

const makeIfAbsent = async (path: string, mode: number): Promise<boolean> => {
  try {
    await mkdir(path, { mode })
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false
    throw error
  }
  // The umask may have taken bits away.
  await chmod(path, mode)
  await syncDirectory(path)
  return true
}

/** Makes the directory, and its missing parents as private ones; each new name is durable. */
export const makeDurableDirectory = async (path: string, mode: number): Promise<void> => {
  const first = await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  if (!(await makeIfAbsent(path, mode))) return
  const top = first ?? path
  for (let made = path; made.length >= top.length; made = dirname(made))
    await syncDirectory(dirname(made))
}
