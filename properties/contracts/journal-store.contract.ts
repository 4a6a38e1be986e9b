/** What every journal store must do: on LevelDB, in memory, and on the simulated disk. */
import assert from 'node:assert/strict'
import { chainHash, genesisHash } from '../../journal/record/hash-chain.ts'
import { decodeEnvelope, encodeEnvelope } from '../../journal/record/envelope-codec.ts'
import type {
  Head,
  JournalStore,
  NewRecord,
  StoredRecord,
} from '../../journal/store/journal-store.ts'
import { suite } from '../testing/suite.ts'

export interface JournalUnderTest {
  readonly nonce: string
  /** Opens, or opens again after `close` of the store before. */
  readonly open: () => Promise<JournalStore>
  readonly dispose: () => Promise<void>
}

export interface SampleBatch {
  readonly size: number
  readonly stream?: string
  readonly request?: string
  /** Number of the stream's last record; default: the store's head, for one stream alone. */
  readonly streamSeq?: number
  readonly payloadBytes?: number
}

/** A well formed batch that continues `head`. */
export const sampleBatch = (head: Head, sample: SampleBatch): ReadonlyArray<NewRecord> => {
  const records: Array<NewRecord> = []
  const stream = sample.stream ?? 'container:sample'
  let hash = head.hash
  for (let i = 1; i <= sample.size; i += 1) {
    const seq = head.seq + i
    const streamSeq = (sample.streamSeq ?? head.seq) + i
    const request = sample.request ?? `request-${head.seq + 1}`
    const bytes = encodeEnvelope({
      seq,
      at: 1_700_000_000_000 + seq,
      mono: seq,
      boot: 'boot-1',
      actor: 'uid:0/pid:1',
      request,
      causation: 0,
      stream,
      streamSeq,
      kind: 'SampleObserved',
      v: 1,
      payload: { text: 'x'.repeat(sample.payloadBytes ?? 100) },
    })
    hash = chainHash(hash, bytes)
    records.push({
      seq,
      hash,
      bytes,
      stream,
      streamSeq,
      ...(i === 1 ? { requestId: request } : {}),
    })
  }
  return records
}

/** Appends `batches` batches of `size` records each. */
export const filled = async (
  store: JournalStore,
  batches: number,
  sample: SampleBatch | number,
): Promise<void> => {
  const each = typeof sample === 'number' ? { size: sample } : sample
  for (let i = 0; i < batches; i += 1) await store.append(sampleBatch(store.head(), each))
}

export const allRecords = async (
  records: AsyncIterable<StoredRecord>,
): Promise<ReadonlyArray<StoredRecord>> => {
  const found: Array<StoredRecord> = []
  for await (const record of records) found.push(record)
  return found
}

const seqsOf = async (records: AsyncIterable<StoredRecord>): Promise<ReadonlyArray<number>> =>
  (await allRecords(records)).map((r) => r.seq)

const range = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)

type Test = (store: JournalStore, journal: JournalUnderTest) => Promise<void>

