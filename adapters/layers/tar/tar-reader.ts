/** A tar parser that is fed with bytes as they come and calls back for each entry. */
import { malformed, notWhole } from './archive-error.ts'
import { parsePax, withGlobal, type PaxRecords } from './pax.ts'
import {
  checkedSparse,
  DataMap,
  gnuSparseExtension,
  gnuSparseHeader,
  paxSparseInData,
  paxSparseMap,
  type SparseFile,
} from './sparse.ts'
import { makeEntry, type TarEntry } from './tar-entry.ts'
import { blockBytes, isZeroBlock, parseHeader, type TarHeader } from './tar-header.ts'

export interface TarHandler {
  /** Whether the data of this entry is wanted; `onData` and `onEntryEnd` are called only then. */
  readonly onEntry: (entry: TarEntry) => boolean
  /** The bytes are the callee's only until it returns. */
  readonly onData: (bytes: Buffer) => void
  readonly onEntryEnd: () => void
}

type Mode =
  | { readonly _tag: 'Collect'; need: number; readonly then: (bytes: Buffer) => void }
  | { readonly _tag: 'Data'; left: number; readonly paddingBytes: number }
  | { readonly _tag: 'Discard'; left: number }
  | { readonly _tag: 'Ended' }

/** What extension entries said about the entry that follows them. */
interface Extension {
  readonly pax?: PaxRecords
  readonly longName?: Buffer
  readonly longLinkName?: Buffer
}

/** A PAX header or long name longer than this is an attack. */
const maxMetaBytes = 4 << 20
const maxGnuFragments = 1 << 16

const paddingOf = (sizeBytes: number): number =>
  (blockBytes - (sizeBytes % blockBytes)) % blockBytes

const withoutNul = (bytes: Buffer): Buffer => {
  const end = bytes.indexOf(0)
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end))
}

export class TarReader {
  readonly #handler: TarHandler
  #mode: Mode = { _tag: 'Ended' }
  #collected: Array<Buffer> = []
  #globalPax: PaxRecords = new Map()
  #extension: Extension | undefined
  /** Between two entries the archive may end, even without its end mark. */
  #atBorder = true

  constructor(handler: TarHandler) {
    this.#handler = handler
    this.#nextHeader()
  }

