/** One opening of the simulated database: LevelDB's files and the order in which it syncs them. */
import {
  currentPath,
  folder,
  logPath,
  manifestPath,
  tablePath,
  type Content,
  type PlacedTable,
} from './content.ts'
import type { SimulatedDisk, SimulatedFile } from './disk.ts'
import {
  encodeLogRecord,
  encodeTable,
  encodeVersion,
  encodeWriteBatch,
  type NumberedPut,
  type Put,
} from './level-encoding.ts'

interface Batch {
  readonly puts: ReadonlyArray<NumberedPut>
  /** Length of the log before the batch. */
  readonly at: number
  readonly hasNewLog: boolean
}

/** As many as LevelDB lets lie on level 0 before it slows down writers. */
const mostTables = 8

const byKey = (a: NumberedPut, b: NumberedPut): number => Buffer.compare(a.key, b.key)

export class SimulatedDatabase {
  readonly #disk: SimulatedDisk
  readonly #content: Content
  readonly #writeBufferBytes: number
  #log: SimulatedFile
  readonly #manifest: SimulatedFile
  #batch: Batch | undefined

  /**
   * As LevelDB opens: what the logs hold becomes a table, then a new log, MANIFEST and CURRENT,
   * then obsolete files go; the directory's own sync is the journal's addition (journal.md A3).
   */
  constructor(disk: SimulatedDisk, content: Content, writeBufferBytes: number) {
    this.#disk = disk
    this.#content = content
    this.#writeBufferBytes = writeBufferBytes
    if (!disk.has(folder)) disk.create(folder, true)
    const old = disk.names(folder)
    this.#writeTable()
    this.#mergeTables()
    const log = this.#number()
    this.#log = disk.create(logPath(log))
    const manifest = this.#number()
    this.#manifest = disk.create(manifestPath(manifest))
    this.#writeVersion(log)
    this.#setCurrent(manifest)
    this.#removeObsolete(old)
    disk.syncDirectory(folder)
    disk.syncDirectory('')
  }

  /** Writes a batch, not yet durable. Throws `DiskError`, `PowerLost`. */
  begin(puts: ReadonlyArray<Put>): void {
    const hasNewLog = this.#log.length > this.#writeBufferBytes
    if (hasNewLog) this.#rotate()
    const order = this.#content.lastOrder + 1
    const at = this.#log.length
    this.#batch = { puts: puts.map((put, i) => ({ ...put, order: order + i })), at, hasNewLog }
    this.#disk.write(this.#log, encodeLogRecord(at, encodeWriteBatch(order, puts)))
  }

  /** Makes the batch durable and visible. */
  finish(): void {
    this.#disk.sync(this.#log)
    if (this.#batch?.hasNewLog === true) this.#disk.syncDirectory(folder)
    this.keep()
  }

  /** The process died after its write, before its sync: the kernel has the bytes. */
  keep(): void {
    for (const put of this.#batch?.puts ?? []) this.#content.logged(put)
    this.#batch = undefined
  }

  /** The process died before its write. */
  undo(): void {
    if (this.#batch !== undefined) this.#log.length = this.#batch.at
    this.#batch = undefined
  }

  #number(): number {
    this.#content.nextFile += 1
    return this.#content.nextFile - 1
  }

  #writeFile(path: string, bytes: Buffer): void {
    const file = this.#disk.create(path)
    this.#disk.write(file, bytes)
    this.#disk.sync(file)
  }

  #writeTable(): void {
    const table = this.#tableOf([...this.#content.pending.values()])
    if (table !== undefined) this.#content.tables.push(table)
    this.#content.pending.clear()
  }

  /** At an opening only: LevelDB compacts in the background, this database when it is at rest. */
  #mergeTables(): void {
    if (this.#content.tables.length < mostTables) return
    const newest = new Map<string, NumberedPut>()
    const puts = this.#content.tables.flatMap((table) => table.puts)
    for (const put of puts.sort((a, b) => a.order - b.order))
      newest.set(put.key.toString('latin1'), put)
    const merged = this.#tableOf([...newest.values()])
    this.#content.tables = merged === undefined ? [] : [merged]
  }

  #tableOf(unsorted: ReadonlyArray<NumberedPut>): PlacedTable | undefined {
    const puts = [...unsorted].sort(byKey)
    const [first, last] = [puts[0], puts.at(-1)]
    if (first === undefined || last === undefined) return undefined
    const number = this.#number()
    const bytes = encodeTable(puts)
    this.#writeFile(tablePath(number), bytes)
    const lastOrder = puts.reduce((n, put) => Math.max(n, put.order), 0)
    const range = { smallest: first.key, largest: last.key, sizeBytes: bytes.length }
    return { ...range, number, level: 0, lastOrder, puts }
  }

  /** LevelDB syncs the directory before a MANIFEST, so that it names nothing that may vanish. */
  #writeVersion(logNumber: number, tables = this.#content.tables): void {
    const { nextFile, lastOrder } = this.#content
    const edit = encodeVersion({ logNumber, nextFile, lastOrder, tables })
    this.#disk.write(this.#manifest, encodeLogRecord(this.#manifest.length, edit))
    this.#disk.syncDirectory(folder)
    this.#disk.sync(this.#manifest)
  }

  #setCurrent(manifest: number): void {
    const staged = `${folder}/${String(this.#number()).padStart(6, '0')}.dbtmp`
    const name = manifestPath(manifest).slice(folder.length + 1)
    this.#writeFile(staged, Buffer.from(`${name}\n`))
    this.#disk.rename(staged, currentPath)
  }

  #removeObsolete(old: ReadonlyArray<string>): void {
    const live = new Set(this.#content.tables.map(({ number }) => tablePath(number)))
    for (const name of old) {
      const path = `${folder}/${name}`
      if (path !== currentPath && !live.has(path)) this.#disk.unlink(path)
    }
  }

  #rotate(): void {
    const full = this.#log.path
    const number = this.#number()
    this.#log = this.#disk.create(logPath(number))
    const before = this.#content.tables.length
    this.#writeTable()
    this.#writeVersion(number, this.#content.tables.slice(before))
    this.#disk.unlink(full)
  }
}
