/** Pair assertions at the store's door: a batch continues head and streams (J1, J4). */
import { chainHash, sameHash } from '../record/hash-chain.ts'
import type { Head, NewRecord } from './journal-store.ts'
import { BatchRefused } from './store-errors.ts'

export interface BatchBase {
  readonly head: Head
  readonly streams: ReadonlyMap<string, number>
}

export interface BatchEffect {
  readonly head: Head
  /** Streams that the batch touched, with their new last number. */
  readonly streams: ReadonlyMap<string, number>
}

const refuse = (record: NewRecord, detail: string): never => {
  throw new BatchRefused(`record ${record.seq} of stream ${record.stream}: ${detail}`)
}

/** Throws `BatchRefused` at the first record that does not fit. Hashes are computed again. */
export const checkBatch = (base: BatchBase, records: ReadonlyArray<NewRecord>): BatchEffect => {
  let head = base.head
  const touched = new Map<string, number>()
  for (const record of records) {
    const last = touched.get(record.stream) ?? base.streams.get(record.stream) ?? 0
    if (record.seq !== head.seq + 1) refuse(record, `the sequence continues at ${head.seq + 1}`)
    if (record.streamSeq !== last + 1) refuse(record, `the stream continues at ${last + 1}`)
    if (!sameHash(record.hash, chainHash(head.hash, record.bytes)))
      refuse(record, 'the hash does not continue the chain')
    if (record.bytes.length === 0) refuse(record, 'the record is empty')
    head = { seq: record.seq, hash: record.hash }
    touched.set(record.stream, record.streamSeq)
  }
  return { head, streams: touched }
}
