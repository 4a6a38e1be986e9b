/** The journal as the engine holds it: a store that can be closed and opened again (fail-stop). */
import type { Either } from 'fp-ts/lib/Either.js'
import type { JournalStore } from '../store/journal-store.ts'

export interface JournalHandle {
  /** The present store; another one after `reopen`. */
  readonly store: () => JournalStore
  /** Closes the poisoned store, releases the ballast, opens again. `Left`: why it failed. */
  readonly reopen: () => Promise<Either<string, JournalStore>>
  /** Whether the emergency reserve is (again) in place. */
  readonly replenish: () => Promise<boolean>
  /** Called after each commit, so that the anchor follows. */
  readonly committed: () => void
}
