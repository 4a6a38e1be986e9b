/** The records of a source up to the first one that cannot be proved. */
import type { Records } from '../explain/container-streams.ts'
import { chainHash, sameHash } from '../record/hash-chain.ts'
import type { StoredRecord } from '../store/journal-store.ts'
import type { JournalSource } from './source.ts'

/** Records between two turns of the event loop. */
const sliceRecords = 2_000

const complaint = (
  before: { readonly seq: number; readonly hash: Uint8Array | undefined },
  record: StoredRecord,
): string | undefined => {
  if (record.seq !== before.seq + 1) return `record ${record.seq} follows record ${before.seq}`
  return before.hash !== undefined && !sameHash(record.hash, chainHash(before.hash, record.bytes))
    ? `record ${record.seq} does not continue the chain`
    : undefined
}

/** `onStop` is told why, if there is more than what can be proved. */
export const provenRecords = async function* (
  source: JournalSource,
  onStop: (why: string) => void,
): AsyncGenerator<StoredRecord> {
  let before: { readonly seq: number; readonly hash: Uint8Array | undefined } = source.beginning()
  let count = 0
  for await (const record of source.records()) {
    const why = complaint(before, record)
    if (why !== undefined) {
      onStop(why)
      return
    }
    yield record
    before = record
    count += 1
    if (count % sliceRecords === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

/** For readers that know stores only. */
export const recordsOf = (source: JournalSource, onStop: (why: string) => void): Records => ({
  read: async function* (from, to = Number.MAX_SAFE_INTEGER) {
    for await (const record of provenRecords(source, onStop)) {
      if (record.seq > to) return
      if (record.seq >= from) yield record
    }
  },
})
