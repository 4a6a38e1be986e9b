/** The damage kinds of the fault class K3 that files can suffer, and what a reader must say. */
import type { FindingKind } from '../../journal/forensic/finding.ts'
import { readLog, type LogRecord } from '../../journal/forensic/log-reader.ts'
import { readTable } from '../../journal/forensic/table-reader.ts'
import { meaningOf } from '../../journal/store/keys.ts'
import { currentPath, folder } from './content.ts'
import type { SimulatedDisk } from './disk.ts'
import type { Chance } from './power-models.ts'

export type DamageKind =
  | 'torn-tail'
  | 'bit-flip-in-log'
  | 'bit-flip-in-table'
  | 'bit-flip-in-manifest'
  | 'bit-flip-in-current'
  | 'lost-range'
  | 'duplicate-record'
  | 'stale-record'
  | 'missing-log'
  | 'missing-table'
  | 'missing-manifest'
  | 'missing-current'
  | 'rolled-back'

export const damageKinds: ReadonlyArray<DamageKind> = [
  'torn-tail',
  'bit-flip-in-log',
  'bit-flip-in-table',
  'bit-flip-in-manifest',
  'bit-flip-in-current',
  'lost-range',
  'duplicate-record',
  'stale-record',
  'missing-log',
  'missing-table',
  'missing-manifest',
  'missing-current',
  'rolled-back',
]

/** Where the damage is and how an examination must name it. */
export interface Damage {
  readonly kind: DamageKind
  /** The file that a finding must name. */
  readonly file: string
  /** Its offset lies in this range, both ends included. */
  readonly from: number
  readonly to: number
  /** One of these kinds must be found in that file. */
  readonly classes: ReadonlyArray<FindingKind>
}

const anywhere = { from: 0, to: Number.MAX_SAFE_INTEGER }

const named = (disk: SimulatedDisk, pattern: RegExp): ReadonlyArray<string> =>
  disk
    .names(folder)
    .filter((name) => pattern.test(name))
    .map((name) => `${folder}/${name}`)

const pickOne = <A>(choices: ReadonlyArray<A>, chance: Chance): A | undefined =>
  choices.length === 0 ? undefined : choices[chance.below(choices.length)]

const bytesAt = (disk: SimulatedDisk, path: string): Buffer =>
  Buffer.from(disk.read(path) ?? Buffer.alloc(0))

interface LogPlace {
  readonly path: string
  readonly data: Buffer
  readonly records: ReadonlyArray<LogRecord>
}

const currentLog = (disk: SimulatedDisk): LogPlace | undefined => {
  const path = named(disk, /\.log$/).at(-1)
  if (path === undefined) return undefined
  const data = bytesAt(disk, path)
  return { path, data, records: readLog(data).records }
}

/** From the record's first byte to the next record's, or to the end. */
const spanOf = ({ data, records }: LogPlace, i: number): readonly [from: number, to: number] => [
  records[i]?.offset ?? data.length,
  records[i + 1]?.offset ?? data.length,
]

const flip = (data: Buffer, at: number, chance: Chance): void => {
  data[at] = (data[at] ?? 0) ^ (1 << chance.below(8))
}

type Inflict = (disk: SimulatedDisk, chance: Chance) => Omit<Damage, 'kind'> | undefined

const flipInLog: Inflict = (disk, chance) => {
  const log = currentLog(disk)
  const i = log === undefined ? 0 : chance.below(log.records.length)
  if (log === undefined || log.records.length === 0) return undefined
  const [from, to] = spanOf(log, i)
  flip(log.data, from + chance.below(to - from), chance)
  disk.overwrite(log.path, log.data)
  const isLast = i === log.records.length - 1
  const classes: ReadonlyArray<FindingKind> = isLast ? ['torn-tail'] : ['bad-crc', 'bad-format']
  return { file: log.path, from, to: Math.max(from, to - 1), classes }
}

const flipInTable: Inflict = (disk, chance) => {
  const path = pickOne(named(disk, /\.ldb$/), chance)
  if (path === undefined) return undefined
  const data = bytesAt(disk, path)
  flip(data, chance.below(data.length), chance)
  disk.overwrite(path, data)
  return { file: path, ...anywhere, classes: ['bad-crc', 'bad-format', 'compressed'] }
}

const flipInManifest: Inflict = (disk, chance) => {
  const path = pickOne(named(disk, /^MANIFEST/), chance)
  if (path === undefined) return undefined
  const data = bytesAt(disk, path)
  flip(data, chance.below(data.length), chance)
  disk.overwrite(path, data)
  return { file: path, ...anywhere, classes: ['bad-manifest', 'torn-tail'] }
}

const flipInCurrent: Inflict = (disk, chance) => {
  const data = bytesAt(disk, currentPath)
  flip(data, chance.below(data.length), chance)
  disk.overwrite(currentPath, data)
  return { file: currentPath, from: 0, to: 0, classes: ['bad-current'] }
}

