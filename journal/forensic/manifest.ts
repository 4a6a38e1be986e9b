/** The MANIFEST: which tables and logs make up the database now, folded from its version edits. */
import { ByteCursor, FormatBroken } from './byte-cursor.ts'

export interface TableFact {
  readonly number: number
  readonly level: number
  readonly sizeBytes: number
  /** User keys, without LevelDB's eight bytes of order and type. */
  readonly smallest: Buffer
  readonly largest: Buffer
}

export interface Version {
  readonly tables: ReadonlyMap<number, TableFact>
  /** Logs below this number are obsolete. */
  readonly logNumber: number
  readonly nextFile: number
}

interface Draft {
  readonly tables: Map<number, TableFact>
  logNumber: number
  nextFile: number
}

const comparator = 'leveldb.BytewiseComparator'
const orderBytes = 8

const userKey = (internal: Buffer): Buffer => {
  if (internal.length < orderBytes) throw new FormatBroken('a key is too short')
  return internal.subarray(0, internal.length - orderBytes)
}

const newTable = (cursor: ByteCursor): TableFact => ({
  level: cursor.varint(),
  number: cursor.varint(),
  sizeBytes: cursor.varint(),
  smallest: userKey(cursor.prefixed()),
  largest: userKey(cursor.prefixed()),
})

/** Tags as in LevelDB's version_edit.cc. */
const applyTag = (draft: Draft, tag: number, cursor: ByteCursor): void => {
  switch (tag) {
    case 1: {
      const name = cursor.prefixed().toString('latin1')
      if (name !== comparator) throw new FormatBroken(`unknown order of keys: ${name}`)
      return
    }
    case 2:
      draft.logNumber = cursor.varint()
      return
    case 3:
      draft.nextFile = cursor.varint()
      return
    case 4: // last sequence
    case 9: // previous log, unused since long
      cursor.varint()
      return
    case 5: // compaction pointer: level, key
      cursor.varint()
      cursor.prefixed()
      return
    case 6: {
      cursor.varint() // level
      draft.tables.delete(cursor.varint())
      return
    }
    case 7: {
      const table = newTable(cursor)
      draft.tables.set(table.number, table)
      return
    }
    default:
      throw new FormatBroken(`unknown tag ${tag}`)
  }
}

/**
 * An edit may delete a table on one level and add it on the next, and writes deletions first.
 * Throws `FormatBroken`.
 */
export const foldVersionEdits = (edits: ReadonlyArray<Buffer>): Version => {
  const draft: Draft = { tables: new Map(), logNumber: 0, nextFile: 0 }
  for (const edit of edits) {
    const cursor = new ByteCursor(edit)
    while (cursor.left > 0) applyTag(draft, cursor.varint(), cursor)
  }
  if (edits.length === 0) throw new FormatBroken('it holds nothing')
  return draft
}
