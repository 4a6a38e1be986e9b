/** The pid file: the daemon's pid, locked by flock(2) while it lives (STORE-FS-04, R-30). */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { lockFile } from '../../adapters/kernel/flock.ts'

export interface PidFile {
  /** Removes the file and gives the lock back. */
  readonly remove: () => void
}

const mostTries = 3

/**
 * Whether the path still names the file that was locked: its last owner may just have removed
 * it.
 */
const isStillThere = (path: string, text: string): boolean => {
  try {
    return readFileSync(path, 'utf8') === text
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

/** The number in a stale file means nothing; only a living owner's lock does. */
export const takePidFile = (path: string, pid: number): Either<string, PidFile> => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
  const text = `${pid}\n`
  for (let n = 0; n < mostTries; n += 1) {
    const lock = lockFile(path, text)
    if (lock._tag === 'Held')
      return E.left(`pidfile ${path} is held by the running daemon ${lock.holder.trim()}`)
    if (lock._tag === 'LockFailed') return E.left(`pidfile ${path}: flock: ${lock.errno}`)
    if (isStillThere(path, text))
      return E.right({
        remove: () => {
          rmSync(path, { force: true })
          lock.release()
        },
      })
    lock.release()
  }
  return E.left(`pidfile ${path} is being removed and made again by others`)
}
