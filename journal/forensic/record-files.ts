/** Which files of the database hold records, and their entries in the order of the records. */
import type { Head } from '../store/journal-store.ts'
import { baseKey, meaningOf } from '../store/keys.ts'
import { decodeBase } from '../store/stored-values.ts'
import type { DirectoryFiles } from './directory-files.ts'
import { logEntries, tableEntries, type FileEntries, type PlacedEntry } from './file-entries.ts'
import type { TableFact } from './manifest.ts'

export interface PlacedRecord {
  readonly seq: number
  readonly name: string
  readonly entry: PlacedEntry
}

/** Sequence of the first record in a table, told from its smallest key. */
const firstEvent = (table: TableFact): number => {
  const meaning = meaningOf(table.smallest)
  return meaning._tag === 'event' ? meaning.seq : Number.MAX_SAFE_INTEGER
}

const endsWithEvents = (table: TableFact): boolean => meaningOf(table.largest)._tag === 'event'

const lastEvent = (table: TableFact): number => {
  const meaning = meaningOf(table.largest)
  return meaning._tag === 'event' ? meaning.seq : Number.MAX_SAFE_INTEGER
}

const holdsRequestsAlone = ({ smallest, largest }: TableFact): boolean =>
  meaningOf(smallest)._tag === 'request' && meaningOf(largest)._tag === 'request'

const mayHold = ({ smallest, largest }: TableFact, key: Buffer): boolean =>
  Buffer.compare(smallest, key) <= 0 && Buffer.compare(key, largest) <= 0

/** Files are read once; those that are looked at twice are kept until the second time. */
export class RecordFiles {
  readonly #directory: string
  readonly #files: DirectoryFiles
  readonly #kept = new Map<number, FileEntries>()
  readonly #logs: ReadonlyArray<FileEntries>
  /** The newest record that was dropped; undefined while none was. */
  readonly base: Head | undefined
  /** The entry of the base, where it cannot be read. */
  readonly badBase: { readonly name: string; readonly offset: number } | undefined

  constructor(directory: string, files: DirectoryFiles) {
    this.#directory = directory
    this.#files = files
    this.#logs = logEntries(directory, files.logs)
    const found = this.#newestBase()
    const value = found?.entry.value
    this.base = value === undefined ? undefined : decodeBase(value)
    this.badBase =
      found !== undefined && this.base === undefined
        ? { name: found.name, offset: found.entry.offset }
        : undefined
  }

  get logs(): ReadonlyArray<FileEntries> {
    return this.#logs
  }

  /**
   * Tables to be read where the walk begins with the table that holds record `anchored` (0: with
   * the first). `from`: the first record of the walk; older ones lie below what is checked.
   */
  plan(anchored: number): { readonly tables: ReadonlyArray<TableFact>; readonly from: number } {
    const { tables } = this.#files
    const begins = tables.map(firstEvent).filter((seq) => seq <= anchored)
    const from = Math.max(0, ...begins, (this.base?.seq ?? 0) + 1)
    const wanted =
      anchored === 0
        ? tables
        : tables.filter(
            (t) => !holdsRequestsAlone(t) && !(endsWithEvents(t) && lastEvent(t) < from),
          )
    return { tables: wanted, from }
  }

  table(fact: TableFact): FileEntries {
    const kept = this.#kept.get(fact.number)
    this.#kept.delete(fact.number)
    return kept ?? tableEntries(this.#directory, fact)
  }

  #newestBase(): { readonly name: string; readonly entry: PlacedEntry } | undefined {
    const tables = this.#files.tables.filter((table) => mayHold(table, baseKey))
    for (const fact of tables) this.#kept.set(fact.number, tableEntries(this.#directory, fact))
    return [...this.#kept.values(), ...this.#logs]
      .flatMap(({ name, entries }) =>
        entries.filter(({ key }) => key.equals(baseKey)).map((entry) => ({ name, entry })),
      )
      .sort((a, b) => a.entry.order - b.entry.order)
      .at(-1)
  }
}

interface Cursor {
  readonly records: ReadonlyArray<PlacedRecord>
  next: number
}

const seqOf = ({ records, next }: Cursor): number => records[next]?.seq ?? Infinity

const leastOf = (cursors: ReadonlyArray<Cursor>): Cursor | undefined => {
  let least: Cursor | undefined
  for (const cursor of cursors)
    if (least === undefined || seqOf(cursor) < seqOf(least)) least = cursor
  return least
}

/**
 * Records of all tables, by number; deletions and records of the past lie in tables that overlap.
 * A table is opened when its first record may be next; `open` gives what is wanted of it.
 */
export function* mergedTables(
  tables: ReadonlyArray<TableFact>,
  from: number,
  open: (table: TableFact) => ReadonlyArray<PlacedRecord>,
): Generator<PlacedRecord> {
  const waiting = tables
    .map((table) => ({ table, first: Math.max(firstEvent(table), from) }))
    .sort((a, b) => b.first - a.first || b.table.number - a.table.number)
  let active: ReadonlyArray<Cursor> = []
  for (;;) {
    const least = leastOf(active)
    const next = waiting.at(-1)
    if (next !== undefined && (least === undefined || next.first <= seqOf(least))) {
      waiting.pop()
      const records = open(next.table)
      if (records.length > 0) active = [...active, { records, next: 0 }]
      continue
    }
    if (least === undefined) return
    const record = least.records[least.next]
    if (record !== undefined) yield record
    least.next += 1
    if (least.next >= least.records.length) active = active.filter((cursor) => cursor !== least)
  }
}
