/** The journal store in memory: LevelDB's answers, with faults at the owner's command. */
import { decodeEnvelope } from '../record/envelope-codec.ts'
import { genesisHash, sameHash } from '../record/hash-chain.ts'
import { checkBatch } from './batch-check.ts'
import type {
  Base,
  Dropping,
  DroppingStore,
  Head,
  JournalStore,
  NewRecord,
  Snapshot,
  StoredRecord,
} from './journal-store.ts'
import { BatchRefused, JournalDamaged, StoreClosed } from './store-errors.ts'
import { WriteQueue } from './write-queue.ts'

/** `lost`: the batch is nowhere. `kept`: the error hides that it is durable (failed sync). */
export interface AppendFault {
  readonly error: Error
  readonly outcome: 'lost' | 'kept'
}

export interface MemoryJournalOptions {
  readonly nonce: string
  /** Awaited between the start of an append and its durability; nothing else delays an append. */
  readonly gate?: () => Promise<void>
  /** Asked once per append, with the number of the append since the journal was made, from 1. */
  readonly fault?: (append: number) => AppendFault | undefined
}

/** What survives the daemon. One handle at a time is live; opening retires the one before. */
export interface MemoryJournal {
  readonly open: () => JournalStore
  /**
   * SIGKILL or power cut: acknowledged records stay. For a write in flight `keepInFlight` is
   * asked once, whole batch or nothing (J3). Its promise and those of the dead handle's reads
   * never settle: the process that waited for them is gone.
   */
  readonly crash: (keepInFlight: () => boolean) => void
  /** What a reader of the disk would find now, oldest first. */
  readonly records: () => ReadonlyArray<StoredRecord>
}

/** A journal whose oldest records can be dropped. */
export interface DroppingJournal extends MemoryJournal {
  readonly open: () => DroppingStore
}

interface Disk {
  base: Head
  /** From the one behind the base on. */
  readonly records: Array<StoredRecord>
  readonly streams: Map<string, number>
  readonly requests: Map<string, number>
  readonly snapshots: Map<number, Snapshot>
  appends: number
}

const never = <A>(): Promise<A> => new Promise<A>(() => undefined)

const headOf = (disk: Disk): Head => {
  const { seq, hash } = disk.records.at(-1) ?? disk.base
  return { seq, hash }
}

const recordOf = (disk: Disk, seq: number): StoredRecord | undefined =>
  disk.records[seq - 1 - disk.base.seq]

const keep = (disk: Disk, records: ReadonlyArray<NewRecord>): void => {
  for (const { seq, hash, bytes, stream, streamSeq, requestId } of records) {
    disk.records.push({ seq, hash, bytes })
    disk.streams.set(stream, streamSeq)
    if (requestId !== undefined) disk.requests.set(requestId, seq)
  }
}

const drop = (disk: Disk, { snapshot, streams, requests }: Dropping): void => {
  disk.records.splice(0, snapshot.seq - disk.base.seq)
  disk.base = { seq: snapshot.seq, hash: snapshot.hash }
  for (const stream of streams) disk.streams.delete(stream)
  for (const id of requests) disk.requests.delete(id)
  for (const seq of disk.snapshots.keys()) if (seq < snapshot.seq) disk.snapshots.delete(seq)
  disk.snapshots.set(snapshot.seq, snapshot)
}

class MemoryStore implements DroppingStore {
  readonly #disk: Disk
  readonly #options: MemoryJournalOptions
  #head: Head
  readonly #streams: Map<string, number>
  /** Makes the write that waits for its durability durable. */
  #inFlight: (() => void) | undefined
  readonly #writes = new WriteQueue()
  #state: 'open' | 'closed' | 'dead' = 'open'

  constructor(disk: Disk, options: MemoryJournalOptions) {
    this.#disk = disk
    this.#options = options
    this.#head = headOf(disk)
    this.#streams = new Map(disk.streams)
  }

  readonly head = (): Head => this.#head

  readonly append = (records: ReadonlyArray<NewRecord>): Promise<void> =>
    this.#write(() => this.#append(records))

