/** Decides the engine's records about itself. */
import { absurd } from '../absurd.ts'
import { accept, nothing, type Decision } from '../decision.ts'
import type { EngineCommand } from './commands.ts'
import type { RecoveryFinding } from './events.ts'
import type { EngineState } from './state.ts'

type Started = Extract<EngineCommand, { _tag: 'RecordEngineStarted' }>

const previousEnd = (state: EngineState, command: Started) => {
  if (state.latest === null) return 'none'
  if (state.latest.stopped) return 'clean'
  return state.latest.boot === command.boot ? 'crashed' : 'rebooted'
}

const key = (f: RecoveryFinding): string => `${f.subject}\n${f.found}`

/** What was done is always told; what stands is told when it comes and when it goes (L1). */
const isNews = (state: EngineState, findings: ReadonlyArray<RecoveryFinding>): boolean => {
  const standing = findings.filter((f) => f.standing).map(key)
  const told = state.told.map(key)
  return (
    standing.length < findings.length ||
    standing.length !== told.length ||
    standing.some((k) => !told.includes(k))
  )
}

export const decideEngine = (state: EngineState, command: EngineCommand): Decision => {
  switch (command._tag) {
    case 'RecordEngineStarted':
      return accept([
        {
          _tag: 'EngineStarted',
          v: 1,
          version: command.version,
          boot: command.boot,
          pid: command.pid,
          previous: previousEnd(state, command),
        },
      ])
    case 'RecordEngineStopped':
      return accept([{ _tag: 'EngineStopped', v: 1, signal: command.signal }])
    case 'RecordRecovery':
      return isNews(state, command.findings)
        ? accept([{ _tag: 'RecoveryConcluded', v: 1, findings: command.findings }])
        : nothing
    case 'RecordJournalTailCut':
      return accept([
        {
          _tag: 'JournalTailCut',
          v: 1,
          file: command.file,
          offset: command.offset,
          bytes: command.bytes,
        },
      ])
    default:
      return absurd(command)
  }
}
