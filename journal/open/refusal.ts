/** Why a journal was not opened; none of these has changed a byte of it. */
import type { ProcessIdentity } from '../../domain/identity.ts'
import { findingText, type Finding } from '../forensic/finding.ts'
import type { Base, Head, StoredRecord } from '../store/journal-store.ts'
import type { Format } from './format-file.ts'

/** A journal that is read, never written: what it shows is what could be proved. */
export interface Quarantine {
  readonly _tag: 'Quarantined'
  readonly findings: ReadonlyArray<Finding>
  /** Newest record of the undamaged prefix; undefined where there is none. */
  readonly head: Head | undefined
  /** What stands for the records in archives; undefined where there are none. */
  readonly base?: Base | undefined
  /** The undamaged prefix behind the base, oldest first. */
  readonly records: () => Iterable<StoredRecord>
}

export type OpenRefusal =
  | { readonly _tag: 'NewerFormat'; readonly found: Format; readonly known: Format }
  | { readonly _tag: 'HeldBy'; readonly holder: ProcessIdentity | undefined }
  /** The kernel or LevelDB refused; `errno` as far as it is known (`ENOSPC`, `EIO`, …). */
  | {
      readonly _tag: 'StorageFailed'
      readonly errno: string | undefined
      readonly reason: string
    }
  | Quarantine

const holderOf = (holder: ProcessIdentity | undefined): string =>
  holder === undefined ? 'another daemon' : `pid ${holder.pid} of boot ${holder.boot}`

/** For the log and for clients. */
export const openRefusalText = (refusal: OpenRefusal): string => {
  switch (refusal._tag) {
    case 'NewerFormat': {
      const { found, known } = refusal
      const text = (f: Format): string => `engine ${f.engine}, journal ${f.journal}`
      return `FORMAT is newer than this program: ${text(found)}; known is ${text(known)}`
    }
    case 'HeldBy':
      return `the journal is held by ${holderOf(refusal.holder)}`
    case 'StorageFailed':
      return `the journal cannot be opened: ${refusal.reason}`
    case 'Quarantined':
      return `the journal is damaged: ${refusal.findings.map(findingText).join('; ')}`
  }
}
