/** What a journal's files hold, decoded once: the simulated store answers from it. */
import { readLog } from '../../journal/forensic/log-reader.ts'
import { foldVersionEdits, type TableFact, type Version } from '../../journal/forensic/manifest.ts'
import { readTable } from '../../journal/forensic/table-reader.ts'
import { decodeWriteBatch } from '../../journal/forensic/write-batch.ts'
import { decodeRecord } from '../../journal/record/hash-chain.ts'
import type { Snapshot, StoredRecord } from '../../journal/store/journal-store.ts'
import { meaningOf } from '../../journal/store/keys.ts'
import { decodeMeta, decodeNumber, decodeSnapshot } from '../../journal/store/stored-values.ts'
import type { SimulatedDisk } from './disk.ts'
import type { NumberedPut } from './level-encoding.ts'

export const folder = 'journal'
export const currentPath = `${folder}/CURRENT`

const numbered = (n: number): string => String(n).padStart(6, '0')
export const logPath = (n: number): string => `${folder}/${numbered(n)}.log`
export const tablePath = (n: number): string => `${folder}/${numbered(n)}.ldb`
export const manifestPath = (n: number): string => `${folder}/MANIFEST-${numbered(n)}`

export interface PlacedTable extends TableFact {
  readonly lastOrder: number
  readonly puts: ReadonlyArray<NumberedPut>
}

/** Mutable on purpose: the one decoded copy of what the disk holds. */
export class Content {
  readonly records: Array<StoredRecord> = []
  readonly streams = new Map<string, number>()
  readonly requests = new Map<string, number>()
  readonly snapshots = new Map<number, Snapshot>()
  tables: Array<PlacedTable> = []
  /** What only logs hold, by key: the next table. */
  readonly pending = new Map<string, NumberedPut>()
  epoch = 0
  lastOrder = 0
  nextFile = 1

  apply(put: NumberedPut): void {
    this.lastOrder = Math.max(this.lastOrder, put.order)
    const meaning = meaningOf(put.key)
    const { value } = put
    switch (meaning._tag) {
      case 'event': {
        const record = value === undefined ? undefined : decodeRecord(value)
        if (record !== undefined) this.records[meaning.seq - 1] = { seq: meaning.seq, ...record }
        return
      }
      case 'stream':
        return setNumber(this.streams, meaning.stream, value)
      case 'request':
        return setNumber(this.requests, meaning.requestId, value)
      case 'snapshot':
        return this.#setSnapshot(meaning.seq, value)
      case 'meta':
        this.epoch = (value === undefined ? undefined : decodeMeta(value))?.epoch ?? this.epoch
        return
      case 'base':
      case 'head':
      case 'strange':
        return
    }
  }

  logged(put: NumberedPut): void {
    this.pending.set(put.key.toString('latin1'), put)
    this.apply(put)
  }

  #setSnapshot(seq: number, value: Uint8Array | undefined): void {
    const snapshot = value === undefined ? undefined : decodeSnapshot(seq, value)
    if (snapshot === undefined) this.snapshots.delete(seq)
    else this.snapshots.set(seq, snapshot)
  }
}

const setNumber = (
  numbers: Map<string, number>,
  key: string,
  value: Uint8Array | undefined,
): void => {
  const n = value === undefined ? undefined : decodeNumber(value)
  if (n !== undefined) numbers.set(key, n)
}

const numberIn = (name: string): number => Number(/[0-9]{6,}/.exec(name)?.[0] ?? 0)

const versionOn = (disk: SimulatedDisk): Version | undefined => {
  const current = disk.read(currentPath)?.toString('latin1').trimEnd()
  const manifest = current === undefined ? undefined : disk.read(`${folder}/${current}`)
  if (manifest === undefined) return undefined
  return foldVersionEdits(readLog(manifest).records.map((r) => r.bytes))
}

const logsOn = (disk: SimulatedDisk, since: number): ReadonlyArray<string> =>
  disk.names(folder).filter((name) => name.endsWith('.log') && numberIn(name) >= since)

/** Reads files that an examination found sound, or of which it knows what it may lose. */
export const contentOf = (disk: SimulatedDisk): Content => {
  const content = new Content()
  content.nextFile = Math.max(0, ...disk.names(folder).map(numberIn)) + 1
  const version = versionOn(disk)
  if (version === undefined) return content
  const stored = [...version.tables.values()].flatMap((fact) => {
    const { entries } = readTable(disk.read(tablePath(fact.number)) ?? Buffer.alloc(0))
    const lastOrder = entries.reduce((n, e) => Math.max(n, e.order), 0)
    content.tables.push({ ...fact, lastOrder, puts: entries })
    return entries
  })
  for (const put of [...stored].sort((a, b) => a.order - b.order)) content.apply(put)
  for (const name of logsOn(disk, version.logNumber))
    for (const { bytes } of readLog(disk.read(`${folder}/${name}`) ?? Buffer.alloc(0)).records)
      for (const put of decodeWriteBatch(bytes).entries) content.logged(put)
  return content
}
