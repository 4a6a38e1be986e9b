/** The entries of one table or log, with the place of each and the first thing that is wrong. */
import { join } from 'node:path'
import { decoding } from './byte-cursor.ts'
import { bytesOf, finding, logName, tableName } from './directory-files.ts'
import type { Finding } from './finding.ts'
import { readLog, type LogReading, type LogRecord } from './log-reader.ts'
import type { TableFact } from './manifest.ts'
import { readTable } from './table-reader.ts'
import { decodeWriteBatch, type BatchEntry } from './write-batch.ts'

export interface PlacedEntry extends BatchEntry {
  readonly offset: number
}

export interface FileEntries {
  readonly name: string
  readonly entries: ReadonlyArray<PlacedEntry>
  readonly finding: Finding | undefined
}

const unread = (name: string, errno: string): FileEntries => ({
  name,
  entries: [],
  finding: finding(errno === 'ENOENT' ? 'missing-file' : 'unreadable', name, { detail: errno }),
})

export const tableEntries = (directory: string, fact: TableFact): FileEntries => {
  const name = tableName(fact.number)
  const data = bytesOf(join(directory, name))
  if (typeof data === 'string') return unread(name, data)
  const { entries, anomaly } = readTable(data)
  if (anomaly !== undefined) return { name, entries, finding: finding(anomaly.kind, name, anomaly) }
  const detail = `it has ${data.length} bytes, the MANIFEST says ${fact.sizeBytes}`
  return data.length === fact.sizeBytes
    ? { name, entries, finding: undefined }
    : { name, entries, finding: finding('bad-format', name, { detail }) }
}

/** A table that no MANIFEST names, as far as it can be read. */
export const orphanEntries = (directory: string, number: number): FileEntries => {
  const name = tableName(number)
  const data = bytesOf(join(directory, name))
  if (typeof data === 'string') return unread(name, data)
  return { name, entries: readTable(data).entries, finding: undefined }
}

/** LevelDB numbers all entries without a gap: a gap is a lost range, a step back a stale record. */
const orderFinding = (
  name: string,
  record: LogRecord,
  [found, expected]: readonly [number, number],
): Finding =>
  finding(found > expected ? 'hole' : 'duplicate', name, {
    offset: record.offset,
    sizeBytes: record.bytes.length,
    detail: `a batch has number ${found} where ${expected} follows`,
  })

interface Decoded {
  readonly entries: ReadonlyArray<PlacedEntry>
  readonly finding: Finding | undefined
  readonly next: number | undefined
}

const decodedRecords = (
  name: string,
  records: ReadonlyArray<LogRecord>,
  start: number | undefined,
): Decoded => {
  const entries: Array<PlacedEntry> = []
  let next = start
  for (const record of records) {
    const decoded = decoding(() => decodeWriteBatch(record.bytes))
    if ('broken' in decoded) {
      const { offset } = record
      const place = { offset, sizeBytes: record.bytes.length, detail: decoded.broken }
      return { entries, next, finding: finding('bad-format', name, place) }
    }
    const { order, count } = decoded.value
    if (next !== undefined && order !== next)
      return { entries, next, finding: orderFinding(name, record, [order, next]) }
    for (const entry of decoded.value.entries) entries.push({ ...entry, offset: record.offset })
    next = order + count
  }
  return { entries, next, finding: undefined }
}

const anomalyFinding = (
  name: string,
  reading: LogReading,
  rest: { readonly sizeBytes: number; readonly followed: boolean },
): Finding | undefined => {
  const { anomaly } = reading
  if (anomaly === undefined) return undefined
  const torn = anomaly.validAfter === undefined && !rest.followed
  const after = torn ? '' : '; valid records follow'
  return finding(torn ? 'torn-tail' : anomaly.kind, name, {
    offset: anomaly.offset,
    sizeBytes: (anomaly.validAfter ?? rest.sizeBytes) - anomaly.offset,
    detail: `${anomaly.detail} at offset ${anomaly.at}${after}`,
  })
}

/** All live logs, oldest first. Only the end of the last written one can be a torn tail. */
export const logEntries = (
  directory: string,
  numbers: ReadonlyArray<number>,
): ReadonlyArray<FileEntries> => {
  const files = numbers.map((number) => {
    const name = logName(number)
    const data = bytesOf(join(directory, name))
    return { name, data, reading: readLog(typeof data === 'string' ? Buffer.alloc(0) : data) }
  })
  let next: number | undefined
  return files.map(({ name, data, reading }, i) => {
    if (typeof data === 'string') return unread(name, data)
    const followed = files.slice(i + 1).some((later) => later.data.length > 0)
    const decoded = decodedRecords(name, reading.records, next)
    next = decoded.next
    const anomaly = anomalyFinding(name, reading, { sizeBytes: data.length, followed })
    return { name, entries: decoded.entries, finding: decoded.finding ?? anomaly }
  })
}
