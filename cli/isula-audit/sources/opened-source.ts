/** A journal that a command works on, and what else is known of where it comes from. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { AuditVerdict } from '../../../journal/audit/verdict.ts'
import type { JournalSource } from '../../../journal/time-travel/source.ts'

export interface OpenedSource {
  readonly journal: JournalSource
  /** The daemon's root, where a directory is read. */
  readonly root: string | undefined
  /** Only of a living daemon: what it says of itself and of its host. Left: why it did not. */
  readonly daemon: (() => Promise<Either<string, AuditVerdict>>) | undefined
  /** SHA-256 of the state at the end, where the file promises one. */
  readonly stateHash: string | undefined
  readonly close: () => void
}
