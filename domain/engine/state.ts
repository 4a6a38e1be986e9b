/** What the journal knows of the engine's own life. */
import type { BootId } from '../identity.ts'
import type { Now } from '../time.ts'
import type { EngineEvent, RecoveryFinding } from './events.ts'

export interface EngineState {
  readonly starts: number
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

export const noEngine: EngineState = { starts: 0, told: [], latest: null }

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
  }
}
