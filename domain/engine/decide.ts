/** Decides the engine's records about itself. */
import { absurd } from '../absurd.ts'
import { accept, nothing, type Decision } from '../decision.ts'
import type { EngineCommand } from './commands.ts'
import type { EngineState } from './state.ts'

type Started = Extract<EngineCommand, { _tag: 'RecordEngineStarted' }>

const previousEnd = (state: EngineState, command: Started) => {
  if (state.latest === null) return 'none'
  if (state.latest.stopped) return 'clean'
  return state.latest.boot === command.boot ? 'crashed' : 'rebooted'
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
      return command.findings.length === 0
        ? nothing
        : accept([{ _tag: 'RecoveryConcluded', v: 1, findings: command.findings }])
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
