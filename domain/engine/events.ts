/** Events of the engine itself (stream `engine`): starts, stops, recovery, journal repairs. */
import * as t from 'io-ts'
import { BootId } from '../identity.ts'
import { Integer } from '../integer.ts'

const event = <Tag extends string, P extends t.Props>(tag: Tag, props: P) =>
  t.strict({ _tag: t.literal(tag), v: t.literal(1), ...props }, tag)

export const EngineStarted = event('EngineStarted', {
  version: t.string,
  boot: BootId,
  pid: Integer,
  /** How the previous run ended, as this one sees it. */
  previous: t.keyof({ none: null, clean: null, crashed: null, rebooted: null }),
})
export const EngineStopped = event('EngineStopped', { signal: t.string })

export const RecoveryFinding = t.strict(
  {
    subject: t.string,
    /** What the host showed. */
    found: t.string,
    /** What was decided about it. */
    decided: t.string,
    /** It stays as it is until somebody acts: told once, not at every start (L1). */
    standing: t.boolean,
  },
  'RecoveryFinding',
)
export type RecoveryFinding = t.TypeOf<typeof RecoveryFinding>

/** Only appended when recovery found something to say (I10: a second run appends nothing). */
export const RecoveryConcluded = event('RecoveryConcluded', {
  findings: t.readonlyArray(RecoveryFinding),
})

export const JournalTailCut = event('JournalTailCut', {
  file: t.string,
  offset: Integer,
  bytes: Integer,
})

const archive = {
  from: Integer,
  to: Integer,
  /** Of the chain after record `to`, hexadecimal: the next record continues from it. */
  hash: t.string,
  /** Name below the root's archive folder. */
  file: t.string,
}

/** The records are safe in a file that was read back; from now on the journal may drop them. */
export const JournalArchived = event('JournalArchived', {
  ...archive,
  sizeBytes: Integer,
  /** Of the file, hexadecimal. */
  sha256: t.string,
})

/** Nothing that lives has a record in it: from now on the file may go. Always the oldest one. */
export const JournalArchiveDeleted = event('JournalArchiveDeleted', archive)

export const engineEvents = [
  EngineStarted,
  EngineStopped,
  RecoveryConcluded,
  JournalTailCut,
  JournalArchived,
  JournalArchiveDeleted,
] as const

export type EngineEvent = t.TypeOf<(typeof engineEvents)[number]>
