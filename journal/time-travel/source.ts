/** A journal as a reader sees it, wherever its records come from. */
import type { Beginning } from '../audit/record-check.ts'
import type { AuditFinding } from '../audit/verdict.ts'
import type { Head, Snapshot, StoredRecord } from '../store/journal-store.ts'

export interface JournalSource {
  /** `journal of /var/lib/isulad`, `daemon at unix:///…`, `export bug.journal`. */
  readonly label: string
  /** Made anew for each pass, because a fold is changed in place. */
  readonly beginning: () => Beginning
  /** In order of sequence, damaged ones too; each call is a new pass. */
  readonly records: () => AsyncIterable<StoredRecord>
  readonly snapshots: ReadonlyArray<Snapshot>
  /** What the source says its newest record is; undefined: it says nothing of that. */
  readonly head: Head | undefined
  /** What is wrong with the medium itself: files, lines. */
  readonly findings: ReadonlyArray<AuditFinding>
  readonly notes: ReadonlyArray<string>
}
