/** Bytes of files in large pieces, gzip and zstd inflated. For worker threads: it blocks. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { malformed, notWhole } from '../tar/archive-error.ts'
import { zstdDecompressed } from './zstd.ts'

export interface ByteRange {
  readonly start: number
  readonly sizeBytes: number
}

const pieceBytes = 1 << 20

/** The bytes of a range of an open file. Each piece is valid until the next one is asked for. */
export function* rangeBytes(fd: number, { start, sizeBytes }: ByteRange): Generator<Buffer> {
  const piece = Buffer.allocUnsafe(Math.min(pieceBytes, Math.max(sizeBytes, 1)))
  for (let at = 0; at < sizeBytes;) {
    const count = readSync(fd, piece, 0, Math.min(piece.length, sizeBytes - at), start + at)
    if (count === 0) throw notWhole('the file ends before its content does')
    yield piece.subarray(0, count)
    at += count
  }
}

export type Compression = 'none' | 'gzip' | 'zstd'

const magics: ReadonlyArray<readonly [string, Buffer]> = [
  ['bzip2', Buffer.from('BZh')],
  ['xz', Buffer.from('fd377a585a00', 'hex')],
]

/** RFC 8878: a frame, or a skippable frame, whose number's lowest digit is free. */
const isZstd = (first: Buffer): boolean =>
  first.length >= 4 &&
  (first.readUInt32LE() === 0xfd2f_b528 || first.readUInt32LE() >>> 4 === 0x0184_d2a5)

/** Tells by the first bytes. Throws `EINVAL` for a compression that we do not read. */
export const compressionOf = (first: Buffer): Compression => {
  if (first[0] === 0x1f && first[1] === 0x8b) return 'gzip'
  if (isZstd(first)) return 'zstd'
  const other = magics.find(([, magic]) => first.subarray(0, magic.length).equals(magic))
  if (other !== undefined) throw malformed(`compression ${other[0]} is not supported`)
  return 'none'
}

const isZlibError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')

/** Inflates; a damaged or cut stream throws `EVERIFY`. */
async function* gunzipped(
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  // Copied, because the source reuses its buffer while zlib still reads.
  async function* copies() {
    for await (const piece of pieces) yield Buffer.from(piece)
  }
  const gunzip = createGunzip({ chunkSize: 256 << 10 })
  let failure: unknown
  pipeline(Readable.from(copies(), { objectMode: false }), gunzip, (error) => {
    failure = error
  })
  try {
    for await (const piece of gunzip) if (Buffer.isBuffer(piece)) yield piece
  } catch (error) {
    if (isZlibError(error)) throw notWhole(`gzip: ${error.message}`)
    throw failure ?? error
  }
}

type Pieces = AsyncIterator<Buffer> | Iterator<Buffer>

/** What is left of an iterator after its first items were taken. */
async function* remaining(source: Pieces): AsyncGenerator<Buffer> {
  for (let next = await source.next(); next.done !== true; next = await source.next())
    yield next.value
}

const magicBytes = 6

/** At least the bytes that tell the compression, where there are so many. */
const takeHead = async (source: Pieces): Promise<Buffer> => {
  let head = Buffer.alloc(0)
  while (head.length < magicBytes) {
    const next = await source.next()
    if (next.done === true) break
    head = Buffer.concat([head, next.value])
  }
  return head
}

const inflated = (compression: Compression, pieces: AsyncIterable<Buffer>) => {
  switch (compression) {
    case 'none':
      return pieces
    case 'gzip':
      return gunzipped(pieces)
    case 'zstd':
      return zstdDecompressed(pieces)
  }
}

/** Passes plain bytes through and inflates gzip and zstd. */
export async function* decompressed(
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  const source: Pieces =
    Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]()
  try {
    const head = await takeHead(source)
    async function* all() {
      if (head.length > 0) yield head
      yield* remaining(source)
    }
    yield* inflated(compressionOf(head), all())
  } finally {
    // The source holds a descriptor, and whoever reads us may stop early.
    await source.return?.()
  }
}

/** Opens a regular file for the time of `use`; a FIFO or device would hang the reader. */
export async function* withFile<A>(
  path: string,
  use: (fd: number, sizeBytes: number) => AsyncIterable<A>,
): AsyncGenerator<A> {
  const nonBlocking = 0x800
  const fd = openSync(path, nonBlocking)
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) throw malformed(`${path} is not a regular file`)
    yield* use(fd, stat.size)
  } finally {
    closeSync(fd)
  }
}

/** All bytes of a regular file, as it has them. */
export const wholeFile = (path: string): AsyncGenerator<Buffer> =>
  withFile(path, async function* (fd, sizeBytes) {
    yield* rangeBytes(fd, { start: 0, sizeBytes })
  })
