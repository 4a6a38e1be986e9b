/** The records that a journal itself holds, from its base on, without its archives. */
import { join } from 'node:path'
import { journalFolder, readDirectory } from '../forensic/directory-files.ts'
import { Examination } from '../forensic/examination.ts'
import { RecordFiles } from '../forensic/record-files.ts'
import type { Base, Snapshot, StoredRecord } from '../store/journal-store.ts'

export interface JournalAlone {
  /** Undefined: its first record is record 1. */
  readonly start: Base | undefined
  readonly records: () => AsyncGenerator<StoredRecord>
}

const recordsIn = async function* (root: string): AsyncGenerator<StoredRecord> {
  // One reading by one reader: the file system's answers need no waiting.
  yield* new Examination(root, 'whole').records()
}

export const journalAlone = (root: string, snapshots: ReadonlyArray<Snapshot>): JournalAlone => {
  const directory = join(root, journalFolder)
  const { base } = new RecordFiles(directory, readDirectory(directory))
  const state = snapshots.find((s) => s.seq === base?.seq)?.bytes
  return {
    start: base === undefined ? undefined : { ...base, state },
    records: () => recordsIn(root),
  }
}
