/** The folder of the archives: every step that a crash can come between is a call of its own. */
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoOf } from '../forensic/directory-files.ts'
import { syncDirectory } from '../store/durable-files.ts'
import { archiveFolder, stagedSuffix } from './archive-name.ts'

/** Every call rejects with the kernel's error. */
export interface ArchiveFiles {
  /** All names in the folder, in order; none where there is no folder. */
  readonly list: () => Promise<ReadonlyArray<string>>
  readonly read: (name: string) => Promise<Uint8Array>
  /**
   * Writes the bytes under a temporary name (mode 0600) and syncs them: fsync(2). Where that fails
   * nothing of them stays: a full disk is given its space back.
   */
  readonly stage: (name: string, bytes: Uint8Array) => Promise<void>
  /** Gives the staged file its name: rename(2). */
  readonly publish: (name: string) => Promise<void>
  /** Makes the names in the folder durable: fsync(2) of the directory. */
  readonly syncNames: () => Promise<void>
  readonly remove: (name: string) => Promise<void>
}

/** The folder is made, its own name durable, before the first file. */
const ensureFolder = async (folder: string): Promise<void> => {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (made !== undefined) await syncDirectory(dirname(folder))
}

const writeDurably = async (path: string, bytes: Uint8Array): Promise<void> => {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

export const archiveFilesIn = (root: string): ArchiveFiles => {
  const folder = join(root, archiveFolder)
  const path = (name: string): string => join(folder, name)
  return {
    list: async () => {
      try {
        return (await readdir(folder)).sort()
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return []
        throw error
      }
    },
    read: (name) => readFile(path(name)),
    stage: async (name, bytes) => {
      await ensureFolder(folder)
      const staged = path(`${name}${stagedSuffix}`)
      try {
        await writeDurably(staged, bytes)
      } catch (error) {
        await rm(staged, { force: true })
        throw error
      }
    },
    publish: (name) => rename(path(`${name}${stagedSuffix}`), path(name)),
    syncNames: () => syncDirectory(folder),
    remove: (name) => rm(path(name), { force: true }),
  }
}

/** What the files of a folder take, bytes; 0 where there is none. Names may vanish meanwhile. */
export const bytesInFolder = async (folder: string): Promise<number> => {
  const sizeOf = async (name: string): Promise<number> => {
    try {
      return (await stat(join(folder, name))).size
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return 0
      throw error
    }
  }
  const sizes = await Promise.all((await readdir(folder)).map(sizeOf))
  return sizes.reduce((sum, size) => sum + size, 0)
}
