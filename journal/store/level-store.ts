/** The journal store on LevelDB: checked batches in, verified records out, fail-stop in between. */
import { decodeEnvelope } from '../record/envelope-codec.ts'
import { decodeRecord, encodeRecord, genesisHash, sameHash } from '../record/hash-chain.ts'
import { checkBatch } from './batch-check.ts'
import { verifiedRecords } from './verified-records.ts'
import type { Head, JournalStore, NewRecord, Snapshot, StoredRecord } from './journal-store.ts'
import * as keys from './keys.ts'
import { openLevelDatabase, type LevelDatabase, type Operation } from './level-database.ts'
import { JournalDamaged, StoreClosed } from './store-errors.ts'
import * as values from './stored-values.ts'
import { WriteQueue } from './write-queue.ts'

export interface LevelStoreOptions {
  /** LevelDB's directory; created when missing, below an existing parent. */
  readonly directory: string
  /** Asked once in a journal's life. */
  readonly newNonce: () => string
}

export interface LevelStore extends JournalStore {
  readonly meta: values.JournalMeta
  /** What LevelDB's text log says about data that it dropped on opening. */
  readonly complaints: ReadonlyArray<string>
}

interface Loaded {
  readonly head: Head
  readonly streams: Map<string, number>
  readonly meta: values.JournalMeta
}

/** Snapshots are caches; the one before the newest stays for the case that the newest is bad. */
const keptSnapshots = 2

const put = (key: Buffer, value: Uint8Array): Operation => ({ type: 'put', key, value })

const operationsOf = (
  records: ReadonlyArray<NewRecord>,
  streams: ReadonlyMap<string, number>,
): ReadonlyArray<Operation> => [
  ...records.map((r) => put(keys.eventKey(r.seq), encodeRecord(r.hash, r.bytes))),
  ...records.flatMap((r) =>
    r.requestId === undefined
      ? []
      : [put(keys.requestKey(r.requestId), values.encodeNumber(r.seq))],
  ),
  ...[...streams].map(([s, n]) => put(keys.streamKey(s), values.encodeNumber(n))),
]

const loadStreams = async (db: LevelDatabase): Promise<Map<string, number>> => {
  const streams = new Map<string, number>()
  for await (const [key, value] of db.entries({ gte: keys.startOf('s'), lt: keys.endOf('s') })) {
    const meaning = keys.meaningOf(key)
    const last = values.decodeNumber(value)
    if (meaning._tag !== 'stream' || last === undefined)
      throw new JournalDamaged(0, `the head of stream ${key.toString('utf8')} is unreadable`)
    streams.set(meaning.stream, last)
  }
  return streams
}

const loadHead = async (db: LevelDatabase, nonce: string): Promise<Head> => {
  const value = await db.get(keys.headKey)
  const head = value === undefined ? { seq: 0, hash: genesisHash(nonce) } : values.decodeHead(value)
  if (head === undefined) throw new JournalDamaged(0, 'the head entry is unreadable')
  return head
}

const loadMeta = async (db: LevelDatabase, newNonce: () => string): Promise<values.JournalMeta> => {
  const value = await db.get(keys.metaKey)
  if (value === undefined) return { version: values.journalVersion, nonce: newNonce(), epoch: 1 }
  const meta = values.decodeMeta(value)
  if (meta === undefined) throw new JournalDamaged(0, 'the meta entry is unreadable')
  if (meta.version > values.journalVersion)
    throw new JournalDamaged(0, `journal version ${meta.version} is newer than this program`)
  return { ...meta, epoch: meta.epoch + 1 }
}

/** The head entry and the newest record are written together; after reading they must agree. */
const checkHead = async (db: LevelDatabase, head: Head): Promise<void> => {
  const after = db.entries({ gte: keys.eventKey(head.seq + 1), lt: keys.endOf('e'), newest: 1 })
  for await (const _ of after) throw new JournalDamaged(head.seq + 1, 'it lies beyond the head')
  if (head.seq === 0) return
  const value = await db.get(keys.eventKey(head.seq))
  const record = value === undefined ? undefined : decodeRecord(value)
  if (record === undefined) throw new JournalDamaged(head.seq, 'the newest record is missing')
  if (!sameHash(record.hash, head.hash))
    throw new JournalDamaged(head.seq, 'the newest record is not the one that the head names')
}

const load = async (db: LevelDatabase, newNonce: () => string): Promise<Loaded> => {
  const meta = await loadMeta(db, newNonce)
  const head = await loadHead(db, meta.nonce)
  await checkHead(db, head)
  const streams = await loadStreams(db)
  await db.write([put(keys.metaKey, values.encodeMeta(meta))])
  return { head, streams, meta }
}

class LevelJournalStore implements LevelStore {
  readonly meta: values.JournalMeta
  readonly complaints: ReadonlyArray<string>
  readonly #db: LevelDatabase
  readonly #streams: Map<string, number>
  #head: Head
  readonly #writes = new WriteQueue()
  #closed: Promise<void> | undefined

