/** The port of an append-only, hash-chained event store; one writer, many readers. */

/** Position of the newest record. Sequence numbers are dense from 1; an empty journal has seq 0. */
export interface Head {
  readonly seq: number
  /** 32 bytes: SHA-256(previous hash ‖ record bytes); seq 0 has the genesis hash. */
  readonly hash: Uint8Array
}

export interface StoredRecord {
  readonly seq: number
  readonly hash: Uint8Array
  /** The exact envelope bytes that were hashed. */
  readonly bytes: Uint8Array
}

/** A record with the index entries that are written with it in the same batch. */
export interface NewRecord extends StoredRecord {
  readonly stream: string
  /** 1 for the first record of the stream; an assertion, not a lock. */
  readonly streamSeq: number
  /** Set on the first record of a command. */
  readonly requestId?: string
}

export interface Snapshot {
  readonly seq: number
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
}

export interface JournalStore {
  /** Newest durable record. */
  readonly head: () => Head
  /**
   * One atomic, synced batch; resolves when it is durable. The caller has one append in flight.
   * A rejection poisons the handle: every later append rejects, reads go on (J5).
   */
  readonly append: (records: ReadonlyArray<NewRecord>) => Promise<void>
  /** Records `from` … `to` (inclusive; default: head at the call), from one snapshot. */
  readonly read: (from: number, to?: number) => AsyncIterable<StoredRecord>
  /** Sequence of the first record of the command with that request id. */
  readonly sequenceOfRequest: (requestId: string) => Promise<number | undefined>
  /** Last streamSeq per stream, read at open. */
  readonly streamHeads: () => Promise<ReadonlyMap<string, number>>
  readonly putSnapshot: (snapshot: Snapshot) => Promise<void>
  /** The newest snapshot at or below the head, or undefined. */
  readonly latestSnapshot: () => Promise<Snapshot | undefined>
  readonly deleteSnapshots: () => Promise<void>
  readonly close: () => Promise<void>
}
