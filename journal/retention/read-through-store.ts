/** A store whose reads go on into the archives, so that a reader sees one history. */
import { chainHash, sameHash } from '../record/hash-chain.ts'
import type { Base, DroppingStore, JournalStore, StoredRecord } from '../store/journal-store.ts'
import { JournalDamaged } from '../store/store-errors.ts'
import type { RecordRange } from './archive-name.ts'
import type { Archives } from './archives.ts'

type BasedStore = JournalStore & Pick<DroppingStore, 'base'>

/** The archived records of a range; the record behind it must continue them. */
async function* archived(
  archives: Archives,
  range: RecordRange,
  next: StoredRecord | undefined,
): AsyncGenerator<StoredRecord> {
  let last: StoredRecord | undefined
  for await (const record of archives.read(range.from, range.to)) {
    yield record
    last = record
  }
  if (last === undefined || next === undefined) return
  if (last.seq + 1 !== next.seq) throw new JournalDamaged(last.seq + 1, 'no archive holds it')
  if (!sameHash(chainHash(last.hash, next.bytes), next.hash))
    throw new JournalDamaged(next.seq, 'it does not continue the archives')
}

const startOf = async (store: BasedStore, archives: Archives): Promise<Base> => {
  const base = await store.base()
  const oldest = base.seq === 0 ? undefined : await archives.oldest(base.seq)
  if (oldest === undefined) return base
  const { from, previous, state } = oldest.start
  return { seq: from - 1, hash: previous, state }
}

/**
 * The store's own snapshot decides where its records begin: whatever has left it by then is read
 * from the archives first, and must lead to it by the chain (J4).
 */
async function* readThrough(
  store: BasedStore,
  archives: Archives,
  { from, to }: RecordRange,
): AsyncGenerator<StoredRecord> {
  let isFirst = true
  for await (const record of store.read(from, to)) {
    if (isFirst && record.seq > from)
      yield* archived(archives, { from, to: record.seq - 1 }, record)
    isFirst = false
    yield record
  }
  if (!isFirst || from > to) return
  const base = await store.base()
  if (from > base.seq) return
  yield* archived(archives, { from, to: Math.min(to, base.seq) }, undefined)
}

/** `read` and `start` see the archives; everything else is the store's. */
export const readingThrough = (store: BasedStore, archives: Archives): BasedStore => ({
  head: () => store.head(),
  append: (records) => store.append(records),
  read: (from, to = store.head().seq) =>
    readThrough(store, archives, { from: Math.max(1, from), to }),
  sequenceOfRequest: (requestId) => store.sequenceOfRequest(requestId),
  streamHeads: () => store.streamHeads(),
  putSnapshot: (snapshot) => store.putSnapshot(snapshot),
  latestSnapshot: () => store.latestSnapshot(),
  deleteSnapshots: () => store.deleteSnapshots(),
  base: () => store.base(),
  start: () => startOf(store, archives),
  close: () => store.close(),
})

export const withArchives = (store: DroppingStore, archives: Archives): DroppingStore => ({
  ...readingThrough(store, archives),
  base: () => store.base(),
  dropThrough: (dropping) => store.dropThrough(dropping),
})
