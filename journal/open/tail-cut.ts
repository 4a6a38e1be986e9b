/** Cuts a torn tail after putting its bytes aside: no evidence is destroyed. */
import { mkdir, readFile, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Finding } from '../forensic/finding.ts'
import { createFile, syncDirectory, truncateFile } from '../store/durable-files.ts'

export interface TailCut {
  /** Relative to the daemon's root. */
  readonly file: string
  readonly offset: number
  readonly bytes: number
  /** Where the bytes are now, relative to the root. */
  readonly keptAs: string
}

const quarantineFolder = 'quarantine'

const quarantineDirectory = async (root: string): Promise<string> => {
  const directory = join(root, quarantineFolder)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await syncDirectory(root)
  return directory
}

/** `stamp` makes names unique: a crash between copy and cut repeats both. */
export const cutTail = async (root: string, torn: Finding, stamp: string): Promise<TailCut> => {
  const path = join(root, torn.file)
  const bytes = (await readFile(path)).subarray(torn.offset)
  const directory = await quarantineDirectory(root)
  const name = `${basename(torn.file)}-${torn.offset}-${stamp}`
  await createFile(join(directory, name), bytes)
  await truncateFile(path, torn.offset)
  return {
    file: torn.file,
    offset: torn.offset,
    bytes: bytes.length,
    keptAs: `${quarantineFolder}/${name}`,
  }
}

/** Moves a directory in which no journal was ever finished out of the way. */
export const setAside = async (root: string, name: string, stamp: string): Promise<void> => {
  const directory = await quarantineDirectory(root)
  await rename(join(root, name), join(directory, `${name}-${stamp}`))
  await syncDirectory(directory)
  await syncDirectory(root)
}
