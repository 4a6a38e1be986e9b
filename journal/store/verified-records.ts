/** Reading with the chain in hand: what comes out is dense, in order and what was hashed. */
import { chainHash, decodeRecord, sameHash } from '../record/hash-chain.ts'
import type { StoredRecord } from './journal-store.ts'
import { meaningOf } from './keys.ts'
import { JournalDamaged } from './store-errors.ts'

export interface Span {
  readonly from: number
  /** Inclusive. */
  readonly to: number
  /** Hash of the record before `from`; undefined: the first entry is that record. */
  readonly previous: Uint8Array | undefined
}

type Entry = readonly [Buffer, Uint8Array]

const storedAt = (seq: number, [key, value]: Entry): StoredRecord => {
  const meaning = meaningOf(key)
  if (meaning._tag !== 'event' || meaning.seq !== seq)
    throw new JournalDamaged(seq, 'it is missing')
  const record = decodeRecord(value)
  if (record === undefined) throw new JournalDamaged(seq, 'it is too short')
  return { seq, hash: record.hash, bytes: record.bytes }
}

const recordAt = (seq: number, entry: Entry, previous: Uint8Array): StoredRecord => {
  const record = storedAt(seq, entry)
  if (!sameHash(record.hash, chainHash(previous, record.bytes)))
    throw new JournalDamaged(seq, 'its bytes do not give its hash')
  return record
}

/** LevelDB returns wrong values without an error, so every record is checked (J4, J8). */
export async function* verifiedRecords(
  span: Span,
  chunks: AsyncIterable<ReadonlyArray<Entry>>,
): AsyncGenerator<StoredRecord> {
  let seq = span.from
  let previous = span.previous
  for await (const chunk of chunks)
    for (const entry of chunk) {
      if (previous === undefined) {
        previous = storedAt(seq - 1, entry).hash
        continue
      }
      const record = recordAt(seq, entry, previous)
      yield record
      previous = record.hash
      seq += 1
    }
  if (seq <= span.to) throw new JournalDamaged(seq, 'it is missing')
}
