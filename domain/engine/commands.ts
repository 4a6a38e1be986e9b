/** What the engine records about itself. */
import type { BootId } from '../identity.ts'
import type { RecoveryFinding } from './events.ts'

export type EngineCommand =
  | {
      readonly _tag: 'RecordEngineStarted'
      readonly version: string
      readonly boot: BootId
      readonly pid: number
    }
  | { readonly _tag: 'RecordEngineStopped'; readonly signal: string }
  | { readonly _tag: 'RecordRecovery'; readonly findings: ReadonlyArray<RecoveryFinding> }
  | {
      readonly _tag: 'RecordJournalTailCut'
      readonly file: string
      readonly offset: number
      readonly bytes: number
    }
  | {
      readonly _tag: 'RecordJournalArchived'
      readonly from: number
      readonly to: number
      readonly hash: string
      readonly file: string
      readonly sizeBytes: number
      readonly sha256: string
    }
  | { readonly _tag: 'RecordArchiveDeleted'; readonly file: string }
