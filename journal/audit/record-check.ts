/** Records one by one: chain, density, codecs, legality, snapshots, and the full fold. */
import * as E from 'fp-ts/lib/Either.js'
import { streamOf } from '../../domain/event.ts'
import { envelopeTime, type RecordedEvent } from '../engine/recorded-event.ts'
import { restoreSnapshot, stateHash } from '../fold/world-snapshot.ts'
import { World } from '../fold/world.ts'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import type { Envelope } from '../record/envelope.ts'
import { decodeEvent } from '../record/event-codec.ts'
import { chainHash, sameHash } from '../record/hash-chain.ts'
import type { Snapshot, StoredRecord } from '../store/journal-store.ts'
import type { AuditFinding } from './verdict.ts'

/** What is known of the journal before the first record. */
export interface Beginning {
  /** Sequence of the record before the first one; 0 at the journal's own beginning. */
  readonly seq: number
  /** Hash of that record; undefined: the first link is not checked. */
  readonly hash: Uint8Array | undefined
  /** The fold of all records up to `seq`; undefined: states are not told, legality not checked. */
  readonly world: World | undefined
}

/** More findings of one kind say nothing new. */
const mostPerCheck = 100

export class RecordCheck {
  readonly world: World
  readonly findings: AuditFinding[] = []
  /** Sequence of the last record that was read. */
  seq: number
  /** Snapshots that were compared with the fold. */
  readonly comparedSnapshots: number[] = []
  /** Sequence of the first record behind which the chain is proven no more. */
  brokenAt: number | undefined
  readonly #streams = new Map<string, number>()
  readonly #whole: boolean
  readonly #judges: boolean
  #hash: Uint8Array | undefined

  constructor(beginning: Beginning) {
    this.seq = beginning.seq
    this.#hash = beginning.hash
    this.#whole = beginning.seq === 0
    this.#judges = this.#whole || beginning.world !== undefined
    this.world = beginning.world ?? new World()
  }

  /** Hash of the last record that was read. */
  get hash(): Uint8Array | undefined {
    return this.#hash
  }

  /** The event, where it can be read. `snapshot`: one of the state after this very record. */
  take(record: StoredRecord, snapshot?: Snapshot): RecordedEvent | undefined {
    const subject = `record ${record.seq}`
    if (record.seq !== this.seq + 1)
      this.#broken(record.seq, 'density', `it follows record ${this.seq}`)
    if (this.#hash !== undefined && !sameHash(record.hash, chainHash(this.#hash, record.bytes)))
      this.#broken(
        record.seq,
        'chain',
        `its hash does not follow from its bytes and record ${this.seq}: one of them was changed`,
      )
    this.#hash = record.hash
    this.seq = record.seq
    const envelope = decodeEnvelope(record.bytes)
    if (E.isLeft(envelope)) this.found('codec', subject, envelope.left)
    const recorded = E.isLeft(envelope) ? undefined : this.#envelope(record.seq, envelope.right)
    if (snapshot !== undefined) this.#compareSnapshot(snapshot, record)
    return recorded
  }

  found(check: string, subject: string, detail: string): void {
    if (this.findings.filter((f) => f.check === check).length < mostPerCheck)
      this.findings.push({ check, subject, detail })
  }

  #broken(seq: number, check: 'chain' | 'density', detail: string): void {
    this.brokenAt ??= seq
    this.found(check, `record ${seq}`, detail)
  }

  #checkStream(seq: number, { stream, streamSeq }: Envelope): void {
    const known = this.#streams.get(stream)
    this.#streams.set(stream, streamSeq)
    const before = known ?? 0
    if (streamSeq === before + 1 || (known === undefined && !this.#whole)) return
    this.found('density', `record ${seq}`, `${stream}: ${streamSeq} after ${before}`)
  }

  #envelope(seq: number, envelope: Envelope): RecordedEvent | undefined {
    const subject = `record ${seq}`
    if (envelope.seq !== seq) this.found('density', subject, `it says that it is ${envelope.seq}`)
    this.#checkStream(seq, envelope)
    if (this.world.quarantine.has(envelope.stream)) return undefined
    const decoded = decodeEvent(envelope.kind, envelope.v, envelope.payload)
    if (E.isLeft(decoded)) {
      this.world.quarantine.set(envelope.stream, `event ${seq}: ${decoded.left.reason}`)
      this.found('codec', subject, decoded.left.reason)
      return undefined
    }
    const event = decoded.right
    if (streamOf(event) !== envelope.stream)
      this.found('codec', subject, `${envelope.kind} does not belong to ${envelope.stream}`)
    const step = this.world.step(event, envelopeTime(envelope))
    if (!step.legal && this.#judges)
      this.found('legality', subject, `${envelope.kind} may not follow in ${envelope.stream}`)
    this.world.apply(step.change)
    return { envelope, event }
  }

  /** J6: the snapshot is the fold of everything before it. */
  #compareSnapshot(snapshot: Snapshot, record: StoredRecord): void {
    const subject = `snapshot at ${snapshot.seq}`
    this.comparedSnapshots.push(snapshot.seq)
    if (!sameHash(snapshot.hash, record.hash))
      return this.found('replay', subject, 'it belongs to another history')
    const restored = restoreSnapshot(snapshot.bytes)
    // A snapshot of an older shape is never used.
    if (
      restored !== undefined &&
      this.#judges &&
      stateHash(restored.world) !== stateHash(this.world)
    )
      this.found('replay', subject, 'it is not the fold of the records before it')
  }
}
