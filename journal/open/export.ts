/** A self-verifying copy of a journal: JSON lines with the exact bytes that were hashed. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { Integer } from '../../domain/integer.ts'
import { chainHash, hashOfHex, hexOfHash, sameHash } from '../record/hash-chain.ts'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import type { Head, StoredRecord } from '../store/journal-store.ts'

/** `previous` is the hash before record `from`; for record 1 it is the genesis hash of `nonce`. */
const Header = t.strict(
  {
    journalExport: t.literal(1),
    nonce: t.string,
    from: Integer,
    previous: t.string,
  },
  'Header',
)
const Trailer = t.strict({ records: Integer, head: t.strict({ seq: Integer, hash: t.string }) })

export interface ExportStart {
  readonly nonce: string
  readonly from: number
  readonly previous: Uint8Array
}

const recordPrefix = '{"hash":"'
const envelopePrefix = '","envelope":'
const textAt = recordPrefix.length + 64 + envelopePrefix.length

const recordLine = ({ hash, bytes }: StoredRecord): string =>
  `${recordPrefix}${hexOfHash(hash)}${envelopePrefix}${Buffer.from(bytes).toString('utf8')}}`

/** Lines without line ends: header, one per record, trailer. `records` come from one snapshot. */
export async function* exportLines(
  start: ExportStart,
  records: AsyncIterable<StoredRecord>,
): AsyncGenerator<string> {
  const { nonce, from } = start
  yield JSON.stringify({ journalExport: 1, nonce, from, previous: hexOfHash(start.previous) })
  let head: Head = { seq: from - 1, hash: start.previous }
  let count = 0
  for await (const record of records) {
    yield recordLine(record)
    head = record
    count += 1
  }
  yield JSON.stringify({ records: count, head: { seq: head.seq, hash: hexOfHash(head.hash) } })
}

export interface ExportFlaw {
  /** From 1. */
  readonly line: number
  readonly detail: string
}

export interface ExportVerdict {
  readonly nonce: string
  readonly from: number
  readonly records: number
  readonly head: Head
}

const parsed = <A>(codec: t.Decoder<unknown, A>, line: string): A | undefined => {
  try {
    const decoded = codec.decode(JSON.parse(line))
    return E.isRight(decoded) ? decoded.right : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const nextHead = (head: Head, line: string): Either<string, Head> => {
  const hash = hashOfHex(line.slice(recordPrefix.length, recordPrefix.length + 64))
  if (!line.startsWith(recordPrefix) || !line.endsWith('}') || hash === undefined)
    return E.left('it is not a record')
  const bytes = Buffer.from(line.slice(textAt, -1), 'utf8')
  const envelope = decodeEnvelope(bytes)
  if (E.isLeft(envelope)) return envelope
  if (envelope.right.seq !== head.seq + 1) return E.left(`record ${head.seq + 1} is not here`)
  return sameHash(hash, chainHash(head.hash, bytes))
    ? E.right({ seq: head.seq + 1, hash })
    : E.left(`record ${head.seq + 1} does not continue the chain`)
}

/** Proves a copy line by line; a copy without its trailer is cut short, not complete. */
export const importCheck = async (
  lines: AsyncIterable<string>,
): Promise<Either<ExportFlaw, ExportVerdict>> => {
  let line = 0
  let header: t.TypeOf<typeof Header> | undefined
  let head: Head | undefined
  for await (const text of lines) {
    line += 1
    if (header === undefined || head === undefined) {
      header = parsed(Header, text)
      const previous = header === undefined ? undefined : hashOfHex(header.previous)
      if (header === undefined || previous === undefined)
        return E.left({ line, detail: 'it is not the header of a journal export' })
      head = { seq: header.from - 1, hash: previous }
      continue
    }
    const trailer = text.startsWith(recordPrefix) ? undefined : parsed(Trailer, text)
    if (trailer !== undefined) {
      const records = head.seq - header.from + 1
      const agrees =
        trailer.records === records &&
        trailer.head.seq === head.seq &&
        trailer.head.hash === hexOfHash(head.hash)
      return agrees
        ? E.right({ nonce: header.nonce, from: header.from, records, head })
        : E.left({ line, detail: 'the trailer does not agree with the records' })
    }
    const next = nextHead(head, text)
    if (E.isLeft(next)) return E.left({ line, detail: next.left })
    head = next.right
  }
  return E.left({ line: line + 1, detail: 'the export ends without its trailer' })
}
