/** One pass over the whole journal: chain, density, codecs, legality, and the full fold. */
import * as E from 'fp-ts/lib/Either.js'
import { streamOf } from '../../domain/event.ts'
import { envelopeTime } from '../engine/recorded-event.ts'
import { restoreSnapshot, stateHash } from '../fold/world-snapshot.ts'
import { World } from '../fold/world.ts'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import type { Envelope } from '../record/envelope.ts'
import { decodeEvent } from '../record/event-codec.ts'
import { chainHash, genesisHash, sameHash } from '../record/hash-chain.ts'
import type { JournalStore, Snapshot, StoredRecord } from '../store/journal-store.ts'
import type { AuditFinding } from './verdict.ts'

export type WalkedStore = Pick<JournalStore, 'head' | 'read' | 'latestSnapshot'>

/** More findings of one kind say nothing new. */
const mostPerCheck = 100

export class Walk {
  readonly world = new World()
  readonly findings: AuditFinding[] = []
  /** Sequence of the last record that was read. */
  seq = 0
  /** Whether a snapshot was compared with the fold. */
  snapshotSeq: number | undefined
  readonly #store: WalkedStore
  readonly #streams = new Map<string, number>()
  #hash: Uint8Array | undefined
  #snapshot: Snapshot | undefined

  /** Without the journal's nonce the first record's link is not checked. */
  constructor(store: WalkedStore, nonce: string | undefined) {
    this.#store = store
    if (nonce !== undefined) this.#hash = genesisHash(nonce)
  }

  /** Reads what has been appended since the last call; a store that cannot be read is a finding. */
  async run(): Promise<void> {
    try {
      this.#snapshot ??= await this.#store.latestSnapshot()
      for await (const record of this.#store.read(this.seq + 1)) this.#record(record)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#found('chain', `record ${this.seq + 1}`, why)
    }
  }

  get isAtHead(): boolean {
    return this.#store.head().seq === this.seq
  }

  /** The index entry of the head says the same as the last record. */
  checkHead(): void {
    const head = this.#store.head()
    if (head.seq !== this.seq)
      this.#found('density', 'head', `it is ${head.seq}, the last readable record is ${this.seq}`)
    else if (this.#hash !== undefined && !sameHash(head.hash, this.#hash))
      this.#found('chain', 'head', 'its hash is not that of the last record')
  }

  #found(check: string, subject: string, detail: string): void {
    if (this.findings.filter((f) => f.check === check).length < mostPerCheck)
      this.findings.push({ check, subject, detail })
  }

  #record(record: StoredRecord): void {
    const subject = `record ${record.seq}`
    if (record.seq !== this.seq + 1)
      this.#found('density', subject, `it follows record ${this.seq}`)
    if (this.#hash !== undefined && !sameHash(record.hash, chainHash(this.#hash, record.bytes)))
      this.#found('chain', subject, 'its bytes do not give its hash')
    this.#hash = record.hash
    this.seq = record.seq
    const envelope = decodeEnvelope(record.bytes)
    if (E.isLeft(envelope)) this.#found('codec', subject, envelope.left)
    else this.#envelope(record.seq, envelope.right)
    if (this.#snapshot?.seq === record.seq) this.#compareSnapshot(this.#snapshot, record)
  }

  #envelope(seq: number, envelope: Envelope): void {
    const subject = `record ${seq}`
    if (envelope.seq !== seq) this.#found('density', subject, `it says that it is ${envelope.seq}`)
    const before = this.#streams.get(envelope.stream) ?? 0
    if (envelope.streamSeq !== before + 1)
      this.#found('density', subject, `${envelope.stream}: ${envelope.streamSeq} after ${before}`)
    this.#streams.set(envelope.stream, envelope.streamSeq)
    if (this.world.quarantine.has(envelope.stream)) return
    const decoded = decodeEvent(envelope.kind, envelope.v, envelope.payload)
    if (E.isLeft(decoded)) {
      this.world.quarantine.set(envelope.stream, `event ${seq}: ${decoded.left.reason}`)
      return this.#found('codec', subject, decoded.left.reason)
    }
    const event = decoded.right
    if (streamOf(event) !== envelope.stream)
      this.#found('codec', subject, `${envelope.kind} does not belong to ${envelope.stream}`)
    const step = this.world.step(event, envelopeTime(envelope))
    if (!step.legal)
      this.#found('legality', subject, `${envelope.kind} may not follow in ${envelope.stream}`)
    this.world.apply(step.change)
  }

  /** J6: the snapshot is the fold of everything before it. */
  #compareSnapshot(snapshot: Snapshot, record: StoredRecord): void {
    const subject = `snapshot at ${snapshot.seq}`
    this.snapshotSeq = snapshot.seq
    if (!sameHash(snapshot.hash, record.hash))
      return this.#found('replay', subject, 'it belongs to another history')
    const restored = restoreSnapshot(snapshot.bytes)
    // A snapshot of an older shape is never used.
    if (restored !== undefined && stateHash(restored.world) !== stateHash(this.world))
      this.#found('replay', subject, 'it is not the fold of the records before it')
  }
}
