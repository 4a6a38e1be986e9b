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

/** What stands for the records that a store has dropped. */
export interface Base extends Head {
  /** The fold of all records up to `seq`; undefined: none was dropped, or its bytes are damaged. */
  readonly state: Uint8Array | undefined
}

/** What goes together with the records that are dropped. */
export interface Dropping {
  /** The fold up to and including the newest record that goes. */
  readonly snapshot: Snapshot
  /** Streams that have ended for good and of which no record stays. */
  readonly streams: ReadonlyArray<string>
  /** Ids of commands whose records go: from then on they are unknown (I12 holds no longer). */
  readonly requests: ReadonlyArray<string>
}

export interface JournalStore {
  /** Newest durable record. */
  readonly head: () => Head
  /**
   * One atomic, synced batch; resolves when it is durable. The caller has one append in flight.
   * A rejection poisons the handle: every later append rejects, reads go on (J5).
   */
  readonly append: (records: ReadonlyArray<NewRecord>) => Promise<void>
  /**
   * Records `from` … `to` (inclusive; default: head at the call), from one snapshot. Records that
   * are no longer kept are left out: the first one may lie beyond `from`.
   */
  readonly read: (from: number, to?: number) => AsyncIterable<StoredRecord>
  /** Sequence of the first record of the command with that request id. */
  readonly sequenceOfRequest: (requestId: string) => Promise<number | undefined>
  /** Last streamSeq per stream, read at open. */
  readonly streamHeads: () => Promise<ReadonlyMap<string, number>>
  readonly putSnapshot: (snapshot: Snapshot) => Promise<void>
  /** The newest snapshot at or below the head, or undefined. */
  readonly latestSnapshot: () => Promise<Snapshot | undefined>
  /** The snapshot at the base stays: it is no cache. */
  readonly deleteSnapshots: () => Promise<void>
  /** Sequence 0 while nothing was dropped. Absent: a store that never drops anything. */
  readonly base?: () => Promise<Base>
  /**
   * What stands for the records before the oldest that `read` gives, where that is older than the
   * base: a store that reads through archives. Absent: it is the base.
   */
  readonly start?: () => Promise<Base>
  readonly close: () => Promise<void>
}

/** A store whose oldest records can go once they are safe in an archive (journal.md B3.9). */
export interface DroppingStore extends JournalStore {
  readonly base: () => Promise<Base>
  /**
   * One atomic, synced batch: the records up to `snapshot.seq` are gone, the snapshot is the base.
   * The newest record always stays. A rejection poisons the handle as that of an append does.
   */
  readonly dropThrough: (dropping: Dropping) => Promise<void>
}
