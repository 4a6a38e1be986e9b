/** LevelDB's write batch: what one record of the write-ahead log puts and deletes. */
import { ByteCursor, FormatBroken } from './byte-cursor.ts'

export interface BatchEntry {
  /** LevelDB's own sequence number of this entry. */
  readonly order: number
  readonly key: Buffer
  /** Undefined: deleted. */
  readonly value: Buffer | undefined
}

export interface WriteBatch {
  /** LevelDB's sequence number of the first entry. */
  readonly order: number
  readonly count: number
  readonly entries: ReadonlyArray<BatchEntry>
}

const deletion = 0
const insertion = 1

/** Throws `FormatBroken`. */
export const decodeWriteBatch = (bytes: Buffer): WriteBatch => {
  const cursor = new ByteCursor(bytes)
  const order = cursor.uint64()
  const count = cursor.uint32()
  const entries: Array<BatchEntry> = []
  while (cursor.left > 0) {
    const tag = cursor.byte()
    if (tag !== insertion && tag !== deletion) throw new FormatBroken(`unknown operation ${tag}`)
    const key = cursor.prefixed()
    const value = tag === insertion ? cursor.prefixed() : undefined
    entries.push({ order: order + entries.length, key, value })
  }
  if (entries.length !== count)
    throw new FormatBroken(`${entries.length} operations where the batch says ${count}`)
  return { order, count, entries }
}