  readonly read = (from: number, to = this.#head.seq): AsyncIterable<StoredRecord> =>
    this.#records(Math.max(1, from), to)

  readonly sequenceOfRequest = async (requestId: string): Promise<number | undefined> => {
    await this.#alive()
    const seq = this.#disk.requests.get(requestId)
    const record = seq === undefined ? undefined : recordOf(this.#disk, seq)
    if (seq === undefined || record === undefined) return undefined
    const envelope = decodeEnvelope(record.bytes)
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
      this.#disk.snapshots.set(snapshot.seq, snapshot)
      await this.#alive()
    })

  readonly latestSnapshot = async (): Promise<Snapshot | undefined> => {
    await this.#alive()
    const seqs = [...this.#disk.snapshots.keys()].filter((seq) => seq <= this.#head.seq)
    return this.#disk.snapshots.get(Math.max(...seqs))
  }

  readonly deleteSnapshots = (): Promise<void> =>
    this.#write(async () => {
      const { snapshots, base } = this.#disk
      for (const seq of snapshots.keys()) if (seq !== base.seq) snapshots.delete(seq)
      await this.#alive()
    })

  readonly base = async (): Promise<Base> => {
    await this.#alive()
    const { base, snapshots } = this.#disk
    return { ...base, state: snapshots.get(base.seq)?.bytes }
  }

  readonly dropThrough = (request: Dropping): Promise<void> =>
    this.#write(async () => {
      const { seq, hash } = request.snapshot
      if (seq <= this.#disk.base.seq || seq >= this.#head.seq)
        throw new BatchRefused(`records up to ${seq} cannot go`)
      if (!sameHash(this.#hashAt(seq), hash))
        throw new JournalDamaged(seq, 'the base belongs to another history')
      await this.#durably(() => drop(this.#disk, request))
      for (const stream of request.streams) this.#streams.delete(stream)
    })

  readonly close = async (): Promise<void> => {
    await this.#writes.idle()
    if (this.#state === 'open') this.#state = 'closed'
  }

  /** The process is gone: decides about the batch in flight, settles nothing any more. */
  die(keepInFlight: () => boolean): void {
    if (this.#state === 'dead') return
    this.#state = 'dead'
    if (this.#inFlight !== undefined && keepInFlight()) this.#inFlight()
  }

  async #alive(): Promise<void> {
    if (this.#state === 'dead') await never()
    if (this.#state === 'closed') throw new StoreClosed()
  }

  async #append(records: ReadonlyArray<NewRecord>): Promise<void> {
    const effect = checkBatch({ head: this.#head, streams: this.#streams }, records)
    if (records.length === 0) return
    this.#disk.appends += 1
    const fault = this.#options.fault?.(this.#disk.appends)
    await this.#durably(() => {
      if (fault?.outcome !== 'lost') keep(this.#disk, records)
    })
    if (fault !== undefined) throw fault.error
    this.#head = effect.head
    for (const [stream, last] of effect.streams) this.#streams.set(stream, last)
  }

  async #durably(apply: () => void): Promise<void> {
    this.#inFlight = apply
    await this.#options.gate?.()
    await this.#alive()
    this.#inFlight = undefined
    apply()
  }

  #write(work: () => Promise<void>): Promise<void> {
    return this.#writes.run(() => this.#alive(), work)
  }

  async *#records(from: number, to: number): AsyncGenerator<StoredRecord> {
    await this.#alive()
    const { base } = this.#disk
    const first = Math.max(from, base.seq + 1)
    const records = this.#disk.records.slice(first - base.seq - 1, Math.max(0, to - base.seq))
    for (let seq = first; seq <= to; seq += 1) {
      await this.#alive()
      const record = records[seq - first]
      if (record === undefined) throw new JournalDamaged(seq, 'it is missing')
      yield record
    }
  }

  #hashAt(seq: number): Uint8Array {
    if (seq === this.#disk.base.seq) return this.#disk.base.hash
    const record = recordOf(this.#disk, seq)
    if (record === undefined) throw new JournalDamaged(seq, 'it is missing')
    return record.hash
  }
}

/** Deterministic: promises resolve by microtasks and by the owner's gate only. */
export const memoryJournal = (options: MemoryJournalOptions): DroppingJournal => {
  const disk: Disk = {
    base: { seq: 0, hash: genesisHash(options.nonce) },
    records: [],
    streams: new Map(),
    requests: new Map(),
    snapshots: new Map(),
    appends: 0,
  }
  let live: MemoryStore | undefined
  const open = (): MemoryStore => {
    live?.die(() => false)
    live = new MemoryStore(disk, options)
    return live
  }
  return {
    open,
    crash: (keepInFlight) => {
      live?.die(keepInFlight)
      live = undefined
    },
    records: () => [...disk.records],
  }
}
