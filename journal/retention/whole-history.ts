/** Archives and journal of a daemon that need not live, as one history; nothing is written. */
import { join } from 'node:path'
import { journalFolder, readDirectory } from '../forensic/directory-files.ts'
import { Examination } from '../forensic/examination.ts'
import { RecordFiles } from '../forensic/record-files.ts'
import { rootOf } from '../forensic/root-of.ts'
import type { Base, Head, StoredRecord } from '../store/journal-store.ts'
import { archiveFilesIn } from './archive-files.ts'
import { Archives } from './archives.ts'

export interface WholeHistory {
  /** The daemon's root. */
  readonly root: string
  /** What stands for the records before the first; undefined: the first is record 1. */
  readonly start: Base | undefined
  /** The newest record that is in an archive alone; undefined: there are no archives. */
  readonly base: Head | undefined
  /**
   * Oldest first. Archived ones are checked against their chain (`JournalDamaged`); those of the
   * journal come as they are, damaged ones too: the caller checks what it relies on.
   */
  readonly records: () => AsyncGenerator<StoredRecord>
}

async function* recordsOf(
  root: string,
  base: Head | undefined,
  archives: Archives,
): AsyncGenerator<StoredRecord> {
  if (base !== undefined) yield* archives.read(1, base.seq)
  yield* new Examination(root, 'whole').records()
}

const startOf = async (base: Head | undefined, archives: Archives): Promise<Base | undefined> => {
  if (base === undefined) return undefined
  const oldest = await archives.oldest(base.seq)
  if (oldest === undefined) return { ...base, state: undefined }
  const { from, previous, state } = oldest.start
  return from === 1 ? undefined : { seq: from - 1, hash: previous, state }
}

/**
 * `directory`: a daemon's root or the journal folder in it. Undefined: it is neither. Rejects with
 * the kernel's error, or with `JournalDamaged` where the oldest archive is damaged.
 */
export const readWholeHistory = async (directory: string): Promise<WholeHistory | undefined> => {
  const root = rootOf(directory)
  if (root === undefined) return undefined
  const database = join(root, journalFolder)
  const { base } = new RecordFiles(database, readDirectory(database))
  const archives = new Archives(archiveFilesIn(root))
  const start = await startOf(base, archives)
  return { root, start, base, records: () => recordsOf(root, base, archives) }
}
