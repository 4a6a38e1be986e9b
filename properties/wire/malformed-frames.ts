/** Connections that break HTTP/2: garbage, and frames that lie about type, length and stream. */
import type { Prng } from '../../simulator/schedule/prng.ts'

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

export const randomBytes = (prng: Prng, most: number): Buffer => {
  const length = prng.below(most + 1)
  return Buffer.from(Array.from({ length }, () => prng.below(256)))
}

interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Uint8Array
  /** What the header says; else the length of the payload. */
  readonly lengthBytes?: number
}

export const http2Frame = ({ type, flags, stream, payload, lengthBytes }: Frame): Buffer => {
  const head = Buffer.alloc(9)
  head.writeUIntBE(lengthBytes ?? payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream >>> 0, 5)
  return Buffer.concat([head, payload])
}

const settings = http2Frame({ type: 4, flags: 0, stream: 0, payload: Buffer.alloc(0) })

/** A header without any table or compression. */
const literal = (name: string, value: string): Buffer =>
  Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ])

const callHeaders = (path: string): Buffer =>
  Buffer.concat([
    literal(':method', 'POST'),
    literal(':scheme', 'http'),
    literal(':path', path),
    literal(':authority', 'localhost'),
    literal('content-type', 'application/grpc'),
    literal('te', 'trailers'),
  ])

const path = '/containers.ContainerService/List'
const endHeaders = 4

const openStream = (stream: number): Buffer =>
  http2Frame({ type: 1, flags: endHeaders, stream, payload: callHeaders(path) })

const randomFrame = (prng: Prng): Buffer =>
  http2Frame({
    type: prng.oneIn(8) ? prng.below(256) : prng.below(10),
    flags: prng.below(256),
    stream: prng.oneIn(4) ? prng.next() : prng.below(6),
    payload: randomBytes(prng, prng.oneIn(6) ? 400 : 24),
    ...(prng.oneIn(5) ? { lengthBytes: prng.below(1 << 24) } : {}),
  })

/** Known ways to hurt a server: floods, impossible windows, endless headers, loops. */
const cruelties: ReadonlyArray<(prng: Prng) => Buffer> = [
  // Streams that are opened and reset at once.
  () =>
    Buffer.concat(
      [1, 3, 5, 7, 9, 11, 13, 15].flatMap((stream) => [
        openStream(stream),
        http2Frame({ type: 3, flags: 0, stream, payload: Buffer.from([0, 0, 0, 8]) }),
      ]),
    ),
  // Headers that never end.
  () =>
    Buffer.concat([
      http2Frame({ type: 1, flags: 0, stream: 1, payload: callHeaders(path) }),
      ...Array.from({ length: 20 }, () =>
        http2Frame({ type: 9, flags: 0, stream: 1, payload: literal('x', 'y'.repeat(100)) }),
      ),
    ]),
  // A window of 0 and one that overflows.
  () => http2Frame({ type: 8, flags: 0, stream: 0, payload: Buffer.from([0, 0, 0, 0]) }),
  () => http2Frame({ type: 8, flags: 0, stream: 0, payload: Buffer.from([127, 255, 255, 255]) }),
  // Settings: a bad size, and values out of their ranges.
  (prng) => http2Frame({ type: 4, flags: 0, stream: 0, payload: randomBytes(prng, 36) }),
  () => http2Frame({ type: 4, flags: 1, stream: 0, payload: Buffer.alloc(6) }),
  // Pings without end.
  () =>
    Buffer.concat(
      Array.from({ length: 30 }, () =>
        http2Frame({ type: 6, flags: 0, stream: 0, payload: Buffer.alloc(8) }),
      ),
    ),
  // A stream that depends on itself; a promise from a client; data on no stream.
  () => http2Frame({ type: 2, flags: 0, stream: 3, payload: Buffer.from([0, 0, 0, 3, 16]) }),
  () => http2Frame({ type: 5, flags: 4, stream: 1, payload: Buffer.from([0, 0, 0, 2, 0x82]) }),
  () => http2Frame({ type: 0, flags: 1, stream: 0, payload: Buffer.from('data') }),
  // Padding longer than the frame; HPACK that points into an empty table.
  () => http2Frame({ type: 0, flags: 8, stream: 1, payload: Buffer.from([255, 1]) }),
  () =>
    http2Frame({ type: 1, flags: 5, stream: 1, payload: Buffer.from([0xff, 0xff, 0xff, 0x7f]) }),
]

/** Everything that one connection sends; `frames` of it count. */
export interface BadConnection {
  readonly bytes: Buffer
  readonly frames: number
}

const mutated = (prng: Prng, bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes)
  for (let n = prng.below(4); n >= 0; n -= 1) copy[prng.below(copy.length)] = prng.below(256)
  return copy
}

const framesPerConnection = 6

const kinds: readonly [
  (prng: Prng) => BadConnection,
  ...ReadonlyArray<(prng: Prng) => BadConnection>,
] = [
  (prng) => ({ bytes: randomBytes(prng, 300), frames: 1 }),
  (prng) => ({ bytes: mutated(prng, Buffer.concat([preface, settings])), frames: 1 }),
  (prng) => ({ bytes: preface.subarray(0, prng.below(preface.length)), frames: 1 }),
  () => ({ bytes: Buffer.from('POST /ContainerService/List HTTP/1.1\r\n\r\n{}'), frames: 1 }),
  (prng) => {
    const frames = Array.from({ length: framesPerConnection }, () => randomFrame(prng))
    return { bytes: Buffer.concat([preface, settings, ...frames]), frames: frames.length }
  },
  (prng) => {
    const frames = Array.from({ length: framesPerConnection }, () => randomFrame(prng))
    return { bytes: Buffer.concat([preface, settings, openStream(1), ...frames]), frames: 7 }
  },
  (prng) => {
    const cruelty = cruelties[prng.below(cruelties.length)]
    const frame = cruelty?.(prng) ?? settings
    const open = prng.oneIn(2) ? [openStream(1)] : []
    return { bytes: Buffer.concat([preface, settings, ...open, frame]), frames: 1 + open.length }
  },
]

export const badConnection = (prng: Prng): BadConnection => {
  const kind = prng.oneIn(3) ? kinds[4] : prng.pick(kinds)
  return (kind ?? kinds[0])(prng)
}
