/** The whole verdict on a source of records, in one pass that others may listen to. */
import type { RecordedEvent } from '../engine/recorded-event.ts'
import type { World } from '../fold/world.ts'
import { hexOfHash, sameHash } from '../record/hash-chain.ts'
import type { JournalSource } from '../time-travel/source.ts'
import { Ends } from './ends.ts'
import { RecordCheck } from './record-check.ts'
import { checkOf, type AuditCheck, type AuditFinding } from './verdict.ts'

export interface SourceVerdict {
  readonly checks: ReadonlyArray<AuditCheck>
  readonly findings: ReadonlyArray<AuditFinding>
  readonly notes: ReadonlyArray<string>
  readonly records: number
  readonly head: { readonly seq: number; readonly hash: string } | undefined
  /** Wall time of the newest event, ms; 0 for none. */
  readonly lastWallMs: number
  /** The fold of everything that could be read. */
  readonly world: World
}

/** Records between two turns of the event loop. */
const sliceRecords = 2_000

const checkHead = (source: JournalSource, check: RecordCheck): void => {
  const { head } = source
  if (head === undefined) return
  if (head.seq !== check.seq)
    check.found('density', 'head', `it is ${head.seq}, the last readable record is ${check.seq}`)
  else if (check.hash !== undefined && !sameHash(head.hash, check.hash))
    check.found('chain', 'head', 'its hash is not that of the last record')
}

const checkSnapshots = (source: JournalSource, check: RecordCheck, from: number): void => {
  const compared = new Set(check.comparedSnapshots)
  for (const { seq } of source.snapshots)
    if (!compared.has(seq) && seq > from)
      check.found('replay', `snapshot at ${seq}`, 'there is no such record')
}

const snapshotsText = (check: RecordCheck): string =>
  check.comparedSnapshots.length === 0
    ? 'there is no snapshot to compare with'
    : `the fold of all records is the snapshot at ${check.comparedSnapshots.join(', ')}`

const checksOf = (
  check: RecordCheck,
  findings: ReadonlyArray<AuditFinding>,
  span: { readonly from: number; readonly judged: boolean },
): ReadonlyArray<AuditCheck> => [
  checkOf('files', findings, 'every byte that was read belongs where it is'),
  checkOf('chain', findings, `records ${span.from} to ${check.seq} give their hashes`),
  checkOf('density', findings, 'no number is missing or doubled, in no stream'),
  checkOf('codec', findings, 'every record can be read'),
  checkOf(
    'legality',
    findings,
    span.judged
      ? 'every event may follow those before it'
      : 'not looked at: the state before the first record is not known',
  ),
  checkOf('replay', findings, snapshotsText(check)),
  checkOf('ends', findings, 'every end of a present container is explained'),
]

/** `listen` gets every event that can be read, damaged neighbours or not. */
export const verifySource = async (
  source: JournalSource,
  listen: (event: RecordedEvent) => void = () => undefined,
): Promise<SourceVerdict> => {
  const beginning = source.beginning()
  const check = new RecordCheck(beginning)
  const ends = new Ends()
  const snapshots = new Map(source.snapshots.map((s) => [s.seq, s]))
  let records = 0
  let lastWallMs = 0
  try {
    for await (const record of source.records()) {
      const recorded = check.take(record, snapshots.get(record.seq))
      records += 1
      if (recorded !== undefined) {
        lastWallMs = recorded.envelope.at
        ends.tell(recorded)
        listen(recorded)
      }
      if (records % sliceRecords === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    check.found('chain', `record ${check.seq + 1}`, why)
  }
  checkHead(source, check)
  checkSnapshots(source, check, beginning.seq)
  const findings = [...source.findings, ...check.findings, ...ends.findings(check.world)]
  const judged = beginning.seq === 0 || beginning.world !== undefined
  return {
    checks: checksOf(check, findings, { from: beginning.seq + 1, judged }),
    findings,
    notes: source.notes,
    records,
    head:
      check.hash === undefined || records === 0
        ? undefined
        : { seq: check.seq, hash: hexOfHash(check.hash) },
    lastWallMs,
    world: check.world,
  }
}
