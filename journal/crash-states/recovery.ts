/** What the engine makes of a directory that a crash left: the very path of a daemon's start. */
import * as E from 'fp-ts/lib/Either.js'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import { hexOfHash } from '../record/hash-chain.ts'
import type { Finding } from '../forensic/finding.ts'
import { inProcessOptions } from '../open/in-process-options.ts'
import { openJournal, type OpenJournal } from '../open/open-journal.ts'
import { openRefusalText, type OpenRefusal } from '../open/refusal.ts'
import type { TailCut } from '../open/tail-cut.ts'
import type { StoredRecord } from '../store/journal-store.ts'
import type { RecoveryVerdict } from './power-loss-report.ts'

export interface Recovery {
  readonly verdict: RecoveryVerdict
  /** Newest record that is there, or of a quarantined journal can be proved; 0: none. */
  readonly headSeq: number
  /** Of the records from the one asked for on, oldest first. */
  readonly hashes: ReadonlyArray<string>
  readonly cuts: ReadonlyArray<TailCut>
  readonly findings: ReadonlyArray<Finding>
  /** What is wrong with records that were handed out as good; none is expected, ever. */
  readonly broken: string | undefined
  /** Why it was not opened. */
  readonly refusal: string | undefined
}

const complaintOf = ({ seq, bytes }: StoredRecord, expected: number): string | undefined => {
  if (seq !== expected) return `record ${seq} follows record ${expected - 1}`
  const envelope = decodeEnvelope(bytes)
  if (E.isLeft(envelope)) return `record ${seq}: ${envelope.left}`
  return envelope.right.seq === seq ? undefined : `record ${seq} says ${envelope.right.seq}`
}

const ofOpened = async (journal: OpenJournal, from: number): Promise<Recovery> => {
  const hashes: Array<string> = []
  let broken: string | undefined
  // The store checks the chain on the way and rejects with the first record that is wrong.
  for await (const record of journal.store().read(from)) {
    broken ??= complaintOf(record, from + hashes.length)
    hashes.push(hexOfHash(record.hash))
  }
  const { seq, hash } = journal.store().head()
  if (seq >= from && (seq !== from + hashes.length - 1 || hashes.at(-1) !== hexOfHash(hash)))
    broken ??= `the head is record ${seq}, ${hashes.length} were read from ${from} on`
  const [cuts, findings] = [journal.cuts(), journal.findings()]
  const verdict = findings.length === 0 ? 'opens' : 'opens-with-report'
  return { verdict, headSeq: seq, hashes, cuts, findings, broken, refusal: undefined }
}

const ofRefusal = (refusal: OpenRefusal, from: number): Recovery => {
  const quarantined = refusal._tag === 'Quarantined'
  const proven = quarantined && (refusal.head?.seq ?? 0) >= from ? [...refusal.records()] : []
  return {
    verdict: quarantined ? 'quarantined' : 'refused',
    headSeq: quarantined ? (refusal.head?.seq ?? 0) : 0,
    hashes: proven.slice(from - 1).map(({ hash }) => hexOfHash(hash)),
    cuts: [],
    findings: quarantined ? refusal.findings : [],
    broken: undefined,
    refusal: openRefusalText(refusal),
  }
}

/**
 * Opens, reads everything from record `from` on, closes. It writes below `root`, as every start
 * does. What rejects is an error of the store after the open check had passed.
 */
export const recover = async (root: string, from = 1): Promise<Recovery> => {
  const opened = await openJournal(inProcessOptions(root))
  if (E.isLeft(opened)) return ofRefusal(opened.left, from)
  try {
    return await ofOpened(opened.right, from)
  } finally {
    await opened.right.close()
  }
}
