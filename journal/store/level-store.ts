/** The journal store on LevelDB: checked batches in, verified records out, fail-stop in between. */
import { decodeEnvelope } from '../record/envelope-codec.ts'
import { decodeRecord, sameHash } from '../record/hash-chain.ts'
import { checkBatch } from './batch-check.ts'
import { verifiedRecords } from './verified-records.ts'
import type {
  Base,
  Dropping,
  DroppingStore,
  Head,
  NewRecord,
  Snapshot,
  StoredRecord,
} from './journal-store.ts'
import * as keys from './keys.ts'
import { openLevelDatabase, type LevelDatabase } from './level-database.ts'
import { load, type Loaded } from './level-load.ts'
import { appending, del, dropping, put } from './level-operations.ts'
import { BatchRefused, JournalDamaged, StoreClosed } from './store-errors.ts'
import * as values from './stored-values.ts'
import { WriteQueue } from './write-queue.ts'

export interface LevelStoreOptions {
  /** LevelDB's directory; created when missing, below an existing parent. */
  readonly directory: string
  /** Asked once in a journal's life. */
  readonly newNonce: () => string
}

export interface LevelStore extends DroppingStore {
  readonly meta: values.JournalMeta
  /** What LevelDB's text log says about data that it dropped on opening. */
  readonly complaints: ReadonlyArray<string>
  /** Gives the space of dropped records back to the file system. An error costs only space. */
  readonly reclaim: () => Promise<void>
}

/** Snapshots are caches; the one before the newest stays for the case that the newest is bad. */
const keptSnapshots = 2

const storedRecord = (seq: number, value: Uint8Array | undefined): StoredRecord => {
  const record = value === undefined ? undefined : decodeRecord(value)
  if (record === undefined) throw new JournalDamaged(seq, 'it is missing')
  return { seq, ...record }
}

class LevelJournalStore implements LevelStore {
  readonly meta: values.JournalMeta
  readonly complaints: ReadonlyArray<string>
  readonly #db: LevelDatabase
  readonly #streams: Map<string, number>
  #head: Head
  #base: Head
  /** While records are being dropped: a new reader waits for its end. */
  #dropping: Promise<void> | undefined
  readonly #writes = new WriteQueue()
  #closed: Promise<void> | undefined

  constructor(db: LevelDatabase, loaded: Loaded) {
    this.meta = loaded.meta
    this.complaints = db.complaints
    this.#db = db
    this.#head = loaded.head
    this.#base = loaded.base
    this.#streams = loaded.streams
  }

  readonly head = (): Head => this.#head

  readonly append = (records: ReadonlyArray<NewRecord>): Promise<void> =>
    this.#write(async () => {
      const effect = checkBatch({ head: this.#head, streams: this.#streams }, records)
      if (records.length === 0) return
      const head = put(keys.headKey, values.encodeHead(effect.head, this.meta.epoch))
      await this.#db.write([...appending(records, effect.streams), head])
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
    const record = await this.#open().get(keys.eventKey(seq))
    while (this.#dropping !== undefined) await this.#dropping
    if (seq <= this.#base.seq) return undefined
    const envelope = decodeEnvelope(storedRecord(seq, record).bytes)
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
      const caches = await this.#snapshotKeys((seq) => seq !== this.#base.seq)
      await this.#db.write([
        ...caches.slice(keptSnapshots - 1).map(del),
        put(keys.snapshotKey(snapshot.seq), values.encodeSnapshot(snapshot)),
      ])
    })

  /** One whose bytes or hash are wrong is passed over: it is a cache. */
  readonly latestSnapshot = async (): Promise<Snapshot | undefined> => {
    const range = { gte: keys.startOf('p'), lt: keys.endOf('p'), newest: Infinity }
    for await (const [key, value] of this.#open().entries(range)) {
      const meaning = keys.meaningOf(key)
      if (meaning._tag !== 'snapshot' || meaning.seq > this.#head.seq) continue
      if (meaning.seq < this.#base.seq) continue
      const snapshot = values.decodeSnapshot(meaning.seq, value)
      if (snapshot === undefined) continue
      if (sameHash(snapshot.hash, await this.#hashAt(snapshot.seq))) return snapshot
    }
    return undefined
  }

  readonly deleteSnapshots = (): Promise<void> =>
    this.#write(async () => {
      const caches = await this.#snapshotKeys((seq) => seq !== this.#base.seq)
      if (caches.length > 0) await this.#db.write(caches.map(del))
    })

  readonly base = async (): Promise<Base> => {
    const base = this.#base
    const value = base.seq === 0 ? undefined : await this.#open().get(keys.snapshotKey(base.seq))
    const snapshot = value === undefined ? undefined : values.decodeSnapshot(base.seq, value)
    const isOwn = snapshot !== undefined && sameHash(snapshot.hash, base.hash)
    return { ...base, state: isOwn ? snapshot.bytes : undefined }
  }

  readonly dropThrough = (request: Dropping): Promise<void> =>
    this.#write(() => {
      const dropped = this.#drop(request)
      // The caller has the rejection; readers only wait for its end.
      this.#dropping = dropped.then(
        () => void (this.#dropping = undefined),
        () => void (this.#dropping = undefined),
      )
      return dropped
    })

  readonly reclaim = (): Promise<void> =>
    this.#open().compact(keys.eventKey(0), keys.eventKey(this.#base.seq + 1))

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
    while (this.#dropping !== undefined) await this.#dropping
    // From here to the iterator's snapshot nothing is awaited: base and records go together.
    const first = Math.max(from, this.#base.seq + 1)
    if (first > to) return
    const previous = first - 1 === this.#base.seq ? this.#base.hash : undefined
    const gte = keys.eventKey(previous === undefined ? first - 1 : first)
    const chunks = db.chunks({ gte, lt: keys.eventKey(to + 1) })
    yield* verifiedRecords({ from: first, to, previous }, chunks)
  }

  async #drop(request: Dropping): Promise<void> {
    const { seq, hash } = request.snapshot
    if (seq <= this.#base.seq || seq >= this.#head.seq)
      throw new BatchRefused(
        `records up to ${seq} cannot go: there are ${this.#base.seq + 1} to ${this.#head.seq}`,
      )
    if (!sameHash(await this.#hashAt(seq), hash))
      throw new JournalDamaged(seq, 'the base belongs to another history')
    const old = await this.#snapshotKeys((at) => at < seq)
    await this.#db.write(dropping(this.#base, request, old))
    this.#base = { seq, hash }
    for (const stream of request.streams) this.#streams.delete(stream)
  }

  async #hashAt(seq: number): Promise<Uint8Array> {
    if (seq === this.#base.seq) return this.#base.hash
    return storedRecord(seq, await this.#open().get(keys.eventKey(seq))).hash
  }

  /** Newest first. */
  async #snapshotKeys(wanted: (seq: number) => boolean): Promise<ReadonlyArray<Buffer>> {
    const found: Array<Buffer> = []
    const range = { gte: keys.startOf('p'), lt: keys.endOf('p'), newest: Infinity }
    for await (const [key] of this.#db.entries(range)) {
      const meaning = keys.meaningOf(key)
      if (meaning._tag === 'snapshot' && wanted(meaning.seq)) found.push(key)
    }
    return found
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
