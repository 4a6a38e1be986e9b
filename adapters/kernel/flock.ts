/** flock(2): one owner of a file, released by the kernel when its process ends. */
import {
  closeSync,
  constants,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { native } from './libc.ts'

const flockCall = native<[number, number]>('int flock(int fd, int operation)')
const [exclusive, nonBlocking] = [2, 4]
const maxHolderBytes = 4096

export type FileLock =
  | { readonly _tag: 'Locked'; readonly release: () => void }
  /** `holder`: what the owner wrote, empty while it has not written yet. */
  | { readonly _tag: 'Held'; readonly holder: string }
  | { readonly _tag: 'LockFailed'; readonly errno: string }

const readHolder = (fd: number): string => {
  const bytes = Buffer.alloc(maxHolderBytes)
  return bytes.toString('utf8', 0, readSync(fd, bytes, 0, maxHolderBytes, 0))
}

/**
 * Takes the exclusive lock of `path` without waiting and writes `holder` into the file for others
 * to read. The file stays when the lock is released: removing it would let two owners in.
 * Throws Node's error where the file itself cannot be opened or written.
 */
export const lockFile = (path: string, holder: string): FileLock => {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
  try {
    const locked = flockCall(fd, exclusive | nonBlocking)
    if (!locked.ok) {
      const held = locked.errno === 'EAGAIN' ? readHolder(fd) : undefined
      closeSync(fd)
      return held === undefined
        ? { _tag: 'LockFailed', errno: locked.errno }
        : { _tag: 'Held', holder: held }
    }
    ftruncateSync(fd, 0)
    writeSync(fd, holder, 0)
    fsyncSync(fd)
  } catch (error) {
    closeSync(fd)
    throw error
  }
  let open = true
  const release = (): void => {
    if (open) closeSync(fd)
    open = false
  }
  return { _tag: 'Locked', release }
}
