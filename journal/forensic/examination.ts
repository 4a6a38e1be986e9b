/** Reads a journal without LevelDB, opening nothing for writing, and says what is wrong. */
import { join } from 'node:path'
import type { Base, Head, StoredRecord } from '../store/journal-store.ts'
import { meaningOf } from '../store/keys.ts'
import { journalVersion, type JournalMeta } from '../store/stored-values.ts'
import { anchorFindings } from './anchor-check.ts'
import { readAnchor, type AnchorReading } from './anchor-file.ts'
import { ChainWalk } from './chain-walk.ts'
import {
  finding,
  journalFolder,
  numbersOf,
  readDirectory,
  type DirectoryFiles,
} from './directory-files.ts'
import { orphanEntries, type FileEntries } from './file-entries.ts'
import { isTolerable, type Finding } from './finding.ts'
import type { TableFact } from './manifest.ts'
import { mergedTables, RecordFiles, type PlacedRecord } from './record-files.ts'
import { SideEntries } from './side-entries.ts'

/** `whole` reads every byte; `tail` leaves tables out whose records all lie below the anchor. */
export type Depth = 'whole' | 'tail'

export interface Examined {
  /** No database was ever finished here. */
  readonly fresh: boolean
  /** Neither a table nor a record: damage to such a directory loses nothing. */
  readonly holdsNothing: boolean
  readonly records: number
  /** First record that was checked; undefined where there is none. */
  readonly checkedFrom: number | undefined
  readonly head: Head | undefined
  readonly meta: JournalMeta | undefined
  /** Undefined while no record was dropped for an archive. */
  readonly base: Base | undefined
  readonly anchor: AnchorReading
  readonly findings: ReadonlyArray<Finding>
}

/** One pass over one directory: `records()` is drained before `result()` is asked. */
export class Examination {
  readonly #directory: string
  readonly #files: DirectoryFiles
  readonly #anchor: AnchorReading
  readonly #depth: Depth
  readonly #walk: ChainWalk
  readonly #entries: RecordFiles
  readonly #side: SideEntries
  readonly #damage: Array<Finding> = []

  constructor(root: string, depth: Depth) {
    this.#directory = join(root, journalFolder)
    this.#files = readDirectory(this.#directory)
    this.#entries = new RecordFiles(this.#directory, this.#files)
    this.#side = new SideEntries(this.#entries.base)
    this.#anchor = readAnchor(root)
    // Without an anchor nothing is known to be sound.
    this.#depth = this.#anchored === 0 ? 'whole' : depth
    this.#walk = new ChainWalk(this.#anchored)
  }

  get #anchored(): number {
    return this.#anchor._tag === 'Anchor' ? this.#anchor.anchor.seq : 0
  }

  /** In sequence order, damaged records too: the caller checks what it relies on. */
  *records(): Generator<StoredRecord> {
    const { tables, from } = this.#entries.plan(this.#depth === 'tail' ? this.#anchored : 0)
    const open = (table: TableFact) => this.#recordsOf(this.#entries.table(table), from)
    for (const placed of mergedTables(tables, from, open)) yield* this.#walked(placed)
    for (const log of this.#entries.logs)
      for (const placed of this.#recordsOf(log, (this.#entries.base?.seq ?? 0) + 1))
        yield* this.#walked(placed)
  }

  result(): Examined {
    const { head, first, records } = this.#walk
    return {
      fresh: this.#files.fresh,
      holdsNothing: records === 0 && !this.#hadContent(),
      records,
      checkedFrom: first,
      head,
      meta: this.#side.meta(),
      base: this.#side.base(),
      anchor: this.#anchor,
      findings: this.#findings(),
    }
  }

  /** A log of which only the end is torn has held one batch at most. */
  #hadContent(): boolean {
    return (
      numbersOf(this.#files.names, 'ldb').length > 0 ||
      this.#damage.some((f) => f.file.endsWith('.log') && f.kind !== 'torn-tail')
    )
  }

  *#walked({ seq, name, entry }: PlacedRecord): Generator<StoredRecord> {
    const record = this.#walk.record(seq, { name, entry })
    if (record !== undefined) yield record
  }

  /** What was dropped for an archive may still be there, or as a deletion: both mean nothing. */
  #recordsOf(file: FileEntries, from: number): ReadonlyArray<PlacedRecord> {
    if (file.finding !== undefined) this.#damage.push(file.finding)
    const records: Array<PlacedRecord> = []
    for (const entry of file.entries) {
      const meaning = meaningOf(entry.key)
      if (meaning._tag !== 'event') this.#side.take(file.name, entry)
      else if (meaning.seq >= from) records.push({ seq: meaning.seq, name: file.name, entry })
    }
    return records
  }

  #findings(): ReadonlyArray<Finding> {
    const read = [
      ...this.#files.findings,
      ...this.#damage,
      ...this.#walk.findings,
      ...this.#side.findings,
    ]
    // Where files are damaged, entries are missing: what would follow from that says nothing more.
    const derived = read.some((f) => !isTolerable(f))
      ? []
      : [...this.#side.check(this.#walk), ...this.#start(), ...this.#orphans(read)]
    return [...read, ...derived, ...anchorFindings(this.#anchor, this.#reached(), read)]
  }

  #reached() {
    return {
      head: this.#walk.head,
      anchoredHash: this.#walk.watchedHash,
      nonce: this.#side.meta()?.nonce,
      base: this.#entries.base,
    }
  }

  #start(): ReadonlyArray<Finding> {
    const meta = this.#side.meta()
    const { base, badBase } = this.#entries
    if (badBase !== undefined) {
      const { name, offset } = badBase
      return [finding('wrong-index', name, { offset, detail: 'the base entry is unreadable' })]
    }
    const complaint =
      meta === undefined
        ? undefined
        : meta.version > journalVersion
          ? `journal version ${meta.version} is newer than this program`
          : this.#walk.checkStart(meta.nonce, base)
    const expected = (base?.seq ?? 0) + 1
    const begins = this.#walk.first ?? expected
    const missing =
      complaint === undefined && this.#depth === 'whole' && begins !== expected
        ? `the first record is ${begins}`
        : complaint
    return missing === undefined ? [] : [finding('bad-chain', 'CURRENT', { detail: missing })]
  }

  /**
   * A torn MANIFEST may have lost the edit that made a table part of the database. With a whole
   * one, a table beyond the head is what a recovery wrote of a log whose tail was never synced.
   */
  #orphans(read: ReadonlyArray<Finding>): ReadonlyArray<Finding> {
    if (!read.some((f) => f.file.startsWith(`${journalFolder}/MANIFEST`))) return []
    const live = new Set(this.#files.tables.map((table) => table.number))
    const head = this.#walk.head?.seq ?? 0
    return numbersOf(this.#files.names, 'ldb')
      .filter((number) => !live.has(number))
      .flatMap((number) => {
        const { name, entries } = orphanEntries(this.#directory, number)
        const beyond = entries.some((e) => {
          const meaning = meaningOf(e.key)
          return meaning._tag === 'event' && meaning.seq > head
        })
        const detail = `it holds records beyond ${head}, but the MANIFEST does not name it`
        return beyond ? [finding('bad-manifest', name, { detail })] : []
      })
  }
}

/** Drains an examination; the event loop gets its turn after each batch of records. */
export const examine = async (
  root: string,
  depth: Depth,
  listen: (record: StoredRecord) => void = () => undefined,
): Promise<Examined> => {
  const examination = new Examination(root, depth)
  let sinceTurn = 0
  for (const record of examination.records()) {
    listen(record)
    sinceTurn += 1
    if (sinceTurn % 5_000 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return examination.result()
}
