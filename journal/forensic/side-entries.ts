/** Head, meta data and stream heads: kept at their newest, then compared with the records. */
import { sameHash } from '../record/hash-chain.ts'
import type { Base, Head } from '../store/journal-store.ts'
import { meaningOf, snapshotKey } from '../store/keys.ts'
import {
  decodeHead,
  decodeMeta,
  decodeNumber,
  decodeSnapshot,
  type JournalMeta,
} from '../store/stored-values.ts'
import { finding } from './directory-files.ts'
import type { PlacedEntry } from './file-entries.ts'
import type { Finding } from './finding.ts'

interface Newest {
  readonly name: string
  readonly entry: PlacedEntry
}

export interface Walked {
  readonly head: Head | undefined
  readonly streams: ReadonlyMap<string, number>
}

/** Mutable on purpose: one collection per examination. */
export class SideEntries {
  readonly #newest = new Map<string, Newest>()
  readonly #base: Head | undefined
  readonly findings: Array<Finding> = []

  /** `base`: the newest record that was dropped; its snapshot is kept in mind. */
  constructor(base: Head | undefined) {
    this.#base = base
  }

  /** Request entries are many and are checked when they are used; other snapshots are caches. */
  take(name: string, entry: PlacedEntry): void {
    const meaning = meaningOf(entry.key)
    if (meaning._tag === 'strange') {
      const detail = `unknown key ${JSON.stringify(entry.key.toString('latin1'))}`
      this.findings.push(finding('bad-record', name, { offset: entry.offset, detail }))
    }
    const isBaseState = meaning._tag === 'snapshot' && meaning.seq === this.#base?.seq
    const isKept = meaning._tag === 'head' || meaning._tag === 'meta' || meaning._tag === 'stream'
    if (!isKept && !isBaseState) return
    const key = entry.key.toString('latin1')
    const known = this.#newest.get(key)
    if (known === undefined || known.entry.order < entry.order)
      this.#newest.set(key, { name, entry })
  }

  meta(): JournalMeta | undefined {
    const value = this.#newest.get('m/journal')?.entry.value
    return value === undefined ? undefined : decodeMeta(value)
  }

  /** With the state where its bytes are sound; without it the archives give it again. */
  base(): Base | undefined {
    if (this.#base === undefined) return undefined
    const { seq, hash } = this.#base
    const value = this.#newest.get(snapshotKey(seq).toString('latin1'))?.entry.value
    const snapshot = value === undefined ? undefined : decodeSnapshot(seq, value)
    const isOwn = snapshot !== undefined && sameHash(snapshot.hash, hash)
    return { seq, hash, state: isOwn ? snapshot.bytes : undefined }
  }

  /** Findings where the entries disagree with the records that were walked. */
  check(walked: Walked): ReadonlyArray<Finding> {
    return [...this.#checkMeta(walked), ...this.#checkHead(walked), ...this.#checkStreams(walked)]
  }

  #checkMeta(walked: Walked): ReadonlyArray<Finding> {
    if (this.meta() !== undefined) return []
    const found = this.#newest.get('m/journal')
    if (found === undefined && walked.head === undefined) return []
    return [this.#wrong('wrong-index', found, 'the meta entry is missing or unreadable')]
  }

  #checkHead(walked: Walked): ReadonlyArray<Finding> {
    const found = this.#newest.get('h/')
    const value = found?.entry.value
    const head = value === undefined ? undefined : decodeHead(value)
    if (walked.head === undefined && found === undefined) return []
    if (walked.head === undefined || head === undefined)
      return [this.#wrong('wrong-head', found, 'head entry and records do not go together')]
    if (head.seq === walked.head.seq && sameHash(head.hash, walked.head.hash)) return []
    const detail = `the head entry names record ${head.seq}, the newest is ${walked.head.seq}`
    return [this.#wrong('wrong-head', found, detail)]
  }

  #checkStreams(walked: Walked): ReadonlyArray<Finding> {
    for (const [stream, last] of walked.streams) {
      const key = Buffer.from(`s/${stream}`).toString('latin1')
      const found = this.#newest.get(key)
      const value = found?.entry.value
      if (value !== undefined && decodeNumber(value) === last) continue
      const detail = `the head of stream ${stream} is not ${last}`
      return [this.#wrong('wrong-index', found, detail)]
    }
    return []
  }

  #wrong(kind: 'wrong-head' | 'wrong-index', at: Newest | undefined, detail: string): Finding {
    const offset = at?.entry.offset ?? 0
    return finding(kind, at?.name ?? 'CURRENT', { offset, detail })
  }
}