  constructor(db: LevelDatabase, loaded: Loaded) {
    this.meta = loaded.meta
    this.complaints = db.complaints
    this.#db = db
    this.#head = loaded.head
    this.#streams = loaded.streams
  }

  readonly head = (): Head => this.#head

  readonly append = (records: ReadonlyArray<NewRecord>): Promise<void> =>
    this.#write(async () => {
      const effect = checkBatch({ head: this.#head, streams: this.#streams }, records)
      if (records.length === 0) return
      const head = put(keys.headKey, values.encodeHead(effect.head, this.meta.epoch))
      await this.#db.write([...operationsOf(records, effect.streams), head])
      this.#head = effect.head
      for (const [stream, last] of effect.streams) this.#streams.set(stream, last)
    })

  /** Records are checked against the chain; a rejection is a `JournalDamaged`. */
  readonly read = (from: number, to = this.#head.seq): AsyncIterable<StoredRecord> =>
    this.#records(Math.max(1, from), to)

  readonly sequenceOfRequest = async (requestId: string): Promise<number | undefined> => {
    const value = await this.#open().get(keys.requestKey(requestId))
    if (value === undefined) return undefined
    const seq = values.decodeNumber(value)
    if (seq === undefined) throw new JournalDamaged(0, `the entry of request ${requestId}`)
    const record = await this.#record(seq)
    const envelope = decodeEnvelope(record.bytes)
    if (envelope._tag === 'Left') throw new JournalDamaged(seq, envelope.left)
    if (envelope.right.request !== requestId)
      throw new JournalDamaged(seq, `it is not of request ${requestId}`)
    return seq
  }

  readonly streamHeads = (): Promise<ReadonlyMap<string, number>> =>
    Promise.resolve(new Map(this.#streams))

  readonly putSnapshot = (snapshot: Snapshot): Promise<void> =>
    this.#write(async () => {
      const record = await this.#hashAt(snapshot.seq)
      if (!sameHash(record, snapshot.hash))
        throw new JournalDamaged(snapshot.seq, 'the snapshot belongs to another history')
      const older = await this.#snapshotKeys(keptSnapshots - 1)
      await this.#db.write([
        ...older.map((key): Operation => ({ type: 'del', key })),
        put(keys.snapshotKey(snapshot.seq), values.encodeSnapshot(snapshot)),
      ])
    })

  /** One whose bytes or hash are wrong is passed over: it is a cache. */
  readonly latestSnapshot = async (): Promise<Snapshot | undefined> => {
    const range = { gte: keys.startOf('p'), lt: keys.endOf('p'), newest: Infinity }
    for await (const [key, value] of this.#open().entries(range)) {
      const meaning = keys.meaningOf(key)
      if (meaning._tag !== 'snapshot' || meaning.seq > this.#head.seq) continue
      const snapshot = values.decodeSnapshot(meaning.seq, value)
      if (snapshot === undefined) continue
      if (sameHash(snapshot.hash, await this.#hashAt(snapshot.seq))) return snapshot
    }
    return undefined
  }

  readonly deleteSnapshots = (): Promise<void> =>
    this.#write(async () => {
      const all = await this.#snapshotKeys(0)
      if (all.length > 0) await this.#db.write(all.map((key) => ({ type: 'del', key })))
    })

  readonly close = (): Promise<void> => {
    this.#closed ??= this.#writes.idle().then(() => this.#db.close())
    return this.#closed
  }

  #open(): LevelDatabase {
    if (this.#closed !== undefined) throw new StoreClosed()
    return this.#db
  }

  #write(work: () => Promise<void>): Promise<void> {
    return this.#writes.run(() => void this.#open(), work)
  }

  async *#records(from: number, to: number): AsyncGenerator<StoredRecord> {
    const db = this.#open()
    if (from > to) return
    const previous = await this.#hashAt(from - 1)
    const range = { gte: keys.eventKey(from), lt: keys.eventKey(to + 1) }
    yield* verifiedRecords({ from, to, previous }, db.chunks(range))
  }

  async #record(seq: number): Promise<StoredRecord> {
    const value = await this.#open().get(keys.eventKey(seq))
    const record = value === undefined ? undefined : decodeRecord(value)
    if (record === undefined) throw new JournalDamaged(seq, 'it is missing')
    return { seq, ...record }
  }

  async #hashAt(seq: number): Promise<Uint8Array> {
    return seq === 0 ? genesisHash(this.meta.nonce) : (await this.#record(seq)).hash
  }

  async #snapshotKeys(kept: number): Promise<ReadonlyArray<Buffer>> {
    const found: Array<Buffer> = []
    const range = { gte: keys.startOf('p'), lt: keys.endOf('p'), newest: Infinity }
    for await (const [key] of this.#db.entries(range)) found.push(key)
    return found.slice(kept)
  }
}

/** Rejects with `JournalDamaged` or with the error of LevelDB or the kernel; nothing stays open. */
export const openLevelStore = async (options: LevelStoreOptions): Promise<LevelStore> => {
  const db = await openLevelDatabase(options.directory)
  try {
    return new LevelJournalStore(db, await load(db, options.newNonce))
  } catch (error) {
    await db.close()
    throw error
  }
}
