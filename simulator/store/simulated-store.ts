/** The journal store on a simulated database: LevelDB store's answers from a decoded copy. */
import { decodeEnvelope } from '../../journal/record/envelope-codec.ts'
import { encodeRecord, genesisHash, sameHash } from '../../journal/record/hash-chain.ts'
import { checkBatch } from '../../journal/store/batch-check.ts'
import type {
  Head,
  JournalStore,
  NewRecord,
  Snapshot,
  StoredRecord,
} from '../../journal/store/journal-store.ts'
import * as keys from '../../journal/store/keys.ts'
import type { AppendFault } from '../../journal/store/memory-store.ts'
import { JournalDamaged, StoreClosed } from '../../journal/store/store-errors.ts'
import { encodeHead, encodeNumber, encodeSnapshot } from '../../journal/store/stored-values.ts'
import { WriteQueue } from '../../journal/store/write-queue.ts'
import type { Content } from './content.ts'
import type { SimulatedDatabase } from './database.ts'
import { PowerLost } from './disk.ts'
import type { Put } from './level-encoding.ts'

/** What a handle needs of its owner. */
export interface StoreParts {
  readonly nonce: string
  readonly content: Content
  readonly database: SimulatedDatabase
  readonly gate: () => Promise<void>
  readonly fault: () => AppendFault | undefined
  /** A batch is durable: the anchor may follow. */
  readonly committed: (head: Head) => void
  /** The machine stopped in the middle of a call. */
  readonly powerLost: () => void
}

const keptSnapshots = 2

const never = <A>(): Promise<A> => new Promise<A>(() => undefined)

export const headOf = (content: Content, nonce: string): Head => {
  const last = content.records.at(-1)
  return last === undefined
    ? { seq: 0, hash: genesisHash(nonce) }
    : { seq: last.seq, hash: last.hash }
}

const putsOf = (
  records: ReadonlyArray<NewRecord>,
  streams: ReadonlyMap<string, number>,
): ReadonlyArray<Put> => [
  ...records.map((r) => ({ key: keys.eventKey(r.seq), value: encodeRecord(r.hash, r.bytes) })),
  ...records.flatMap((r) =>
    r.requestId === undefined
      ? []
      : [{ key: keys.requestKey(r.requestId), value: encodeNumber(r.seq) }],
  ),
  ...[...streams].map(([s, n]) => ({ key: keys.streamKey(s), value: encodeNumber(n) })),
]

export class SimulatedStore implements JournalStore {
  readonly #parts: StoreParts
  readonly #content: Content
  #head: Head
  readonly #streams: Map<string, number>
  readonly #writes = new WriteQueue()
  #state: 'open' | 'closed' | 'dead' = 'open'

  constructor(parts: StoreParts) {
    this.#parts = parts
    this.#content = parts.content
    this.#head = headOf(parts.content, parts.nonce)
    this.#streams = new Map(parts.content.streams)
  }

  readonly head = (): Head => this.#head

