/** How much of the past is kept where, and which range of records leaves the journal next. */
import type { Envelope } from '../record/envelope.ts'
import type { StoredRecord } from '../store/journal-store.ts'
import { readEnvelope } from './archive-fold.ts'
import type { RecordRange } from './archive-name.ts'

/** Of all archives together; null: no limit. What comes first counts. */
export interface RetentionLimits {
  readonly ageMs: number | null
  readonly sizeBytes: number | null
}

/** Bytes of envelopes in one archive; the journal is cut in pieces of this size. */
export const archiveBytes = 16 * 1024 * 1024

/**
 * What the journal itself may take on disk. A start reads parts of it, so that it is kept small:
 * whoever reads the past reads on through the archives, where it takes a tenth of the space.
 */
export const journalLimitBytes = 128 * 1024 * 1024

/**
 * No record that is younger leaves the journal, whatever that takes: so long at least a repeated
 * request finds its first answer (I12). Afterwards its id counts as new.
 */
export const requestMemoryMs = 3_600_000

export interface Demand {
  /** What the journal takes on disk. */
  readonly journalBytes: number
  readonly journalLimitBytes: number
  readonly archiveBytes: number
  readonly requestMemoryMs: number
  readonly wallMs: number
}

const mayGo = ({ at }: Envelope, demand: Demand): boolean =>
  demand.journalBytes > demand.journalLimitBytes && demand.wallMs - at >= demand.requestMemoryMs

/**
 * The oldest records that fill an archive, if they may go. A command's records stay together: with
 * its first one its request id is forgotten. `records` begins with the oldest that is kept.
 */
export const nextRange = async (
  records: AsyncIterable<StoredRecord>,
  demand: Demand,
): Promise<RecordRange | undefined> => {
  let bytes = 0
  let from = 0
  let last: Envelope | undefined
  for await (const record of records) {
    if (last !== undefined) {
      const next = readEnvelope(record)
      if (next.request === '' || next.request !== last.request) return { from, to: last.seq }
      last = next
      continue
    }
    if (bytes === 0) {
      from = record.seq
      if (!mayGo(readEnvelope(record), demand)) return undefined
    }
    bytes += record.bytes.length
    if (bytes < demand.archiveBytes) continue
    last = readEnvelope(record)
    if (!mayGo(last, demand)) return undefined
  }
  // The newest record never leaves the journal.
  return undefined
}
