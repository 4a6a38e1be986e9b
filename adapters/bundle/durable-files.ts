/** Files that are whole or absent at every instant, and survive a loss of power if asked to. */
import { constants } from 'node:fs'
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

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

/** Replaces the file in one step. The temporary name is removed if anything fails. */
export const replaceFile = async ({ path, content, mode, durable }: FileToWrite): Promise<void> => {
  const temporary = `${path}.new`
  await rm(temporary, { force: true })
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await handle.writeFile(content)
    // By hand: the mode given to open(2) is cut by the daemon's umask.
    await handle.chmod(mode)
    if (durable) await handle.sync()
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  await rename(temporary, path)
  if (durable) await syncDirectory(dirname(path))
}

/** Makes a private directory and its parents; every parent that was made is durable, too. */
export const makeDirectory = async (path: string): Promise<void> => {
  const first = await mkdir(path, { recursive: true, mode: 0o700 })
  await chmod(path, 0o700)
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made))
    await syncDirectory(dirname(made))
}
