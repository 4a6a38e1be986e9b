/** The journal as the engine holds it: a store that can be closed and opened again (fail-stop). */
import type { Either } from 'fp-ts/lib/Either.js'
import type { JournalStore } from '../store/journal-store.ts'

/** A torn tail that was cut from a file of the journal; paths are relative to the root. */
export interface Cut {
  readonly file: string
  readonly offset: number
  readonly bytes: number
}

export interface JournalHandle {
  /** The present store; another one after `reopen`. */
  readonly store: () => JournalStore
  /** Closes the poisoned store, releases the ballast, opens again. `Left`: why it failed. */
  readonly reopen: () => Promise<Either<string, JournalStore>>
  /** Whether the emergency reserve is (again) in place. */
  readonly replenish: () => Promise<boolean>
  /** Called after each commit, so that the anchor follows. */
  readonly committed: () => void
  /** All cuts since the journal was opened, oldest first; absent where no tail can be torn. */
  readonly cuts?: () => ReadonlyArray<Cut>
}
