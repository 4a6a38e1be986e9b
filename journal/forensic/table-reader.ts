/** LevelDB's table files, read whole: every byte belongs to a checked block or to the footer. */
import { ByteCursor, decoding, FormatBroken } from './byte-cursor.ts'
import { crc32c, unmaskedCrc } from './crc32c.ts'
import type { FindingKind } from './finding.ts'
import type { BatchEntry } from './write-batch.ts'

const footerBytes = 48
const trailerBytes = 5
const orderBytes = 8
const magic = Buffer.from('57fb808b247547db', 'hex')

export interface TableEntry extends BatchEntry {
  /** Of the block that holds it. */
  readonly offset: number
}

export interface TableAnomaly {
  readonly kind: FindingKind
  readonly offset: number
  readonly sizeBytes: number
  readonly detail: string
}

interface Handle {
  readonly offset: number
  readonly size: number
}

class TableBroken extends Error {
  override readonly name = 'TableBroken'
  constructor(readonly anomaly: TableAnomaly) {
    super(anomaly.detail)
  }
}

const breakAt = (kind: FindingKind, { offset, size }: Handle, detail: string): never => {
  throw new TableBroken({ kind, offset, sizeBytes: size, detail })
}

/** Decodes something that lies at `place`; what cannot be decoded is broken there. */
const decodedAt = <A>(place: Handle, decode: () => A): A => {
  const result = decoding(decode)
  return 'value' in result ? result.value : breakAt('bad-format', place, result.broken)
}

const handleOf = (cursor: ByteCursor): Handle => ({
  offset: cursor.varint(),
  size: cursor.varint(),
})

const footerOf = (data: Buffer): { readonly meta: Handle; readonly index: Handle } => {
  const place = { offset: Math.max(0, data.length - footerBytes), size: footerBytes }
  if (data.length < footerBytes) breakAt('bad-format', place, 'the table is too short')
  const footer = data.subarray(place.offset)
  if (!footer.subarray(footerBytes - magic.length).equals(magic))
    breakAt('bad-format', place, 'the footer has no magic number')
  return decodedAt(place, () => {
    const cursor = new ByteCursor(footer)
    const handles = { meta: handleOf(cursor), index: handleOf(cursor) }
    if (footer.subarray(cursor.at, footerBytes - magic.length).some((byte) => byte !== 0))
      throw new FormatBroken('the padding of the footer is not zero')
    return handles
  })
}

const blockOf = (data: Buffer, handle: Handle): Buffer => {
  const end = handle.offset + handle.size
  if (end + trailerBytes > data.length - footerBytes)
    breakAt('bad-format', handle, 'a block lies outside of the table')
  if (unmaskedCrc(data.readUInt32LE(end + 1)) !== crc32c(data, handle.offset, end + 1))
    breakAt('bad-crc', handle, 'the checksum of a block is wrong')
  if (data[end] === 1) breakAt('compressed', handle, 'the block is compressed with snappy')
  if (data[end] !== 0) breakAt('bad-format', handle, `unknown block type ${data[end] ?? -1}`)
  return data.subarray(handle.offset, end)
}

/** Key and value pairs of one block; keys share prefixes with their predecessor. */
const pairsOf = (block: Buffer): ReadonlyArray<readonly [Buffer, Buffer]> => {
  if (block.length < 4) throw new FormatBroken('the block is too short')
  const restarts = block.readUInt32LE(block.length - 4)
  const end = block.length - 4 * (restarts + 1)
  if (end < 0) throw new FormatBroken('the block has more restart points than bytes')
  const cursor = new ByteCursor(block.subarray(0, end))
  const pairs: Array<readonly [Buffer, Buffer]> = []
  let key = Buffer.alloc(0)
  while (cursor.left > 0) {
    const shared = cursor.varint()
    const fresh = cursor.varint()
    const valueBytes = cursor.varint()
    if (shared > key.length) throw new FormatBroken('a key shares more than there is')
    key = Buffer.concat([key.subarray(0, shared), cursor.slice(fresh)])
    pairs.push([key, cursor.slice(valueBytes)])
  }
  return pairs
}

const entryOf = (internal: Buffer, value: Buffer, offset: number): TableEntry => {
  if (internal.length < orderBytes) throw new FormatBroken('a key is too short')
  const key = internal.subarray(0, internal.length - orderBytes)
  const packed = internal.readBigUInt64LE(internal.length - orderBytes)
  const deleted = (packed & 255n) === 0n
  return { key, value: deleted ? undefined : value, order: Number(packed >> 8n), offset }
}

/** Blocks follow one another without a gap, so that no byte of the file goes unchecked. */
const checkTiling = (data: Buffer, handles: ReadonlyArray<Handle>): void => {
  let expected = 0
  for (const handle of [...handles].sort((a, b) => a.offset - b.offset)) {
    if (handle.offset !== expected)
      breakAt('bad-format', { offset: expected, size: 0 }, 'bytes that belong to no block')
    expected = handle.offset + handle.size + trailerBytes
  }
  if (expected !== data.length - footerBytes)
    breakAt('bad-format', { offset: expected, size: 0 }, 'bytes that belong to no block')
}

const handlesIn = (data: Buffer, handle: Handle): ReadonlyArray<Handle> => {
  const block = blockOf(data, handle)
  return decodedAt(handle, () => pairsOf(block).map(([, value]) => handleOf(new ByteCursor(value))))
}

const readBlocks = (data: Buffer, entries: Array<TableEntry>): void => {
  const { meta, index } = footerOf(data)
  const dataBlocks = handlesIn(data, index)
  const filters = handlesIn(data, meta)
  for (const handle of dataBlocks) {
    const block = blockOf(data, handle)
    const found = decodedAt(handle, () =>
      pairsOf(block).map(([key, value]) => entryOf(key, value, handle.offset)),
    )
    entries.push(...found)
  }
  for (const filter of filters) blockOf(data, filter)
  checkTiling(data, [...dataBlocks, ...filters, meta, index])
}

/** Entries in key order up to the first anomaly. */
export const readTable = (
  data: Buffer,
): { readonly entries: ReadonlyArray<TableEntry>; readonly anomaly: TableAnomaly | undefined } => {
  const entries: Array<TableEntry> = []
  try {
    readBlocks(data, entries)
    return { entries, anomaly: undefined }
  } catch (error) {
    if (error instanceof TableBroken) return { entries, anomaly: error.anomaly }
    throw error
  }
}
