/** A store over records that were read elsewhere: it answers and never appends. */
import type { Base, Head, JournalStore, StoredRecord } from './journal-store.ts'

export interface ReadOnlyParts {
  /** Behind the base, without a gap. */
  readonly records: ReadonlyArray<StoredRecord>
  readonly head: Head | undefined
  /** What stands for the records before. */
  readonly base: Base | undefined
  /** Why nothing is appended. */
  readonly cause: string
}

export interface ReadOnlyStore extends JournalStore {
  readonly base: () => Promise<Base>
}

const noHead: Head = { seq: 0, hash: new Uint8Array(32) }

export const readOnlyStore = ({ records, head, base, cause }: ReadOnlyParts): ReadOnlyStore => {
  const refuse = (): Promise<never> => Promise.reject(new Error(`journal is read-only: ${cause}`))
  const last: Head = head ?? noHead
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
    base: () => Promise.resolve(base ?? { ...noHead, state: undefined }),
    close: () => Promise.resolve(),
  }
}
