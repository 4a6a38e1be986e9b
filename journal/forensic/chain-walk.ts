/** Walks the records in order and checks what each says about itself and its predecessor. */
import { decodeEnvelope } from '../record/envelope-codec.ts'
import { chainHash, decodeRecord, genesisHash, sameHash } from '../record/hash-chain.ts'
import type { Head, StoredRecord } from '../store/journal-store.ts'
import type { PlacedEntry } from './file-entries.ts'
import { finding } from './directory-files.ts'
import type { Finding, FindingKind } from './finding.ts'

interface Place {
  readonly name: string
  readonly entry: PlacedEntry
}

/** Mutable on purpose: one walk over one journal, fed entry by entry. */
export class ChainWalk {
  readonly findings: Array<Finding> = []
  readonly streams = new Map<string, number>()
  records = 0
  /** Newest record seen; undefined before the first. */
  head: Head | undefined
  #first: StoredRecord | undefined
  readonly #blamed = new Set<string>()
  readonly #watched: number
  /** Hash of the record with the watched sequence number, once it was met. */
  watchedHash: Uint8Array | undefined

  /** `watched`: a sequence number whose hash is wanted afterwards (the anchor's). */
  constructor(watched: number) {
    this.#watched = watched
  }

  get first(): number | undefined {
    return this.#first?.seq
  }

  /** The record, where the entry holds one; whatever is wrong with it becomes a finding. */
  record(seq: number, place: Place): StoredRecord | undefined {
    const { value } = place.entry
    const decoded = value === undefined ? undefined : decodeRecord(value)
    if (decoded === undefined) {
      this.#blame('bad-record', place, `record ${seq} was deleted or is too short`)
      return undefined
    }
    const record: StoredRecord = { seq, ...decoded }
    this.#checkSequence(record, place)
    this.#checkEnvelope(record, place)
    this.head = { seq, hash: record.hash }
    this.#first ??= record
    this.records += 1
    if (seq === this.#watched) this.watchedHash = record.hash
    return record
  }

  /** The first record's predecessor is the nonce, which is found after it, or the base. */
  checkStart(nonce: string, base: Head | undefined): string | undefined {
    const previous = base ?? { seq: 0, hash: genesisHash(nonce) }
    if (this.#first === undefined || this.#first.seq !== previous.seq + 1) return undefined
    if (sameHash(chainHash(previous.hash, this.#first.bytes), this.#first.hash)) return undefined
    return base === undefined
      ? 'record 1 does not follow from the nonce of this journal'
      : `record ${this.#first.seq} does not follow from the base at ${base.seq}`
  }

  #checkSequence(record: StoredRecord, place: Place): void {
    const { head } = this
    const { seq } = record
    if (head === undefined) return
    if (seq !== head.seq + 1)
      return this.#blame(
        seq > head.seq ? 'hole' : 'duplicate',
        place,
        `record ${seq} follows record ${head.seq}`,
      )
    if (!sameHash(record.hash, chainHash(head.hash, record.bytes)))
      this.#blame('bad-chain', place, `record ${seq} does not have the hash that its bytes give`)
  }

  #checkEnvelope({ seq, bytes }: StoredRecord, place: Place): void {
    const decoded = decodeEnvelope(bytes)
    if (decoded._tag === 'Left')
      return this.#blame('bad-record', place, `record ${seq}: ${decoded.left}`)
    const { stream, streamSeq } = decoded.right
    const last = this.streams.get(stream)
    this.streams.set(stream, streamSeq)
    if (decoded.right.seq !== seq)
      return this.#blame('bad-record', place, `record ${seq} says that it is ${decoded.right.seq}`)
    const expected = (last ?? 0) + 1
    if (streamSeq !== expected && (last !== undefined || this.#wholeJournal(seq)))
      this.#blame('hole', place, `stream ${stream} goes from ${expected - 1} to ${streamSeq}`)
  }

  #wholeJournal(seq: number): boolean {
    return (this.#first?.seq ?? seq) === 1
  }

  /** The first anomaly of each file is named; the rest of that file follows from it more often. */
  #blame(kind: FindingKind, { name, entry }: Place, detail: string): void {
    if (this.#blamed.has(name)) return
    this.#blamed.add(name)
    const sizeBytes = entry.value?.length ?? 0
    this.findings.push(finding(kind, name, { offset: entry.offset, sizeBytes, detail }))
  }
}
