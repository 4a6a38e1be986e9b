/** The lines of a slice file: a header, the records as they were hashed, a trailer. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { Integer } from '../../domain/integer.ts'
import { hashOfHex, hexOfHash } from '../record/hash-chain.ts'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import type { StoredRecord } from '../store/journal-store.ts'

export const SliceHeader = t.strict(
  {
    isulaSlice: t.literal(1),
    redacted: t.boolean,
    /** Sequence of the first record. */
    from: Integer,
    /** Hash before it; for record 1 a hash of this slice's own. */
    previous: t.string,
    /** The state before the first record as a snapshot's text; null: nothing was before. */
    state: t.union([t.string, t.null]),
  },
  'SliceHeader',
)
export type SliceHeader = t.TypeOf<typeof SliceHeader>

export const SliceTrailer = t.strict(
  {
    records: Integer,
    head: t.strict({ seq: Integer, hash: t.string }),
    /** SHA-256 of the canonical state after the last record. */
    stateHash: t.string,
  },
  'SliceTrailer',
)
export type SliceTrailer = t.TypeOf<typeof SliceTrailer>

const recordPrefix = '{"hash":"'
const envelopePrefix = '","envelope":'
const hashAt = recordPrefix.length
const envelopeAt = hashAt + 64 + envelopePrefix.length

export const recordLine = ({ hash, bytes }: StoredRecord): string =>
  `${recordPrefix}${hexOfHash(hash)}${envelopePrefix}${Buffer.from(bytes).toString('utf8')}}`

export type SliceLine =
  | { readonly _tag: 'Header'; readonly header: SliceHeader }
  | { readonly _tag: 'Record'; readonly record: StoredRecord }
  | { readonly _tag: 'Trailer'; readonly trailer: SliceTrailer }

const recordOf = (line: string): Either<string, SliceLine> => {
  const hash = hashOfHex(line.slice(hashAt, hashAt + 64))
  if (hash === undefined || !line.endsWith('}')) return E.left('it is not a record')
  const bytes = Buffer.from(line.slice(envelopeAt, -1), 'utf8')
  const envelope = decodeEnvelope(bytes)
  return E.isLeft(envelope)
    ? envelope
    : E.right({ _tag: 'Record', record: { seq: envelope.right.seq, hash, bytes } })
}

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Left: why the line is none of a slice. */
export const parseLine = (line: string): Either<string, SliceLine> => {
  if (line.startsWith(recordPrefix)) return recordOf(line)
  const value = parsed(line)
  const header = SliceHeader.decode(value)
  if (E.isRight(header)) return E.right({ _tag: 'Header', header: header.right })
  const trailer = SliceTrailer.decode(value)
  if (E.isRight(trailer)) return E.right({ _tag: 'Trailer', trailer: trailer.right })
  return E.left('it is neither header, record nor trailer of a slice')
}