  /** Throws `ArchiveError`, and what the handler throws. */
  feed(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) at += this.#take(this.#mode, bytes.subarray(at))
  }

  /** How many of the next bytes would be thrown away: a reader of a file may seek over them. */
  skippable(): number {
    return this.#mode._tag === 'Discard' ? this.#mode.left : 0
  }

  skip(sizeBytes: number): void {
    if (this.#mode._tag !== 'Discard' || sizeBytes > this.#mode.left)
      throw new Error('these bytes are not skippable')
    this.#mode.left -= sizeBytes
    if (this.#mode.left === 0) this.#nextHeader()
  }

  /** To be called after the last byte; throws `EVERIFY` where the archive ends too early. */
  end(): void {
    const nothingBegun = this.#mode._tag === 'Collect' && this.#collected.length === 0
    if (this.#mode._tag === 'Ended' || (nothingBegun && this.#atBorder)) return
    throw notWhole('the archive ends in the middle of an entry')
  }

  /** Handles the beginning of `bytes` and answers how many it took. */
  #take(mode: Mode, bytes: Buffer): number {
    if (mode._tag === 'Ended') return bytes.length
    if (mode._tag === 'Collect') return this.#takeCollected(mode, bytes)
    const part = bytes.subarray(0, mode.left)
    mode.left -= part.length
    if (mode._tag === 'Data') this.#handler.onData(part)
    if (mode.left > 0) return part.length
    if (mode._tag === 'Data') {
      this.#handler.onEntryEnd()
      this.#discard(mode.paddingBytes)
    } else this.#nextHeader()
    return part.length
  }

  #takeCollected(mode: Extract<Mode, { _tag: 'Collect' }>, bytes: Buffer): number {
    const part = bytes.subarray(0, mode.need)
    // Copied, because the caller may reuse its buffer.
    this.#collected.push(Buffer.from(part))
    mode.need -= part.length
    if (mode.need > 0) return part.length
    const whole = Buffer.concat(this.#collected)
    this.#collected = []
    mode.then(whole)
    return part.length
  }

  #collect(need: number, then: (bytes: Buffer) => void): void {
    this.#mode = { _tag: 'Collect', need, then }
  }

  #discard(sizeBytes: number): void {
    if (sizeBytes === 0) this.#nextHeader()
    else this.#mode = { _tag: 'Discard', left: sizeBytes }
  }

  #nextHeader(): void {
    this.#atBorder = this.#extension === undefined
    this.#collect(blockBytes, (block) => this.#onHeader(block))
  }

  #onHeader(block: Buffer): void {
    if (isZeroBlock(block)) return this.#onEndMark()
    const header = parseHeader(block)
    this.#atBorder = false
    switch (header.type) {
      case 'x':
      case 'X':
        return this.#extend(header, (bytes) => ({ pax: parsePax(bytes) }))
      case 'L':
        return this.#extend(header, (bytes) => ({ longName: withoutNul(bytes) }))
      case 'K':
        return this.#extend(header, (bytes) => ({ longLinkName: withoutNul(bytes) }))
      case 'g':
        return this.#collectMeta(header, (bytes) => {
          this.#globalPax = withGlobal(this.#globalPax, parsePax(bytes))
        })
      default:
        return this.#onEntryHeader(header, block)
    }
  }

  #onEndMark(): void {
    if (!this.#atBorder) throw malformed('tar: an extended header without its entry')
    this.#collect(blockBytes, (second) => {
      if (!isZeroBlock(second)) throw malformed('tar: data after the end mark')
      this.#mode = { _tag: 'Ended' }
    })
  }

  #collectMeta({ sizeBytes }: TarHeader, keep: (bytes: Buffer) => void): void {
    if (sizeBytes > maxMetaBytes) throw malformed('tar header: an extended header is too long')
    this.#collect(sizeBytes + paddingOf(sizeBytes), (bytes) => {
      keep(bytes.subarray(0, sizeBytes))
      this.#nextHeader()
    })
  }

  #extend(header: TarHeader, parse: (bytes: Buffer) => Extension): void {
    this.#collectMeta(header, (bytes) => {
      this.#extension = { ...this.#extension, ...parse(bytes) }
    })
  }

  #onEntryHeader(header: TarHeader, block: Buffer): void {
    const { longName, longLinkName, pax: localPax } = this.#extension ?? {}
    this.#extension = undefined
    const pax: PaxRecords = new Map([...this.#globalPax, ...(localPax ?? [])])
    const entry = makeEntry({ header, pax, longName, longLinkName })
    const inData = paxSparseInData(pax)
    if (inData !== undefined) {
      const named = { ...entry, name: inData.name ?? entry.name }
      return this.#collectDataMap(named, inData.realSizeBytes)
    }
    const inPax = paxSparseMap(pax)
    if (inPax !== undefined)
      return this.#beginSparse({ ...entry, name: inPax.name ?? entry.name }, inPax)
    if (header.type !== 'S') return this.#beginEntry(entry)
    const start = gnuSparseHeader(block)
    if (start.isExtended) this.#collectGnuMap(entry, start)
    else this.#beginSparse(entry, start)
  }

  #beginEntry(entry: TarEntry): void {
    const wanted = this.#handler.onEntry(entry)
    const paddingBytes = paddingOf(entry.storedBytes)
    if (!wanted) return this.#discard(entry.storedBytes + paddingBytes)
    if (entry.storedBytes > 0) {
      this.#mode = { _tag: 'Data', left: entry.storedBytes, paddingBytes }
      return
    }
    this.#handler.onEntryEnd()
    this.#nextHeader()
  }

  #beginSparse(entry: TarEntry, { realSizeBytes, fragments }: SparseFile): void {
    const sparse = checkedSparse({ realSizeBytes, fragments }, entry.storedBytes)
    this.#beginEntry({ ...entry, sparse })
  }

  #collectGnuMap(entry: TarEntry, file: SparseFile): void {
    this.#collect(blockBytes, (block) => {
      const more = gnuSparseExtension(block)
      const fragments = [...file.fragments, ...more.fragments]
      if (fragments.length > maxGnuFragments) throw malformed('sparse file: the map is too long')
      if (more.isExtended) this.#collectGnuMap(entry, { ...file, fragments })
      else this.#beginSparse(entry, { ...file, fragments })
    })
  }

  #collectDataMap(entry: TarEntry, realSizeBytes: number, map = new DataMap()): void {
    if (map.sizeBytes + blockBytes > entry.storedBytes)
      throw malformed('sparse file: the map is longer than its data')
    this.#collect(blockBytes, (block) => {
      map.add(block)
      const fragments = map.fragments()
      if (fragments === undefined) return this.#collectDataMap(entry, realSizeBytes, map)
      const storedBytes = entry.storedBytes - map.sizeBytes
      this.#beginSparse({ ...entry, storedBytes }, { realSizeBytes, fragments })
    })
  }
}
