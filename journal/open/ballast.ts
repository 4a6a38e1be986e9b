/** The ballast `<root>/journal.ballast`: disk space that a full disk cannot take from us. */
import { open, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '../forensic/directory-files.ts'
import { lacksSpace } from './storage-error.ts'

export const defaultBallastBytes = 64 * 1024 * 1024
const chunkBytes = 1024 * 1024

const ballastPath = (root: string): string => join(root, 'journal.ballast')

const sizeOf = async (path: string): Promise<number> => {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0
    throw error
  }
}

/** Written, not only sized: a sparse file would reserve nothing. */
const fill = async (file: FileHandle, sizeBytes: number): Promise<void> => {
  const zeros = Buffer.alloc(Math.min(chunkBytes, sizeBytes))
  for (let at = 0; at < sizeBytes; at += zeros.length)
    await file.write(zeros, 0, Math.min(zeros.length, sizeBytes - at), at)
  await file.datasync()
}

/** Asked first, so that a nearly full disk is not filled to the brim for a moment. */
const hasRoom = async (root: string, sizeBytes: number): Promise<boolean> => {
  const { bavail, bsize } = await statfs(root)
  return bavail * bsize > sizeBytes
}

/** True: in place, whole. False: the disk has no room for it. Rejects with every other error. */
export const ensureBallast = async (root: string, sizeBytes: number): Promise<boolean> => {
  const path = ballastPath(root)
  if ((await sizeOf(path)) >= sizeBytes) return true
  await rm(path, { force: true })
  if (!(await hasRoom(root, sizeBytes))) return false
  const staged = `${path}.new`
  try {
    const file = await open(staged, 'w', 0o600)
    try {
      await fill(file, sizeBytes)
    } finally {
      await file.close()
    }
    await rename(staged, path)
    return true
  } catch (error) {
    await rm(staged, { force: true })
    if (lacksSpace(errnoOf(error))) return false
    throw error
  }
}

/** Gives the space back to the file system. Idempotent. */
export const releaseBallast = async (root: string): Promise<void> => {
  await rm(ballastPath(root), { force: true })
  await rm(`${ballastPath(root)}.new`, { force: true })
}
