/** LevelDB's formats, written: log fragments, write batches, version edits and tables. */
import { crc32c } from '../../journal/forensic/crc32c.ts'
import type { TableFact } from '../../journal/forensic/manifest.ts'

export interface Put {
  readonly key: Buffer
  /** Undefined: deleted. */
  readonly value: Uint8Array | undefined
}

export interface NumberedPut extends Put {
  /** LevelDB's own sequence number. */
  readonly order: number
}

const blockBytes = 32_768
const headerBytes = 7
const fragmentTypes = { full: 1, first: 2, middle: 3, last: 4 } as const
const comparator = Buffer.from('leveldb.BytewiseComparator')
const tableMagic = Buffer.from('57fb808b247547db', 'hex')
const footerBytes = 48
const tableBlockBytes = 4_096

/** The inverse of the reader's unmasking. */
const maskedCrc = (bytes: Buffer, from: number, to: number): number => {
  const crc = crc32c(bytes, from, to)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

export const varint = (n: number): Buffer => {
  const bytes: Array<number> = []
  let rest = n
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  bytes.push(rest)
  return Buffer.from(bytes)
}

const prefixed = (bytes: Uint8Array): ReadonlyArray<Uint8Array> => [varint(bytes.length), bytes]

const uint64 = (n: bigint): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(n)
  return bytes
}

export const encodeWriteBatch = (order: number, puts: ReadonlyArray<Put>): Buffer => {
  const count = Buffer.alloc(4)
  count.writeUInt32LE(puts.length)
  const parts = puts.flatMap(({ key, value }) =>
    value === undefined
      ? [Buffer.of(0), ...prefixed(key)]
      : [Buffer.of(1), ...prefixed(key), ...prefixed(value)],
  )
  return Buffer.concat([uint64(BigInt(order)), count, ...parts])
}

const fragment = (type: number, bytes: Buffer): Buffer => {
  const whole = Buffer.alloc(headerBytes + bytes.length)
  whole.writeUInt16LE(bytes.length, 4)
  whole[6] = type
  whole.set(bytes, headerBytes)
  whole.writeUInt32LE(maskedCrc(whole, 6, whole.length), 0)
  return whole
}

const fragmentType = (isFirst: boolean, isLast: boolean): number => {
  if (isFirst) return isLast ? fragmentTypes.full : fragmentTypes.first
  return isLast ? fragmentTypes.last : fragmentTypes.middle
}

/** The bytes that append one record to a log of `position` bytes. */
export const encodeLogRecord = (position: number, record: Buffer): Buffer => {
  const parts: Array<Buffer> = []
  let at = position
  for (let from = 0, isFirst = true; isFirst || from < record.length; isFirst = false) {
    let left = blockBytes - (at % blockBytes)
    if (left < headerBytes) {
      parts.push(Buffer.alloc(left))
      at += left
      left = blockBytes
    }
    const to = Math.min(record.length, from + left - headerBytes)
    const part = fragment(fragmentType(isFirst, to === record.length), record.subarray(from, to))
    parts.push(part)
    at += part.length
    from = to
  }
  return Buffer.concat(parts)
}

export interface VersionFacts {
  readonly logNumber: number
  readonly nextFile: number
  readonly lastOrder: number
  readonly tables: ReadonlyArray<TableFact & { readonly lastOrder: number }>
}

/** One edit that says everything, as LevelDB begins each MANIFEST. */
export const encodeVersion = (version: VersionFacts): Buffer =>
  Buffer.concat([
    varint(1),
    ...prefixed(comparator),
    ...[varint(2), varint(version.logNumber)],
    ...[varint(3), varint(version.nextFile)],
    ...[varint(4), varint(version.lastOrder)],
    ...version.tables.flatMap(({ level, number, sizeBytes, smallest, largest, lastOrder }) => [
      ...[varint(7), varint(level), varint(number), varint(sizeBytes)],
      ...prefixed(internalKey(smallest, lastOrder, true)),
      ...prefixed(internalKey(largest, 0, true)),
    ]),
  ])

const internalKey = (key: Buffer, order: number, isValue: boolean): Buffer =>
  Buffer.concat([key, uint64((BigInt(order) << 8n) | (isValue ? 1n : 0n))])

type Pair = readonly [key: Buffer, value: Uint8Array]

/** Every key is written whole and is a restart point. */
const tableBlock = (pairs: ReadonlyArray<Pair>): Buffer => {
  const parts: Array<Uint8Array> = []
  const restarts: Array<number> = []
  let at = 0
  for (const [key, value] of pairs) {
    restarts.push(at)
    const head = [varint(0), varint(key.length), varint(value.length)]
    for (const part of [...head, key, value]) {
      parts.push(part)
      at += part.length
    }
  }
  if (restarts.length === 0) restarts.push(0)
  const tail = Buffer.alloc(4 * (restarts.length + 1))
  restarts.forEach((restart, i) => tail.writeUInt32LE(restart, 4 * i))
  tail.writeUInt32LE(restarts.length, 4 * restarts.length)
  return Buffer.concat([...parts, tail])
}

class TableBuilder {
  readonly #parts: Array<Buffer> = []
  #at = 0

  /** Appends a block with its trailer; answers its handle. */
  add(block: Buffer): Buffer {
    const whole = Buffer.alloc(block.length + 5)
    whole.set(block)
    whole.writeUInt32LE(maskedCrc(whole, 0, block.length + 1), block.length + 1)
    const handle = Buffer.concat([varint(this.#at), varint(block.length)])
    this.#parts.push(whole)
    this.#at += whole.length
    return handle
  }

  finish(meta: Buffer, index: Buffer): Buffer {
    const footer = Buffer.alloc(footerBytes)
    footer.set(Buffer.concat([meta, index]))
    footer.set(tableMagic, footerBytes - tableMagic.length)
    return Buffer.concat([...this.#parts, footer])
  }
}

/** `puts` in key order, each key once. */
export const encodeTable = (puts: ReadonlyArray<NumberedPut>): Buffer => {
  const builder = new TableBuilder()
  const index: Array<Pair> = []
  let pairs: Array<Pair> = []
  let size = 0
  for (const [i, put] of puts.entries()) {
    const key = internalKey(put.key, put.order, put.value !== undefined)
    const value = put.value ?? Buffer.alloc(0)
    pairs.push([key, value])
    size += key.length + value.length
    if (size < tableBlockBytes && i < puts.length - 1) continue
    index.push([key, builder.add(tableBlock(pairs))])
    pairs = []
    size = 0
  }
  const meta = builder.add(tableBlock([]))
  return builder.finish(meta, builder.add(tableBlock(index)))
}
