/** The archives of a journal as one readable, verified history before the journal itself. */
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { sameHash } from '../record/hash-chain.ts'
import type { StoredRecord } from '../store/journal-store.ts'
import { JournalDamaged } from '../store/store-errors.ts'
import type { ArchiveFiles } from './archive-files.ts'
import { archiveContent, type ArchiveContent } from './archive-format.ts'
import { archiveName, rangeOfName, type RecordRange } from './archive-name.ts'

const inflate = promisify(gunzip)
const deflate = promisify(gzip)

/** Records between two breaths: a few milliseconds of work. */
const sliceRecords = 1_000

export const packed = (text: Buffer): Promise<Buffer> => deflate(text)

export const sha256Of = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')

const damaged = (range: RecordRange, detail: string): JournalDamaged =>
  new JournalDamaged(range.from, `archive ${archiveName(range)}: ${detail}`)

const unpacked = async (range: RecordRange, bytes: Uint8Array): Promise<Buffer> => {
  try {
    return await inflate(bytes)
  } catch (error) {
    throw damaged(range, error instanceof Error ? error.message : String(error))
  }
}

export class Archives {
  readonly #files: Pick<ArchiveFiles, 'list' | 'read'>

  constructor(files: Pick<ArchiveFiles, 'list' | 'read'>) {
    this.#files = files
  }

  /** Oldest first. Files without an archive's name, half written ones among them, do not count. */
  async ranges(): Promise<ReadonlyArray<RecordRange>> {
    const ranges = (await this.#files.list()).flatMap((name) => rangeOfName(name) ?? [])
    return [...ranges].sort((a, b) => a.from - b.from || a.to - b.to)
  }

  /** Rejects with `JournalDamaged` where header, trailer or a checksum is wrong. */
  async load(range: RecordRange): Promise<ArchiveContent> {
    const bytes = await this.#files.read(archiveName(range))
    const content = archiveContent(await unpacked(range, bytes))
    if (E.isLeft(content)) throw damaged(range, content.left)
    const { from, to } = content.right.start
    if (from !== range.from || to !== range.to) throw damaged(range, `it holds ${from} to ${to}`)
    return content.right
  }

  /** The oldest archive that holds a record up to `seq`; undefined: there is none. */
  async oldest(seq: number): Promise<ArchiveContent | undefined> {
    const range = (await this.ranges()).find(({ from }) => from <= seq)
    return range === undefined ? undefined : this.load(range)
  }

  /**
   * Records `from` … `to`, from the oldest that is kept on. Rejects with `JournalDamaged` at a
   * gap, and where one archive does not continue the one before.
   */
  async *read(from: number, to: number): AsyncGenerator<StoredRecord> {
    const ranges = (await this.ranges()).filter((range) => range.from <= to)
    let next = from
    let last: StoredRecord | undefined
    for (const range of ranges) {
      if (range.to < next) continue
      if (range.from > next && range !== ranges[0]) break
      for await (const record of this.#continuing(range, last)) {
        if (record.seq > to) return
        if (record.seq < next) continue
        yield record
        next = record.seq + 1
        last = record
      }
    }
    if (ranges.length > 0 && next <= to)
      throw new JournalDamaged(next, 'no archive holds it, but older ones do')
  }

  async *#continuing(
    range: RecordRange,
    last: StoredRecord | undefined,
  ): AsyncGenerator<StoredRecord> {
    const { start, records } = await this.load(range)
    if (last?.seq === range.from - 1 && !sameHash(last.hash, start.previous))
      throw damaged(range, 'it does not continue the archive before it')
    for (const record of records()) {
      yield record
      if (record.seq % sliceRecords === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
