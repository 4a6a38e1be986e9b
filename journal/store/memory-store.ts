/** The journal store in memory: LevelDB's answers, with faults at the owner's command. */
import { decodeEnvelope } from '../record/envelope-codec.ts'
import { genesisHash, sameHash } from '../record/hash-chain.ts'
import { checkBatch } from './batch-check.ts'
import type { Head, JournalStore, NewRecord, Snapshot, StoredRecord } from './journal-store.ts'
import { JournalDamaged, StoreClosed } from './store-errors.ts'
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

/** What survives the daemon. One handle at a time is live; `open` retires the one before. */
export interface MemoryJournal {
  readonly open: () => JournalStore
  /**
   * SIGKILL or power cut: acknowledged records stay. For an append in flight `keepInFlight` is
   * asked once, whole batch or nothing (J3). Its promise and those of the dead handle's reads
   * never settle: the process that waited for them is gone.
   */
  readonly crash: (keepInFlight: () => boolean) => void
  /** What a reader of the disk would find now, oldest first. */
  readonly records: () => ReadonlyArray<StoredRecord>
}

interface Disk {
  readonly records: Array<StoredRecord>
  readonly streams: Map<string, number>
  readonly requests: Map<string, number>
  readonly snapshots: Map<number, Snapshot>
  appends: number
}

const never = <A>(): Promise<A> => new Promise<A>(() => undefined)

const headOf = (disk: Disk, nonce: string): Head => {
  const last = disk.records.at(-1)
  return last === undefined
    ? { seq: 0, hash: genesisHash(nonce) }
    : { seq: last.seq, hash: last.hash }
}

const keep = (disk: Disk, records: ReadonlyArray<NewRecord>): void => {
  for (const { seq, hash, bytes, stream, streamSeq, requestId } of records) {
    disk.records.push({ seq, hash, bytes })
    disk.streams.set(stream, streamSeq)
    if (requestId !== undefined) disk.requests.set(requestId, seq)
  }
}

class MemoryStore implements JournalStore {
  readonly #disk: Disk
  readonly #options: MemoryJournalOptions
  #head: Head
  readonly #streams: Map<string, number>
  #inFlight: ReadonlyArray<NewRecord> | undefined
  readonly #writes = new WriteQueue()
  #state: 'open' | 'closed' | 'dead' = 'open'

  constructor(disk: Disk, options: MemoryJournalOptions) {
    this.#disk = disk
    this.#options = options
    this.#head = headOf(disk, options.nonce)
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
    const record = seq === undefined ? undefined : this.#disk.records[seq - 1]
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
      this.#disk.snapshots.clear()
      await this.#alive()
    })

  readonly close = async (): Promise<void> => {
    await this.#writes.idle()
    if (this.#state === 'open') this.#state = 'closed'
  }

  /** The process is gone: decides about the batch in flight, settles nothing any more. */
  die(keepInFlight: () => boolean): void {
    if (this.#state === 'dead') return
    this.#state = 'dead'
    if (this.#inFlight !== undefined && keepInFlight()) keep(this.#disk, this.#inFlight)
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
    this.#inFlight = records
    await this.#options.gate?.()
    await this.#alive()
    this.#inFlight = undefined
    if (fault?.outcome !== 'lost') keep(this.#disk, records)
    if (fault !== undefined) throw fault.error
    this.#head = effect.head
    for (const [stream, last] of effect.streams) this.#streams.set(stream, last)
  }

  #write(work: () => Promise<void>): Promise<void> {
    return this.#writes.run(() => this.#alive(), work)
  }

  async *#records(from: number, to: number): AsyncGenerator<StoredRecord> {
    for (let seq = from; seq <= to; seq += 1) {
      await this.#alive()
      const record = this.#disk.records[seq - 1]
      if (record === undefined) throw new JournalDamaged(seq, 'it is missing')
      yield record
    }
  }

  #hashAt(seq: number): Uint8Array {
    if (seq === 0) return genesisHash(this.#options.nonce)
    const record = this.#disk.records[seq - 1]
    if (record === undefined) throw new JournalDamaged(seq, 'it is missing')
    return record.hash
  }
}

/** Deterministic: promises resolve by microtasks and by the owner's gate only. */
export const memoryJournal = (options: MemoryJournalOptions): MemoryJournal => {
  const disk: Disk = {
    records: [],
    streams: new Map(),
    requests: new Map(),
    snapshots: new Map(),
    appends: 0,
  }
  let live: MemoryStore | undefined
  return {
    open: () => {
      live?.die(() => false)
      live = new MemoryStore(disk, options)
      return live
    },
    crash: (keepInFlight) => {
      live?.die(keepInFlight)
      live = undefined
    },
    records: () => [...disk.records],
  }
}
