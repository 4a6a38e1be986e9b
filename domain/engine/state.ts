/** What the journal knows of the engine's own life. */
import type { BootId } from '../identity.ts'
import type { Now } from '../time.ts'
import type { EngineEvent, RecoveryFinding } from './events.ts'

/** A file with records that have left the journal, or may leave it. */
export interface ArchiveFact {
  readonly from: number
  readonly to: number
  readonly hash: string
  readonly file: string
  readonly sizeBytes: number
  readonly sha256: string
  /** When it was recorded. */
  readonly wallMs: number
}

export interface EngineState {
  readonly starts: number
  /** Oldest first, without a gap between them; the oldest may have been deleted. */
  readonly archives: ReadonlyArray<ArchiveFact>
  /** Standing findings that were told already. */
  readonly told: ReadonlyArray<RecoveryFinding>
  /** Boot and end of the latest run; null before the first. */
  readonly latest: {
    readonly boot: BootId
    readonly pid: number
    readonly started: Now
    readonly stopped: boolean
  } | null
}

export const noEngine: EngineState = { starts: 0, archives: [], told: [], latest: null }

export const evolveEngine = (before: EngineState, e: EngineEvent, at: Now): EngineState => {
  switch (e._tag) {
    case 'EngineStarted':
      return {
        ...before,
        starts: before.starts + 1,
        latest: { boot: e.boot, pid: e.pid, started: at, stopped: false },
      }
    case 'EngineStopped':
      return before.latest === null
        ? before
        : { ...before, latest: { ...before.latest, stopped: true } }
    case 'RecoveryConcluded':
      return { ...before, told: e.findings.filter((f) => f.standing) }
    case 'JournalTailCut':
      return before
    case 'JournalArchived': {
      const { from, to, hash, file, sizeBytes, sha256 } = e
      const fact = { from, to, hash, file, sizeBytes, sha256, wallMs: at.wallMs }
      return { ...before, archives: [...before.archives, fact] }
    }
    case 'JournalArchiveDeleted':
      return { ...before, archives: before.archives.filter(({ file }) => file !== e.file) }
  }
}
