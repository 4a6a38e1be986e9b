/** The ownership lock `<root>/journal.lock`: one daemon per root; the kernel drops it. */
import type { Either } from 'fp-ts/lib/Either.js'
import * as E from 'fp-ts/lib/Either.js'
import type { ProcessIdentity } from '../../domain/identity.ts'

export { holderText, lockPath, parseHolder } from '../forensic/holder.ts'

export type OwnershipRefusal =
  /** `holder` as the lock file tells it; absent while the holder is still writing it. */
  | { readonly _tag: 'HeldBy'; readonly holder: ProcessIdentity | undefined }
  | { readonly _tag: 'LockFailed'; readonly reason: string }

export interface Ownership {
  readonly release: () => Promise<void>
}

/**
 * An exclusive lock that dies with its process (flock(2)), never waited for. After taking it the
 * implementation writes `holderText(identity)` into the file, whose old text means nothing.
 */
export interface OwnershipLock {
  readonly acquire: (
    path: string,
    identity: ProcessIdentity,
  ) => Promise<Either<OwnershipRefusal, Ownership>>
}

/** A lock among the openers of one process, for tests and for the simulator. */
export const inProcessLock = (): OwnershipLock => {
  const held = new Map<string, ProcessIdentity>()
  return {
    acquire: (path, identity) => {
      const holder = held.get(path)
      if (holder !== undefined) return Promise.resolve(E.left({ _tag: 'HeldBy', holder }))
      held.set(path, identity)
      const release = (): Promise<void> => {
        held.delete(path)
        return Promise.resolve()
      }
      return Promise.resolve(E.right({ release }))
    },
  }
}
