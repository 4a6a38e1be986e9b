/** Group commit: everything that waits goes into one batch, with exactly one batch in flight. */
import type { Head, JournalStore, NewRecord } from '../store/journal-store.ts'
import { chainHash } from '../record/hash-chain.ts'

/** A record before its place in the hash chain is known. */
export type Unchained = Omit<NewRecord, 'hash'>

export interface QueueEntry {
  readonly records: ReadonlyArray<Unchained>
  /** Called in order, synchronously, once the batch is durable. */
  readonly durable: () => void
  /** Called instead when the append failed: `lost` never happened, `unknown` cannot be told. */
  readonly failed: (fate: 'lost' | 'unknown') => void
}

export interface QueueEvents {
  /** The durable fold is the fold of everything in the store. */
  readonly committed: () => void
  /** The append failed: the entries of its batch and all that waited behind it, in order. */
  readonly failed: (error: unknown, entries: ReadonlyArray<QueueEntry>) => void
}

const mostRecords = 256
const mostBytes = 128 * 1024

export class CommitQueue {
  #waiting: QueueEntry[] = []
  #busy = false
  #halted = false
  #head: Head
  readonly #store: () => JournalStore
  readonly #events: QueueEvents

  constructor(store: () => JournalStore, events: QueueEvents) {
    this.#store = store
    this.#head = store().head()
    this.#events = events
  }

  enqueue(entry: QueueEntry): void {
    this.#waiting.push(entry)
    if (!this.#busy && !this.#halted) void this.#drain()
  }

  /** Nothing is in flight or waits. */
  get idle(): boolean {
    return !this.#busy && this.#waiting.length === 0
  }

  /** Takes the queue into use again with a reopened store; what had waited is dropped before. */
  resume(): void {
    this.#head = this.#store().head()
    this.#halted = false
    this.#busy = false
  }

  async #drain(): Promise<void> {
    this.#busy = true
    while (this.#waiting.length > 0 && !this.#halted) {
      const batch = this.#takeBatch()
      const records = this.#chain(batch)
      try {
        await this.#store().append(records)
      } catch (error) {
        this.#halted = true
        const dropped = [...batch, ...this.#waiting]
        this.#waiting = []
        this.#events.failed(error, dropped)
        return
      }
      const last = records[records.length - 1]
      if (last !== undefined) this.#head = { seq: last.seq, hash: last.hash }
      for (const entry of batch) entry.durable()
      if (records.length > 0) this.#events.committed()
    }
    this.#busy = false
  }

  #takeBatch(): ReadonlyArray<QueueEntry> {
    const batch: QueueEntry[] = []
    let records = 0
    let bytes = 0
    for (const entry of this.#waiting) {
      const size = entry.records.reduce((n, r) => n + r.bytes.byteLength, 0)
      if (
        batch.length > 0 &&
        (records + entry.records.length > mostRecords || bytes + size > mostBytes)
      )
        break
      batch.push(entry)
      records += entry.records.length
      bytes += size
    }
    this.#waiting = this.#waiting.slice(batch.length)
    return batch
  }

  #chain(batch: ReadonlyArray<QueueEntry>): ReadonlyArray<NewRecord> {
    let previous = this.#head.hash
    return batch.flatMap((entry) =>
      entry.records.map((record) => {
        previous = chainHash(previous, record.bytes)
        return { ...record, hash: previous }
      }),
    )
  }
}
