/** The journal's ownership lock by flock(2): the kernel drops it with its process. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { ProcessIdentity } from '../../domain/identity.ts'
import type { Ownership, OwnershipLock, OwnershipRefusal } from '../../journal/open/ownership.ts'
import { lockFile, type FileLock } from '../kernel/flock.ts'

/** How the lock file names its holder. */
export interface HolderText {
  readonly write: (holder: ProcessIdentity) => string
  /** Undefined while the holder has not written itself down. */
  readonly read: (text: string) => ProcessIdentity | undefined
}

const taken = (lock: FileLock, text: HolderText): Either<OwnershipRefusal, Ownership> => {
  switch (lock._tag) {
    case 'Locked':
      return E.right({ release: () => Promise.resolve(lock.release()) })
    case 'Held':
      return E.left({ _tag: 'HeldBy', holder: text.read(lock.holder) })
    case 'LockFailed':
      return E.left({ _tag: 'LockFailed', reason: `flock: ${lock.errno}` })
  }
}

export const flockLock = (text: HolderText): OwnershipLock => ({
  acquire: (path, identity) => {
    try {
      return Promise.resolve(taken(lockFile(path, text.write(identity)), text))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return Promise.resolve(E.left({ _tag: 'LockFailed', reason }))
    }
  },
})
