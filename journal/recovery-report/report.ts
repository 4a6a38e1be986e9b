/** What the last start of the daemon found, decided and repaired, read from the journal. */
import type { RecoveryFinding } from '../../domain/engine/events.ts'
import { isContainerEvent } from '../../domain/event.ts'
import type { RecordedEvent } from '../engine/recorded-event.ts'
import { readEvents, type Records } from '../explain/container-streams.ts'
import { sentence } from '../explain/sentences.ts'

export interface RepairStep {
  readonly seq: number
  /** RFC 3339, UTC. */
  readonly at: string
  readonly stream: string
  readonly kind: string
  readonly what: string
}

export interface TailCut {
  readonly seq: number
  readonly file: string
  readonly offset: number
  readonly bytes: number
}

export interface RecoveryReport {
  /** Null: the journal holds no start. */
  readonly start: {
    readonly seq: number
    readonly at: string
    readonly version: string
    readonly boot: string
    readonly pid: number
    /** How the run before ended: `none`, `clean`, `crashed`, `rebooted`. */
    readonly previous: string
  } | null
  readonly tailCuts: ReadonlyArray<TailCut>
  readonly findings: ReadonlyArray<RecoveryFinding>
  readonly repaired: ReadonlyArray<RepairStep>
}

interface Draft {
  start: RecoveryReport['start']
  tailCuts: TailCut[]
  findings: RecoveryFinding[]
  repaired: RepairStep[]
}

const time = (wallMs: number): string => new Date(wallMs).toISOString()

const repairOf = ({ envelope, event }: RecordedEvent): RepairStep => ({
  seq: envelope.seq,
  at: time(envelope.at),
  stream: envelope.stream,
  kind: envelope.kind,
  what: isContainerEvent(event) ? sentence(event) : envelope.kind,
})

/** Cuts of the tail are recorded before the start whose opening made them. */
const follow = (draft: Draft, cuts: TailCut[], recorded: RecordedEvent): void => {
  const { envelope, event } = recorded
  switch (event._tag) {
    case 'JournalTailCut': {
      const { file, offset, bytes } = event
      cuts.push({ seq: envelope.seq, file, offset, bytes })
      return
    }
    case 'EngineStarted': {
      const { version, boot, pid, previous } = event
      const at = time(envelope.at)
      draft.start = { seq: envelope.seq, at, version, boot, pid, previous }
      draft.tailCuts = cuts.splice(0)
      // What still stands was told by an earlier start and is not told again by the journal.
      draft.findings = draft.findings.filter((f) => f.standing)
      draft.repaired = []
      return
    }
    case 'RecoveryConcluded':
      draft.findings = [...event.findings]
      return
    default:
      if (envelope.actor === 'recovery') draft.repaired.push(repairOf(recorded))
  }
}

export const recoveryReport = async (store: Records): Promise<RecoveryReport> => {
  const draft: Draft = { start: null, tailCuts: [], findings: [], repaired: [] }
  const cuts: TailCut[] = []
  for await (const event of readEvents(store)) follow(draft, cuts, event)
  return draft
}
