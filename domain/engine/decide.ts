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

type Archived = Extract<EngineCommand, { _tag: 'RecordJournalArchived' }>

/** Told once (D3). A range that does not continue the newest archive is none of this journal's. */
const decideArchived = (state: EngineState, command: Archived): Decision => {
  const newest = state.archives.at(-1)
  if (newest !== undefined && command.from !== newest.to + 1) return nothing
  const { from, to, hash, file, sizeBytes, sha256 } = command
  return accept([{ _tag: 'JournalArchived', v: 1, from, to, hash, file, sizeBytes, sha256 }])
}

/** Only the oldest goes, so that what is kept is one piece; the newest always stays. */
const decideArchiveDeleted = (state: EngineState, file: string): Decision => {
  const [oldest] = state.archives
  if (oldest?.file !== file || state.archives.length === 1) return nothing
  const { from, to, hash } = oldest
  return accept([{ _tag: 'JournalArchiveDeleted', v: 1, from, to, hash, file }])
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
    case 'RecordJournalArchived':
      return decideArchived(state, command)
    case 'RecordArchiveDeleted':
      return decideArchiveDeleted(state, command.file)
    default:
      return absurd(command)
  }
}
