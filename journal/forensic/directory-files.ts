/** Which files make up the database, told from CURRENT, MANIFEST and the directory, read only. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decoding } from './byte-cursor.ts'
import type { Finding } from './finding.ts'
import { readLog } from './log-reader.ts'
import { readTable } from './table-reader.ts'
import { foldVersionEdits, type TableFact, type Version } from './manifest.ts'

/** Name of the database directory below the daemon's root. */
export const journalFolder = 'journal'

export interface DirectoryFiles {
  readonly names: ReadonlyArray<string>
  /** No database was ever finished here: no CURRENT and nothing that would need one. */
  readonly fresh: boolean
  readonly tables: ReadonlyArray<TableFact>
  /** Numbers of live logs, oldest first. */
  readonly logs: ReadonlyArray<number>
  readonly findings: ReadonlyArray<Finding>
}

export const tableName = (number: number): string => `${String(number).padStart(6, '0')}.ldb`
export const logName = (number: number): string => `${String(number).padStart(6, '0')}.log`

export const errnoOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

/** The bytes of a file, or the kernel's name for why there are none. */
export const bytesOf = (path: string): Buffer | string => {
  try {
    return readFileSync(path)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === undefined) throw error
    return errno
  }
}

export const finding = (
  kind: Finding['kind'],
  name: string,
  rest: { readonly offset?: number; readonly sizeBytes?: number; readonly detail: string },
): Finding => ({
  kind,
  file: `${journalFolder}/${name}`,
  offset: rest.offset ?? 0,
  sizeBytes: rest.sizeBytes ?? 0,
  detail: rest.detail,
})

const listing = (directory: string): ReadonlyArray<string> => {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

interface Manifest {
  readonly version: Version | undefined
  readonly findings: ReadonlyArray<Finding>
}

/** A tail that nothing follows was never acted upon: LevelDB syncs an edit before it trusts it. */
const manifestOf = (directory: string, name: string): Manifest => {
  const data = bytesOf(join(directory, name))
  if (typeof data === 'string')
    return {
      version: undefined,
      findings: [finding('bad-current', 'CURRENT', { detail: `it names ${name}: ${data}` })],
    }
  const { records, anomaly } = readLog(data)
  const findings =
    anomaly === undefined
      ? []
      : [
          finding(anomaly.validAfter === undefined ? 'torn-tail' : 'bad-manifest', name, {
            offset: anomaly.offset,
            sizeBytes: (anomaly.validAfter ?? data.length) - anomaly.offset,
            detail: anomaly.detail,
          }),
        ]
  const folded = decoding(() => foldVersionEdits(records.map((r) => r.bytes)))
  if ('value' in folded) return { version: folded.value, findings }
  const broken = finding('bad-manifest', name, { detail: folded.broken })
  return { version: undefined, findings: [broken, ...findings] }
}

const numberOf = (name: string, suffix: string): number | undefined => {
  const match = /^([0-9]{6,15})\.(log|ldb)$/.exec(name)
  return match !== null && match[2] === suffix ? Number(match[1]) : undefined
}

export const numbersOf = (names: ReadonlyArray<string>, suffix: 'log' | 'ldb'): Array<number> =>
  names
    .map((name) => numberOf(name, suffix))
    .filter((n) => n !== undefined)
    .sort((a, b) => a - b)

/** What the MANIFEST would say about a table, told from the table. */
const factOf = (number: number, data: Buffer): TableFact | undefined => {
  const { entries } = readTable(data)
  const [first, last] = [entries[0], entries.at(-1)]
  return first === undefined || last === undefined
    ? undefined
    : { number, level: 0, sizeBytes: data.length, smallest: first.key, largest: last.key }
}

/** Without a MANIFEST every file counts, obsolete ones too: the chain tells what goes together. */
const salvaged = (
  directory: string,
  names: ReadonlyArray<string>,
): Pick<DirectoryFiles, 'fresh' | 'tables' | 'logs'> => ({
  fresh: false,
  tables: numbersOf(names, 'ldb').flatMap((number) => {
    const data = bytesOf(join(directory, tableName(number)))
    const fact = typeof data === 'string' ? undefined : factOf(number, data)
    return fact === undefined ? [] : [fact]
  }),
  logs: numbersOf(names, 'log'),
})

const withoutCurrent = (names: ReadonlyArray<string>, directory: string): DirectoryFiles => {
  const needing = names.filter(
    (name) =>
      name.endsWith('.ldb') || (name.endsWith('.log') && bytesOf(join(directory, name)).length > 0),
  )
  if (needing.length === 0) return { names, fresh: true, tables: [], logs: [], findings: [] }
  const detail = `it is missing, but there is ${needing.join(', ')}`
  const found = finding('bad-current', 'CURRENT', { detail })
  return { ...salvaged(directory, names), names, findings: [found] }
}

/** Tables that the MANIFEST names and the directory lacks are findings. */
export const readDirectory = (directory: string): DirectoryFiles => {
  const names = listing(directory)
  const current = bytesOf(join(directory, 'CURRENT'))
  if (current === 'ENOENT') return withoutCurrent(names, directory)
  const text = typeof current === 'string' ? current : current.toString('latin1')
  const match = typeof current === 'string' ? null : /^(MANIFEST-[0-9]{6,15})\n$/.exec(text)
  if (match?.[1] === undefined) {
    const detail = typeof current === 'string' ? current : 'it does not name a MANIFEST'
    const found = finding('bad-current', 'CURRENT', { detail })
    return { ...salvaged(directory, names), names, findings: [found] }
  }
  const { version, findings } = manifestOf(directory, match[1])
  if (version === undefined) return { ...salvaged(directory, names), names, findings }
  const tables = [...version.tables.values()]
  const missing = tables
    .filter((table) => !names.includes(tableName(table.number)))
    .map((table) =>
      finding('missing-file', tableName(table.number), { detail: 'the MANIFEST names this table' }),
    )
  return {
    names,
    fresh: false,
    tables,
    logs: numbersOf(names, 'log').filter((n) => n >= version.logNumber),
    findings: [...findings, ...missing],
  }
}