  readonly append = (records: ReadonlyArray<NewRecord>): Promise<void> =>
    this.#write(async () => {
      const effect = checkBatch({ head: this.#head, streams: this.#streams }, records)
      if (records.length === 0) return
      const head = encodeHead(effect.head, this.#content.epoch)
      const puts = [...putsOf(records, effect.streams), { key: keys.headKey, value: head }]
      await this.#commit(puts, this.#parts.fault())
      this.#head = effect.head
      for (const [stream, last] of effect.streams) this.#streams.set(stream, last)
      this.#calling(() => this.#parts.committed(effect.head))
      await this.#alive()
    })

  readonly read = (from: number, to = this.#head.seq): AsyncIterable<StoredRecord> =>
    this.#records(Math.max(1, from), to)

  readonly sequenceOfRequest = async (requestId: string): Promise<number | undefined> => {
    await this.#alive()
    const seq = this.#content.requests.get(requestId)
    if (seq === undefined) return undefined
    const envelope = decodeEnvelope(this.#record(seq).bytes)
    if (envelope._tag === 'Left') throw new JournalDamaged(seq, envelope.left)
    if (envelope.right.request !== requestId)
      throw new JournalDamaged(seq, `it is not of request ${requestId}`)
    return seq
  }

  readonly streamHeads = async (): Promise<ReadonlyMap<string, number>> => {
    await this.#alive()
    return new Map(this.#streams)
  }

  readonly putSnapshot = (snapshot: Snapshot): Promise<void> =>
    this.#write(async () => {
      if (!sameHash(this.#hashAt(snapshot.seq), snapshot.hash))
        throw new JournalDamaged(snapshot.seq, 'the snapshot belongs to another history')
      const older = this.#snapshotSeqs().slice(keptSnapshots - 1)
      await this.#commit([
        ...older.map((seq) => ({ key: keys.snapshotKey(seq), value: undefined })),
        { key: keys.snapshotKey(snapshot.seq), value: encodeSnapshot(snapshot) },
      ])
    })

  readonly latestSnapshot = async (): Promise<Snapshot | undefined> => {
    await this.#alive()
    for (const seq of this.#snapshotSeqs()) {
      const snapshot = this.#content.snapshots.get(seq)
      if (seq <= this.#head.seq && snapshot !== undefined)
        if (sameHash(snapshot.hash, this.#hashAt(seq))) return snapshot
    }
    return undefined
  }

  readonly deleteSnapshots = (): Promise<void> =>
    this.#write(async () => {
      const puts = this.#snapshotSeqs().map((seq) => ({
        key: keys.snapshotKey(seq),
        value: undefined,
      }))
      if (puts.length > 0) await this.#commit(puts)
    })

  readonly close = async (): Promise<void> => {
    await this.#writes.idle()
    if (this.#state === 'open') this.#state = 'closed'
  }

  /** `undefined`: the power went, and the disk alone decides about a batch in flight. */
  die(keepInFlight?: () => boolean): void {
    if (this.#state === 'dead') return
    this.#state = 'dead'
    if (!this.#inFlight || keepInFlight === undefined) return
    if (keepInFlight()) this.#parts.database.keep()
    else this.#parts.database.undo()
  }

  #inFlight = false

  async #commit(puts: ReadonlyArray<Put>, fault?: AppendFault): Promise<void> {
    const reaches = fault?.outcome !== 'lost'
    this.#inFlight = reaches
    if (reaches) this.#calling(() => this.#parts.database.begin(puts))
    await this.#alive()
    await this.#parts.gate()
    await this.#alive()
    if (reaches) this.#calling(() => this.#parts.database.finish())
    await this.#alive()
    this.#inFlight = false
    if (fault !== undefined) throw fault.error
  }

  /** Who waits when the power goes never hears of it. */
  #calling(call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#inFlight = false
      if (!(error instanceof PowerLost)) throw error
      this.#state = 'dead'
      this.#parts.powerLost()
    }
  }

  async #alive(): Promise<void> {
    if (this.#state === 'dead') await never()
    if (this.#state === 'closed') throw new StoreClosed()
  }

  #write(work: () => Promise<void>): Promise<void> {
    return this.#writes.run(() => this.#alive(), work)
  }

  async *#records(from: number, to: number): AsyncGenerator<StoredRecord> {
    for (let seq = from; seq <= to; seq += 1) {
      await this.#alive()
      yield this.#record(seq)
    }
  }

  #record(seq: number): StoredRecord {
    const record = this.#content.records[seq - 1]
    if (record === undefined) throw new JournalDamaged(seq, 'it is missing')
    return record
  }

  #hashAt(seq: number): Uint8Array {
    return seq === 0 ? genesisHash(this.#parts.nonce) : this.#record(seq).hash
  }

  #snapshotSeqs(): ReadonlyArray<number> {
    return [...this.#content.snapshots.keys()].sort((a, b) => b - a)
  }
}
