/** What every store must do that lets old records go: on LevelDB and in memory. */
import assert from 'node:assert/strict'
import type { DroppingStore, Dropping } from '../../journal/store/journal-store.ts'
import { suite } from '../testing/suite.ts'
import { allRecords, filled, sampleBatch } from './journal-store.contract.ts'

export interface DroppingUnderTest {
  /** Opens, or opens again after `close` of the store before. */
  readonly open: () => Promise<DroppingStore>
  readonly dispose: () => Promise<void>
}

/** Drops the records up to `seq`; the state is a text that tells where. */
export const droppingAt = async (
  store: DroppingStore,
  seq: number,
  rest: Partial<Omit<Dropping, 'snapshot'>> = {},
): Promise<Dropping> => {
  const [record] = await allRecords(store.read(seq, seq))
  assert.ok(record !== undefined, `record ${seq}`)
  const bytes = Buffer.from(`state at ${seq}`)
  return { snapshot: { seq, hash: record.hash, bytes }, streams: [], requests: [], ...rest }
}

const seqsOf = async (store: DroppingStore, from = 1, to?: number): Promise<Array<number>> =>
  (await allRecords(store.read(from, to))).map(({ seq }) => seq)

const range = (from: number, to: number): Array<number> =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)

const stateOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString()

type Test = (store: DroppingStore, journal: DroppingUnderTest) => Promise<void>

const tests: ReadonlyArray<readonly [string, Test]> = [
  [
    'an untouched journal has its base at 0',
    async (store) => {
      await filled(store, 2, 3)
      const base = await store.base()
      assert.deepEqual([base.seq, base.state], [0, undefined])
    },
  ],
  [
    'J1 J4 after a dropping the rest is there, and goes on in the same chain, also reopened',
    async (store, journal) => {
      await filled(store, 6, 5)
      await store.dropThrough(await droppingAt(store, 12))
      assert.deepEqual(await seqsOf(store), range(13, 30))
      await filled(store, 1, 4)
      await store.close()
      const again = await journal.open()
      const base = await again.base()
      assert.deepEqual([base.seq, stateOf(base.state)], [12, 'state at 12'])
      assert.equal(again.head().seq, 34)
      assert.deepEqual(await seqsOf(again, 20, 22), [20, 21, 22])
      assert.deepEqual(await seqsOf(again, 5, 14), [13, 14])
      assert.deepEqual(await seqsOf(again, 3, 12), [])
      await again.dropThrough(await droppingAt(again, 33))
      assert.deepEqual(await seqsOf(again), [34])
      await filled(again, 1, 2)
      assert.deepEqual(await seqsOf(again), [34, 35, 36])
    },
  ],
  [
    'a read that began before a dropping ends as it would have ended without it',
    async (store) => {
      await filled(store, 4, 5)
      const reading = store.read(3)[Symbol.asyncIterator]()
      const first = await reading.next()
      await store.dropThrough(await droppingAt(store, 15))
      const seqs = first.done === true ? [] : [first.value.seq]
      for (let one = await reading.next(); one.done !== true; one = await reading.next())
        seqs.push(one.value.seq)
      assert.deepEqual(seqs, range(3, 20))
    },
  ],
  [
    'reads during a dropping see the records before it or the base after it, never a hole',
    async (store) => {
      await filled(store, 8, 5)
      const dropped = store.dropThrough(await droppingAt(store, 20))
      const reads = [1, 5, 20, 21].map((from) => seqsOf(store, from))
      await dropped
      for (const seqs of await Promise.all(reads)) {
        assert.equal(seqs.at(-1), 40)
        assert.deepEqual(seqs, range(seqs[0] ?? 0, 40))
      }
    },
  ],
  [
    'I12 request ids go with their records, those of kept records stay',
    async (store, journal) => {
      await store.append(sampleBatch(store.head(), { size: 3, request: 'old' }))
      await store.append(sampleBatch(store.head(), { size: 3, request: 'new' }))
      await store.dropThrough(await droppingAt(store, 3, { requests: ['old'] }))
      await store.close()
      const again = await journal.open()
      assert.equal(await again.sequenceOfRequest('old'), undefined)
      assert.equal(await again.sequenceOfRequest('new'), 4)
    },
  ],
  [
    'ended streams are forgotten and may begin anew, others continue',
    async (store, journal) => {
      const of = (stream: string, streamSeq: number, size: number) =>
        sampleBatch(store.head(), { size, stream, streamSeq, request: `${stream} ${streamSeq}` })
      await store.append(of('container:ended', 0, 3))
      await store.append(of('container:lives', 0, 3))
      await store.append(of('container:lives', 3, 1))
      await store.dropThrough(await droppingAt(store, 6, { streams: ['container:ended'] }))
      await store.append(of('container:lives', 4, 1))
      await store.close()
      const again = await journal.open()
      assert.deepEqual([...(await again.streamHeads())], [['container:lives', 5]])
      await again.append(
        sampleBatch(again.head(), { size: 1, stream: 'container:ended', streamSeq: 0 }),
      )
    },
  ],
  [
    'the state at the base outlives all caches, and stands in for them',
    async (store, journal) => {
      await filled(store, 5, 2)
      const put = async (seq: number): Promise<void> => {
        const { snapshot } = await droppingAt(store, seq)
        await store.putSnapshot({ ...snapshot, bytes: Buffer.from(`cache at ${seq}`) })
      }
      await put(2)
      await store.dropThrough(await droppingAt(store, 4))
      for (const seq of [5, 6, 7, 8]) await put(seq)
      assert.equal(stateOf((await store.latestSnapshot())?.bytes), 'cache at 8')
      await store.deleteSnapshots()
      await store.close()
      const again = await journal.open()
      assert.equal(stateOf((await again.latestSnapshot())?.bytes), 'state at 4')
      assert.equal(stateOf((await again.base()).state), 'state at 4')
    },
  ],
]

/** What may not go is refused, nothing is gone, and the handle takes no more writes. */
const refusals: ReadonlyArray<readonly [string, number, (good: Dropping) => Dropping]> = [
  ['the newest record', 10, (good) => good],
  ['what went before', 4, (good) => good],
  [
    'a base of another history',
    6,
    (good) => ({ ...good, snapshot: { ...good.snapshot, hash: Buffer.alloc(32, 7) } }),
  ],
]

const refuses =
  (seq: number, spoil: (good: Dropping) => Dropping): Test =>
  async (store, journal) => {
    await filled(store, 5, 2)
    const dropping = spoil(await droppingAt(store, seq))
    await store.dropThrough(await droppingAt(store, 4))
    await assert.rejects(store.dropThrough(dropping))
    await assert.rejects(store.append(sampleBatch(store.head(), { size: 1 })), /read-only/)
    assert.deepEqual(await seqsOf(store), range(5, 10))
    await store.close()
    assert.deepEqual(await seqsOf(await journal.open()), range(5, 10))
  }

/** Adds the contract to a suite; the caller runs it. `make` gives an empty journal. */
export const journalRetentionContract = (
  title: string,
  make: () => Promise<DroppingUnderTest>,
): ReturnType<typeof suite> => {
  const contract = suite(title)
  const add = (name: string, test: Test): void =>
    contract(name, async () => {
      const journal = await make()
      try {
        await test(await journal.open(), journal)
      } finally {
        await journal.dispose()
      }
    })
  for (const [name, test] of tests) add(name, test)
  for (const [name, seq, spoil] of refusals)
    add(`J5 dropping ${name} is refused and poisons the handle`, refuses(seq, spoil))
  return contract
}