const tearTail: Inflict = (disk, chance) => {
  const log = currentLog(disk)
  if (log === undefined || log.records.length === 0) return undefined
  const [from, to] = spanOf(log, log.records.length - 1)
  const length = from + 1 + chance.below(to - from - 1)
  disk.overwrite(log.path, log.data.subarray(0, length))
  return { file: log.path, from, to: from, classes: ['torn-tail'] }
}

/** Within one block, where records can be moved without breaking the format. */
const movable = (log: LogPlace): number =>
  log.records.filter((r) => r.offset + r.bytes.length + 7 <= 32_768).length

const loseRange: Inflict = (disk, chance) => {
  const log = currentLog(disk)
  const n = log === undefined ? 0 : movable(log)
  if (log === undefined || n < 3) return undefined
  const i = 1 + chance.below(n - 2)
  const [[from], [, to]] = [spanOf(log, i), spanOf(log, i + chance.below(n - 1 - i))]
  const rest = log.data.subarray(to, 32_768)
  disk.overwrite(log.path, Buffer.concat([log.data.subarray(0, from), rest]))
  return { file: log.path, from, to: from, classes: ['hole'] }
}

const duplicate: Inflict = (disk, chance) => {
  const log = currentLog(disk)
  const n = log === undefined ? 0 : movable(log)
  if (log === undefined || n < 2) return undefined
  const [from, to] = spanOf(log, chance.below(n - 1))
  const until = log.data.subarray(0, to)
  const block = Buffer.concat([until, log.data.subarray(from, to)])
  if (block.length > 32_768) return undefined
  disk.overwrite(log.path, block)
  return { file: log.path, from: to, to, classes: ['duplicate'] }
}

/** An older record lies where a newer one was: an old sector was never overwritten. */
const makeStale: Inflict = (disk, chance) => {
  const log = currentLog(disk)
  const n = log === undefined ? 0 : movable(log)
  if (log === undefined || n < 3) return undefined
  const i = 1 + chance.below(n - 1)
  const [from] = spanOf(log, i)
  const [oldFrom, oldTo] = spanOf(log, chance.below(i))
  const block = [log.data.subarray(0, from), log.data.subarray(oldFrom, oldTo)]
  if (from + oldTo - oldFrom > 32_768) return undefined
  disk.overwrite(log.path, Buffer.concat(block))
  return { file: log.path, from, to: from, classes: ['duplicate'] }
}

const holdsEvents = (disk: SimulatedDisk, path: string): boolean => {
  const data = bytesAt(disk, path)
  return readTable(data).entries.some((entry) => meaningOf(entry.key)._tag === 'event')
}

const remove =
  (pattern: RegExp, classes: ReadonlyArray<FindingKind>, told?: string): Inflict =>
  (disk, chance) => {
    const path = pickOne(
      named(disk, pattern).filter((p) => !p.endsWith('.ldb') || holdsEvents(disk, p)),
      chance,
    )
    if (path === undefined) return undefined
    disk.overwrite(path, undefined)
    return { file: told ?? path, ...anywhere, classes }
  }

const inflictions: Readonly<Record<Exclude<DamageKind, 'rolled-back'>, Inflict>> = {
  'torn-tail': tearTail,
  'bit-flip-in-log': flipInLog,
  'bit-flip-in-table': flipInTable,
  'bit-flip-in-manifest': flipInManifest,
  'bit-flip-in-current': flipInCurrent,
  'lost-range': loseRange,
  'duplicate-record': duplicate,
  'stale-record': makeStale,
  'missing-log': remove(/\.log$/, ['rolled-back'], 'journal.head'),
  'missing-table': remove(/\.ldb$/, ['missing-file']),
  'missing-manifest': remove(/^MANIFEST/, ['bad-current'], currentPath),
  'missing-current': remove(/^CURRENT$/, ['bad-current']),
}

export type Backup = ReadonlyMap<string, Buffer>

/** A copy of the database directory, as a careless operator makes one; the anchor lies outside. */
export const backupOf = (disk: SimulatedDisk): Backup =>
  new Map(
    [...disk.files()]
      .filter(([path]) => path.startsWith(`${folder}/`))
      .map(([path, bytes]) => [path, Buffer.from(bytes)]),
  )

const rollBack = (disk: SimulatedDisk, backup: Backup): Omit<Damage, 'kind'> => {
  for (const path of disk.files().keys())
    if (path.startsWith(`${folder}/`)) disk.overwrite(path, undefined)
  for (const [path, bytes] of backup) disk.overwrite(path, bytes)
  return { file: 'journal.head', from: 0, to: 0, classes: ['rolled-back'] }
}

/**
 * Damages files between two handles; the journal must be told (`distrust`). Undefined: there is
 * nothing on the disk that can be damaged so. `backup`: an older state, for `rolled-back`.
 */
export const inflict = (
  kind: DamageKind,
  disk: SimulatedDisk,
  { chance, backup }: { readonly chance: Chance; readonly backup?: Backup | undefined },
): Damage | undefined => {
  const done =
    kind === 'rolled-back'
      ? backup === undefined
        ? undefined
        : rollBack(disk, backup)
      : inflictions[kind](disk, chance)
  return done === undefined ? undefined : { kind, ...done }
}
