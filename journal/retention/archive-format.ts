/**
 * The text of an archive: JSON lines that prove themselves. A header with the state before the
 * first record, one line per record with its chain hash and exact bytes, a trailer with number,
 * head and SHA-256 of all that comes before it. In a file it is compressed with gzip.
 */
import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { Integer } from '../../domain/integer.ts'
import { chainHash, hashOfHex, hexOfHash, sameHash } from '../record/hash-chain.ts'
import type { Head, StoredRecord } from '../store/journal-store.ts'
import { JournalDamaged } from '../store/store-errors.ts'
import type { RecordRange } from './archive-name.ts'

const Header = t.strict(
  {
    journalArchive: t.literal(1),
    nonce: t.string,
    from: Integer,
    to: Integer,
    /** Hash before record `from`; for record 1 it is the genesis hash of the nonce. */
    previous: t.string,
    /** The fold of all records before `from`, as a snapshot has it; null before record 1. */
    state: t.union([t.string, t.null]),
  },
  'ArchiveHeader',
)
const Trailer = t.strict({ records: Integer, head: t.string, sha256: t.string }, 'ArchiveTrailer')

export interface ArchiveStart extends RecordRange {
  readonly nonce: string
  readonly previous: Uint8Array
  readonly state: Uint8Array | undefined
}

export interface ArchiveContent {
  readonly start: ArchiveStart
  /** Its last record. */
  readonly head: Head
  /** Each is checked against the chain; throws `JournalDamaged` at the first that is wrong. */
  readonly records: () => Generator<StoredRecord>
}

const newline = 10
const partBytes = 256 * 1024
const recordStart = Buffer.from('{"hash":"')
const recordMiddle = Buffer.from('","envelope":')
const recordEnd = Buffer.from('}\n')
const hexAt = recordStart.length
const bytesAt = hexAt + 64 + recordMiddle.length

const line = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value)}\n`)

const headerLine = ({ nonce, from, to, previous, state }: ArchiveStart): Buffer =>
  line({
    journalArchive: 1,
    nonce,
    from,
    to,
    previous: hexOfHash(previous),
    state: state === undefined ? null : Buffer.from(state).toString('utf8'),
  })

const recordLine = ({ seq, hash, bytes }: StoredRecord): Buffer => {
  if (bytes.includes(newline)) throw new JournalDamaged(seq, 'an envelope is one line of JSON')
  return Buffer.concat([recordStart, Buffer.from(hexOfHash(hash)), recordMiddle, bytes, recordEnd])
}

/** Line by line; `close` gives the trailer. */
export class ArchiveText {
  readonly #parts: Array<Buffer> = []
  /** Lines that are not in a part yet: to join all of them at once would be a long pause. */
  #lines: Array<Buffer> = []
  #linesBytes = 0
  readonly #digest = createHash('sha256')
  #records = 0
  #head: Uint8Array

  constructor(start: ArchiveStart) {
    this.#head = start.previous
    this.#add(headerLine(start))
  }

  record(record: StoredRecord): void {
    this.#add(recordLine(record))
    this.#head = record.hash
    this.#records += 1
  }

  close(): Buffer {
    this.#gather()
    const sha256 = this.#digest.digest('hex')
    const trailer = line({ records: this.#records, head: hexOfHash(this.#head), sha256 })
    return Buffer.concat([...this.#parts, trailer])
  }

  #add(text: Buffer): void {
    this.#lines.push(text)
    this.#linesBytes += text.length
    if (this.#linesBytes >= partBytes) this.#gather()
  }

  #gather(): void {
    const part = Buffer.concat(this.#lines)
    this.#parts.push(part)
    this.#digest.update(part)
    this.#lines = []
    this.#linesBytes = 0
  }
}

const parsed = <A>(codec: t.Decoder<unknown, A>, bytes: Buffer): A | undefined => {
  try {
    const decoded = codec.decode(JSON.parse(bytes.toString('utf8')))
    return E.isRight(decoded) ? decoded.right : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const startOf = (header: t.TypeOf<typeof Header>): ArchiveStart | undefined => {
  const { nonce, from, to, state } = header
  const previous = hashOfHex(header.previous)
  if (previous === undefined || from < 1 || to < from) return undefined
  return { nonce, from, to, previous, state: state === null ? undefined : Buffer.from(state) }
}

const recordIn = (seq: number, text: Buffer, previous: Uint8Array): StoredRecord => {
  const hash = hashOfHex(text.toString('latin1', hexAt, hexAt + 64))
  const bytes = text.subarray(bytesAt, text.length - 1)
  if (hash === undefined || !sameHash(hash, chainHash(previous, bytes)))
    throw new JournalDamaged(seq, 'its bytes in the archive do not give its hash')
  return { seq, hash, bytes }
}

function* recordsIn(start: ArchiveStart, body: Buffer): Generator<StoredRecord> {
  let seq = start.from
  let { previous } = start
  for (let at = 0; at < body.length;) {
    const end = body.indexOf(newline, at)
    const record = recordIn(seq, body.subarray(at, end), previous)
    yield record
    at = end + 1
    seq += 1
    previous = record.hash
  }
  if (seq !== start.to + 1) throw new JournalDamaged(seq, 'it is missing in the archive')
}

/** Header, trailer and SHA-256 are checked here, each record when it is read. */
export const archiveContent = (text: Buffer): Either<string, ArchiveContent> => {
  const headerEnd = text.indexOf(newline) + 1
  const trailerAt = text.lastIndexOf(newline, text.length - 2) + 1
  if (text.at(-1) !== newline || trailerAt < headerEnd || headerEnd === text.length)
    return E.left('it is cut short')
  const header = parsed(Header, text.subarray(0, headerEnd))
  const start = header === undefined ? undefined : startOf(header)
  const trailer = parsed(Trailer, text.subarray(trailerAt))
  if (start === undefined) return E.left('it has no header of an archive')
  const hash = trailer === undefined ? undefined : hashOfHex(trailer.head)
  if (trailer === undefined || hash === undefined) return E.left('it has no trailer')
  const sha256 = createHash('sha256').update(text.subarray(0, trailerAt)).digest('hex')
  if (sha256 !== trailer.sha256) return E.left('its bytes do not give its SHA-256')
  if (trailer.records !== start.to - start.from + 1)
    return E.left('header and trailer count differently')
  const body = text.subarray(headerEnd, trailerAt)
  return E.right({
    start,
    head: { seq: start.to, hash },
    records: () => recordsIn(start, body),
  })
}
