/** A journal's files as they are, read once: the ground from which crash states are made. */
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { decoding } from '../forensic/byte-cursor.ts'
import { anchorName } from '../forensic/anchor-file.ts'
import { bytesOf, journalFolder, logName, readDirectory } from '../forensic/directory-files.ts'
import { readLog } from '../forensic/log-reader.ts'
import { decodeWriteBatch } from '../forensic/write-batch.ts'
import { archiveFolder } from '../retention/archive-name.ts'
import { meaningOf } from '../store/keys.ts'
import type { Content, Layout } from './layout.ts'
import type { SequenceRange } from './power-loss-report.ts'

/** One write of LevelDB: all of it is there after a crash, or nothing. */
export interface LogWrite {
  /** Path below the root. */
  readonly path: string
  readonly from: number
  readonly to: number
  /** Journal records in it; undefined where it holds none (a snapshot, the count of openings). */
  readonly records: SequenceRange | undefined
}

export interface JournalImage {
  readonly layout: Layout
  /** Live logs that hold something, oldest first. */
  readonly logs: ReadonlyArray<string>
  /** All writes in them, oldest first. */
  readonly writes: ReadonlyArray<LogWrite>
  readonly sizeBytes: number
}

const wanted = /^([0-9]+\.(log|ldb)|MANIFEST-[0-9]+|CURRENT)$/

const isLinked = (path: string): boolean =>
  path.endsWith('.ldb') || basename(dirname(path)) === archiveFolder

/** Tables and archives never change: one copy serves all states. `LOCK` is opened by nobody. */
const contentOf = (from: string, kept: string): Content | undefined => {
  if (!isLinked(from)) {
    const bytes = bytesOf(from)
    return typeof bytes === 'string' ? undefined : bytes
  }
  copyFileSync(from, kept)
  return { linkTo: kept }
}

const rangeOf = (bytes: Buffer): SequenceRange | undefined => {
  const decoded = decoding(() => decodeWriteBatch(bytes))
  if ('broken' in decoded) return undefined
  const seqs = decoded.value.entries.flatMap(({ key }) => {
    const meaning = meaningOf(key)
    return meaning._tag === 'event' ? [meaning.seq] : []
  })
  const [from, to] = [seqs[0], seqs.at(-1)]
  return from === undefined || to === undefined ? undefined : { from, to }
}

const writesIn = (path: string, data: Buffer): ReadonlyArray<LogWrite> => {
  const { records, anomaly } = readLog(data)
  const end = anomaly?.offset ?? data.length
  return records.map(({ offset, bytes }, i) => ({
    path,
    from: offset,
    to: records[i + 1]?.offset ?? end,
    records: rangeOf(bytes),
  }))
}

/** Tables are copied to `tables`, which exists and is empty. Nothing is written below `root`. */
export const readImage = (root: string, tables: string): JournalImage => {
  const directory = join(root, journalFolder)
  const files = new Map<string, Content>()
  let sizeBytes = 0
  const take = (path: string): void => {
    const content = contentOf(join(root, path), join(tables, path.replaceAll('/', '+')))
    if (content === undefined) return
    files.set(path, content)
    if (!('linkTo' in content)) sizeBytes += content.length
  }
  for (const name of readdirSync(directory)) if (wanted.test(name)) take(join(journalFolder, name))
  for (const name of [anchorName, 'FORMAT']) take(name)
  const archives = existsSync(join(root, archiveFolder)) ? [archiveFolder] : []
  for (const folder of archives)
    for (const name of readdirSync(join(root, folder))) take(join(folder, name))
  const dataOf = (path: string): Buffer => {
    const content = files.get(path)
    return content === undefined || 'linkTo' in content ? Buffer.alloc(0) : content
  }
  const logs = readDirectory(directory)
    .logs.map((number) => join(journalFolder, logName(number)))
    .filter((path) => dataOf(path).length > 0)
  return {
    layout: { directories: [journalFolder, ...archives], files },
    logs,
    writes: logs.flatMap((path) => writesIn(path, dataOf(path))),
    sizeBytes,
  }
}

/** The layout with other bytes in some files; undefined takes a file away. */
export const changed = (
  { directories, files }: Layout,
  changes: ReadonlyMap<string, Buffer | undefined>,
): Layout => {
  const result = new Map(files)
  for (const [path, content] of changes)
    if (content === undefined) result.delete(path)
    else result.set(path, content)
  return { directories, files: result }
}

/** An empty folder for the tables below `scratch`. */
export const tableFolder = (scratch: string): string => {
  const folder = join(scratch, 'tables')
  mkdirSync(folder)
  return folder
}
