/** Files whose bytes and names are both durable before a promise resolves (fsync(2), "names"). */
import { open, rename, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

const using = async <A>(file: FileHandle, use: (file: FileHandle) => Promise<A>): Promise<A> => {
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

/** Makes the names in a directory durable; POSIX promises it for nothing less. */
export const syncDirectory = async (path: string): Promise<void> =>
  using(await open(path, 'r'), (directory) => directory.sync())

/** Readers see the old or the new content, never a mixture, also after a power cut. */
export const replaceFile = async (path: string, content: string): Promise<void> => {
  const staged = `${path}.new`
  await using(await open(staged, 'w', 0o600), async (file) => {
    await file.writeFile(content)
    await file.datasync()
  })
  await rename(staged, path)
  await syncDirectory(dirname(path))
}

/** Writes a new file, bytes and name durable. */
export const createFile = async (path: string, content: Uint8Array): Promise<void> => {
  await using(await open(path, 'wx', 0o600), async (file) => {
    await file.writeFile(content)
    await file.datasync()
  })
  await syncDirectory(dirname(path))
}

/** Cuts a file and makes the new length durable (fsync: the length is metadata). */
export const truncateFile = async (path: string, length: number): Promise<void> =>
  using(await open(path, 'r+'), async (file) => {
    await file.truncate(length)
    await file.sync()
  })
