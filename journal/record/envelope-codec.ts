/** The bytes of an envelope: JSON text with a fixed member order, the form that is hashed. */
import * as E from 'fp-ts/lib/Either.js'
import { PathReporter } from 'io-ts/lib/PathReporter.js'
import { Envelope } from './envelope.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8 of the JSON text. The payload keeps the member order in which it was built (J7). */
export const encodeEnvelope = (e: Envelope): Uint8Array =>
  encoder.encode(
    JSON.stringify({
      seq: e.seq,
      at: e.at,
      mono: e.mono,
      boot: e.boot,
      actor: e.actor,
      request: e.request,
      causation: e.causation,
      stream: e.stream,
      streamSeq: e.streamSeq,
      kind: e.kind,
      v: e.v,
      payload: e.payload,
    }),
  )

/** Node's own decoder is several times faster; only its replacement character asks for a look. */
const textOf = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return text.includes('\ufffd') ? decoder.decode(bytes) : text
}

const members: Readonly<Record<keyof Envelope, (u: unknown) => boolean>> = {
  seq: Number.isSafeInteger,
  at: (u) => typeof u === 'number',
  mono: (u) => typeof u === 'number',
  boot: (u) => typeof u === 'string',
  actor: (u) => typeof u === 'string',
  request: (u) => typeof u === 'string',
  causation: Number.isSafeInteger,
  stream: (u) => typeof u === 'string',
  streamSeq: Number.isSafeInteger,
  kind: (u) => typeof u === 'string',
  v: Number.isSafeInteger,
  payload: (u) => typeof u === 'object' && u !== null && !Array.isArray(u),
}
const memberChecks = Object.entries(members)

/** The codec's verdict on a right envelope at less cost; the codec explains a wrong one. */
const isPlainEnvelope = (value: unknown): value is Envelope =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === memberChecks.length &&
  memberChecks.every(([name, check]) => check((value as Record<string, unknown>)[name]))

/** Left: why the bytes are no envelope (not UTF-8, not JSON, wrong member), for people to read. */
export const decodeEnvelope = (bytes: Uint8Array): E.Either<string, Envelope> => {
  let value: unknown
  try {
    value = JSON.parse(textOf(bytes))
  } catch (error) {
    return E.left(`not a JSON text: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (isPlainEnvelope(value)) return E.right(value)
  const decoded = Envelope.decode(value)
  return E.isRight(decoded) ? decoded : E.left(PathReporter.report(decoded).join('; '))
}
