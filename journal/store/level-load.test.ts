/** A store does not open on entries that contradict each other, and says which one is wrong. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filled, sampleBatch } from '../../properties/contracts/journal-store.contract.ts'
import { suite } from '../../properties/testing/suite.ts'
import * as keys from './keys.ts'
import { openLevelDatabase, type LevelDatabase } from './level-database.ts'
import { openLevelStore, type LevelStore } from './level-store.ts'
import { JournalDamaged } from './store-errors.ts'
import * as values from './stored-values.ts'

const test = suite('opening a LevelDB store')

const inDirectory =
  (body: (directory: string) => Promise<void>): (() => Promise<void>) =>
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'level-load-'))
    try {
      await body(join(root, 'db'))
    } finally {
      await rm(root, { recursive: true })
    }
  }

const opened = (directory: string): Promise<LevelStore> =>
  openLevelStore({ directory, newNonce: () => 'n' })

/** A closed store of six records. */
const written = async (directory: string): Promise<void> => {
  const store = await opened(directory)
  await filled(store, 3, 2)
  await store.close()
}

/** Changes the closed database behind the store's back. */
const tamper = async (
  directory: string,
  change: (db: LevelDatabase) => Promise<void>,
): Promise<void> => {
  const db = await openLevelDatabase(directory)
  await change(db)
  await db.close()
}

const put = (key: Buffer, value: Uint8Array | string) => (db: LevelDatabase) =>
  db.write([{ type: 'put', key, value: Buffer.from(value) }])

const del = (key: Buffer) => (db: LevelDatabase) => db.write([{ type: 'del', key }])

const damage = (detail: RegExp) => (error: unknown) =>
  error instanceof JournalDamaged && detail.test(error.message)

const zeros = Buffer.alloc(32)
const meta = { version: values.journalVersion + 1, nonce: 'n', epoch: 1 }

const changes: ReadonlyArray<
  readonly [name: string, change: (db: LevelDatabase) => Promise<void>, says: RegExp]
> = [
  ['meta data that is no JSON', put(keys.metaKey, '{'), /meta entry is unreadable/],
  ['meta data of another form', put(keys.metaKey, '{"version":1}'), /meta entry is unreadable/],
  ['a newer version', put(keys.metaKey, values.encodeMeta(meta)), /version 2 is newer/],
  ['a head that is no JSON', put(keys.headKey, 'x'), /head entry is unreadable/],
  [
    'a head with half a hash',
    put(keys.headKey, '{"seq":6,"hash":"00","epoch":1}'),
    /head entry is unreadable/,
  ],
  ['a base that is no JSON', put(keys.baseKey, ''), /base entry is unreadable/],
  ['a base with half a hash', put(keys.baseKey, '{"seq":1,"hash":"0"}'), /base entry is unrea/],
  ['a stream that ends nowhere', put(keys.streamKey('s'), '0'), /head of stream s\/s is unread/],
  ['a missing newest record', del(keys.eventKey(6)), /record 6: the newest record is missing/],
  ['a newest record of 3 bytes', put(keys.eventKey(6), 'abc'), /the newest record is missing/],
  ['records beyond the head', put(keys.eventKey(9), 'x'), /record 7: it lies beyond the head/],
  [
    'a head of another history',
    put(keys.headKey, values.encodeHead({ seq: 6, hash: zeros }, 1)),
    /record 6: the newest record is not the one that the head names/,
  ],
]

for (const [name, change, says] of changes)
  test(
    `J8 ${name} is damage, and nothing stays open`,
    inDirectory(async (directory) => {
      await written(directory)
      await tamper(directory, change)
      await assert.rejects(opened(directory), damage(says))
      // A handle that was left open would refuse this one.
      await tamper(directory, () => Promise.resolve())
    }),
  )

const reads: typeof changes = [
  ['a hole', del(keys.eventKey(3)), /record 3: it is missing/],
  ['a record of 3 bytes', put(keys.eventKey(3), 'abc'), /record 3: it is too short/],
  [
    'a record with other bytes',
    put(keys.eventKey(3), Buffer.alloc(90)),
    /record 3: its bytes do not give its hash/,
  ],
]

for (const [name, change, says] of reads)
  test(
    `J4 J8 ${name} ends the reading there`,
    inDirectory(async (directory) => {
      await written(directory)
      await tamper(directory, change)
      const store = await opened(directory)
      const seqs: number[] = []
      const reading = (async () => {
        for await (const { seq } of store.read(1)) seqs.push(seq)
      })()
      await assert.rejects(reading, damage(says))
      assert.deepEqual(seqs, [1, 2])
      await store.close()
    }),
  )

test(
  'J8 the entry of a request must lead to a record of that request',
  inDirectory(async (directory) => {
    const store = await opened(directory)
    await store.append(sampleBatch(store.head(), { size: 1, request: 'mine' }))
    await filled(store, 1, 2)
    await store.close()
    for (const [value, says] of [
      ['x', /the entry of request mine/],
      ['2', /record 2: it is not of request mine/],
      ['9', /record 9: it is missing/],
    ] as const) {
      await tamper(directory, put(keys.requestKey('mine'), value))
      const again = await opened(directory)
      await assert.rejects(again.sequenceOfRequest('mine'), damage(says))
      await again.close()
    }
  }),
)

test(
  'J6 a snapshot whose bytes, length, place or history are wrong is passed over',
  inDirectory(async (directory) => {
    const store = await opened(directory)
    await filled(store, 3, 2)
    const head = store.head()
    const [second] = await (async () => {
      const found = []
      for await (const record of store.read(2, 2)) found.push(record)
      return found
    })()
    assert.ok(second !== undefined)
    await store.putSnapshot({ ...second, bytes: Buffer.from('state at 2') })
    await assert.rejects(
      store.putSnapshot({ seq: 4, hash: zeros, bytes: Buffer.from('s') }),
      damage(/the snapshot belongs to another history/),
    )
    await store.close()
    const sound = values.encodeSnapshot({ ...head, bytes: Buffer.from('state at 6') })
    const broken = Buffer.from(sound)
    broken[broken.length - 1] = 0
    const strange = values.encodeSnapshot({ seq: 5, hash: zeros, bytes: Buffer.from('s') })
    await tamper(directory, put(keys.snapshotKey(6), broken))
    await tamper(directory, put(keys.snapshotKey(4), 'short'))
    await tamper(directory, put(keys.snapshotKey(5), strange))
    await tamper(directory, put(keys.snapshotKey(77), sound))
    const again = await opened(directory)
    assert.equal((await again.latestSnapshot())?.seq, 2)
    await again.close()
  }),
)

test('keys of other lengths and letters are strange, never taken for a number', () => {
  const tag = (key: Buffer): string => keys.meaningOf(key)._tag
  assert.equal(tag(keys.eventKey(7)), 'event')
  assert.equal(tag(keys.snapshotKey(7)), 'snapshot')
  for (const prefix of ['e/', 'p/'])
    for (const rest of [Buffer.alloc(7), Buffer.alloc(9), Buffer.alloc(8, 0xff)])
      assert.equal(tag(Buffer.concat([Buffer.from(prefix), rest])), 'strange')
  for (const text of ['h/x', 'm/other', 'q/', '', 'e'])
    assert.equal(tag(Buffer.from(text)), 'strange')
  assert.deepEqual(
    [keys.headKey, keys.metaKey, keys.baseKey, keys.streamKey('s'), keys.requestKey('r')].map(tag),
    ['head', 'meta', 'base', 'stream', 'request'],
  )
})

test.run()
