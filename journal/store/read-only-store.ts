/** A store over records that were read elsewhere: it answers and never appends. */
import type { Head, JournalStore, StoredRecord } from './journal-store.ts'

export const readOnlyStore = (
  records: ReadonlyArray<StoredRecord>,
  head: Head | undefined,
  cause: string,
): JournalStore => {
  const refuse = (): Promise<never> => Promise.reject(new Error(`journal is read-only: ${cause}`))
  const last: Head = head ?? { seq: 0, hash: new Uint8Array(32) }
  return {
    head: () => last,
    append: refuse,
    read: async function* (from, to = last.seq) {
      for (const record of records) if (record.seq >= from && record.seq <= to) yield record
    },
    sequenceOfRequest: () => Promise.resolve(undefined),
    streamHeads: () => Promise.resolve(new Map()),
    putSnapshot: refuse,
    latestSnapshot: () => Promise.resolve(undefined),
    deleteSnapshots: refuse,
    close: () => Promise.resolve(),
  }
}