const tests: ReadonlyArray<readonly [string, Test]> = [
  [
    'an empty journal has sequence 0 and the genesis hash',
    async (store, { nonce }) => {
      assert.equal(store.head().seq, 0)
      assert.deepEqual(Buffer.from(store.head().hash), Buffer.from(genesisHash(nonce)))
      assert.deepEqual(await seqsOf(store.read(1)), [])
      assert.equal((await store.streamHeads()).size, 0)
      assert.equal(await store.latestSnapshot(), undefined)
    },
  ],
  [
    'J1 J2 acknowledged records are there after reopening, dense and in order',
    async (store, journal) => {
      await filled(store, 5, 3)
      await store.close()
      const again = await journal.open()
      assert.equal(again.head().seq, 15)
      assert.deepEqual(await seqsOf(again.read(1)), range(1, 15))
      const first = decodeEnvelope((await allRecords(again.read(7, 7)))[0]?.bytes ?? Buffer.of())
      assert.equal(first._tag === 'Right' && first.right.seq, 7)
    },
  ],
  [
    'J4 every hash is that of its bytes and its predecessor',
    async (store, { nonce }) => {
      await filled(store, 3, 4)
      let previous = genesisHash(nonce)
      for (const record of await allRecords(store.read(1))) {
        assert.deepEqual(Buffer.from(record.hash), Buffer.from(chainHash(previous, record.bytes)))
        previous = record.hash
      }
      assert.deepEqual(Buffer.from(previous), Buffer.from(store.head().hash))
    },
  ],
  [
    'a read ends at the head of its call, whatever is appended meanwhile',
    async (store) => {
      await filled(store, 2, 3)
      const reading = store.read(2)
      await filled(store, 2, 3)
      assert.deepEqual(await seqsOf(reading), range(2, 6))
      assert.deepEqual(await seqsOf(store.read(5, 8)), range(5, 8))
      assert.deepEqual(await seqsOf(store.read(13)), [])
    },
  ],
  [
    'a request id leads to the first record of its command, also after reopening',
    async (store, journal) => {
      await filled(store, 1, 2)
      await store.append(sampleBatch(store.head(), { size: 3, request: 'the-request' }))
      assert.equal(await store.sequenceOfRequest('the-request'), 3)
      await store.close()
      const again = await journal.open()
      assert.equal(await again.sequenceOfRequest('the-request'), 3)
      assert.equal(await again.sequenceOfRequest('another'), undefined)
    },
  ],
  [
    'stream heads count each stream on its own',
    async (store, journal) => {
      const one = sampleBatch(store.head(), { size: 2, stream: 'container:a', streamSeq: 0 })
      await store.append(one)
      await store.append(
        sampleBatch(store.head(), { size: 1, stream: 'image:b', streamSeq: 0, request: 'r2' }),
      )
      await store.close()
      const heads = await (await journal.open()).streamHeads()
      assert.deepEqual(
        [...heads],
        [
          ['container:a', 2],
          ['image:b', 1],
        ],
      )
    },
  ],
  [
    'the newest snapshot is found, and all can be deleted at any time',
    async (store, journal) => {
      await filled(store, 4, 1)
      for (const { seq, hash } of await allRecords(store.read(2)))
        await store.putSnapshot({ seq, hash, bytes: Buffer.from(`state ${seq}`) })
      await store.close()
      const again = await journal.open()
      const newest = await again.latestSnapshot()
      assert.equal(newest?.seq, 4)
      assert.equal(Buffer.from(newest?.bytes ?? []).toString(), 'state 4')
      await again.deleteSnapshots()
      assert.equal(await again.latestSnapshot(), undefined)
      assert.equal(again.head().seq, 4)
    },
  ],
  [
    'the head moves when a batch is durable, not before, and streams move with it',
    async (store) => {
      const append = store.append(sampleBatch(store.head(), { size: 2 }))
      assert.equal(store.head().seq, 0)
      await append
      assert.equal(store.head().seq, 2)
      assert.deepEqual([...(await store.streamHeads())], [['container:sample', 2]])
    },
  ],
  [
    'an empty batch changes nothing and is no error',
    async (store) => {
      await filled(store, 1, 2)
      await store.append([])
      assert.equal(store.head().seq, 2)
      await filled(store, 1, 1)
    },
  ],
  [
    'J4 the bytes of a large batch come back as they were, also after reopening',
    async (store, journal) => {
      const batch = sampleBatch(store.head(), { size: 40, payloadBytes: 9_000 })
      await store.append(batch)
      await filled(store, 1, 1)
      await store.close()
      const again = await journal.open()
      for (const [i, record] of (await allRecords(again.read(1, 40))).entries())
        assert.deepEqual(Buffer.from(record.bytes), Buffer.from(batch[i]?.bytes ?? []))
      assert.equal(again.head().seq, 41)
    },
  ],
  [
    'several streams in one batch are numbered each by itself, all or nothing',
    async (store, journal) => {
      const one = sampleBatch(store.head(), { size: 2, stream: 'container:a', streamSeq: 0 })
      const head = one[1] ?? store.head()
      const two = sampleBatch(head, { size: 3, stream: 'layer:b', streamSeq: 0, request: 'r2' })
      await store.append([...one, ...two])
      await store.close()
      const again = await journal.open()
      assert.deepEqual(
        [...(await again.streamHeads())].sort(([a], [b]) => (a < b ? -1 : 1)),
        [
          ['container:a', 2],
          ['layer:b', 3],
        ],
      )
      assert.equal(await again.sequenceOfRequest('r2'), 3)
    },
  ],
  [
    'a snapshot of another history is refused and never found',
    async (store, journal) => {
      await filled(store, 2, 1)
      const foreign = { seq: 2, hash: Buffer.alloc(32, 9), bytes: Buffer.from('foreign') }
      await assert.rejects(store.putSnapshot(foreign))
      await store.close()
      assert.equal(await (await journal.open()).latestSnapshot(), undefined)
    },
  ],
  [
    'closing waits for the append in flight, may be repeated, and ends the handle',
    async (store, journal) => {
      const batch = sampleBatch(store.head(), { size: 2 })
      const append = store.append(batch)
      // The append has begun: before its first turn a store may still refuse it.
      for (let i = 0; i < 3; i += 1) await Promise.resolve()
      await store.close()
      await append
      await store.close()
      await assert.rejects(store.append(sampleBatch(store.head(), { size: 1 })))
      await assert.rejects(allRecords(store.read(1)))
      await assert.rejects(store.sequenceOfRequest('request-1'))
      await assert.rejects(store.latestSnapshot())
      assert.equal((await journal.open()).head().seq, 2)
    },
  ],
]

const spoiled: ReadonlyArray<readonly [string, (good: NewRecord) => NewRecord]> = [
  ['leaves a hole in the sequence', (r) => ({ ...r, seq: r.seq + 1 })],
  ['repeats a sequence number', (r) => ({ ...r, seq: r.seq - 1 })],
  ['does not continue the chain', (r) => ({ ...r, hash: Buffer.alloc(32, 7) })],
  ['holds other bytes than were hashed', (r) => ({ ...r, bytes: Buffer.from('{}') })],
  ['leaves a hole in its stream', (r) => ({ ...r, streamSeq: r.streamSeq + 1 })],
]

/** J5: the batch is refused, nothing of it is there, and the handle takes no more. */
const refuses =
  (spoil: (good: NewRecord) => NewRecord): Test =>
  async (store, journal) => {
    await filled(store, 1, 2)
    const good = sampleBatch(store.head(), { size: 2 })
    await assert.rejects(store.append(good.map((r, i) => (i === 1 ? spoil(r) : r))))
    await assert.rejects(store.append(good))
    await assert.rejects(store.putSnapshot({ ...store.head(), bytes: Buffer.of(1) }))
    assert.deepEqual(await seqsOf(store.read(1)), [1, 2])
    await store.close()
    const again = await journal.open()
    assert.equal(again.head().seq, 2)
    await again.append(good)
    assert.deepEqual(await seqsOf(again.read(1)), [1, 2, 3, 4])
  }

/** Registers the contract; the caller runs the suite. `make` gives an empty journal. */
export const journalStoreContract = (
  title: string,
  make: () => Promise<JournalUnderTest>,
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
  for (const [name, spoil] of spoiled)
    add(`J5 a batch that ${name} is refused and poisons the handle`, refuses(spoil))
  return contract
}
