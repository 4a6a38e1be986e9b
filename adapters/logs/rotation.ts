/** Names of a log and of its older files: `log`, `log.1`, `log.2`, … from the newest on. */
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { hasErrno } from '../errors/errno.ts'

export const olderFile = (path: string, number: number): string => `${path}.${number}`

const namesIn = async (directory: string): Promise<ReadonlyArray<string>> => {
  try {
    return await readdir(directory)
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return []
    throw error
  }
}

/** The numbers of the older files that there are, the oldest file first. */
const numbersDown = async (path: string): Promise<ReadonlyArray<number>> => {
  const prefix = `${basename(path)}.`
  return (await namesIn(dirname(path)))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((tail) => /^[1-9]\d{0,3}$/.test(tail))
    .map(Number)
    .sort((a, b) => b - a)
}

/** All files of a log that may exist, the oldest first; the last is the one that is written to. */
export const logFiles = async (path: string): Promise<ReadonlyArray<string>> => [
  ...(await numbersDown(path)).map((number) => olderFile(path, number)),
  path,
]

/** Makes room for a new file of the name; of all files, the new one included, `most` are kept. */
export const rotate = async (path: string, most: number): Promise<void> => {
  for (const number of await numbersDown(path))
    if (number + 1 >= most) await rm(olderFile(path, number), { force: true })
    else await rename(olderFile(path, number), olderFile(path, number + 1))
  if (most > 1) await rename(path, olderFile(path, 1))
}

export const removeOlderFiles = async (path: string): Promise<void> => {
  for (const number of await numbersDown(path)) await rm(olderFile(path, number), { force: true })
}
