/** The tables of `stats` (CLI-STATS-02, spec 23 section 2). */
import type { Container_info } from '../../../adapters/rpc/wire/containers.ts'
import { patternedTable, type Row } from './table.ts'

type Sample = ReadonlyArray<Container_info>

const shortIdLength = 12
const kib = 1024
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** `56.00 KiB` */
export const binarySize = (bytes: number): string => {
  const power = bytes < kib ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / kib ** power).toFixed(2)} ${units[power] ?? ''}`
}

/** Of one cpu, so that two busy ones are 200: the container's share of all cpus' time. */
export const cpuPercent = (before: Container_info | undefined, now: Container_info): number => {
  if (before === undefined) return 0
  const used = Number(now.cpu_use_nanos) - Number(before.cpu_use_nanos)
  const passed = Number(now.cpu_system_use) - Number(before.cpu_system_use)
  return used > 0 && passed > 0 ? (used / passed) * now.online_cpus * 100 : 0
}

/** What could be given back at once is no use; a daemon that does not count it says 0. */
const workingSet = (c: Container_info): number =>
  c.workingset_bytes > 0 ? c.workingset_bytes : c.mem_used

const row = (now: Container_info, before: Container_info | undefined): Row => {
  const limit = Number(now.mem_limit)
  const used = workingSet(now)
  return [
    now.id.slice(0, shortIdLength),
    cpuPercent(before, now).toFixed(2),
    `${binarySize(used)} / ${binarySize(limit)}`,
    (limit > 0 ? (used / limit) * 100 : 0).toFixed(2),
    `${binarySize(now.blkio_read)} / ${binarySize(now.blkio_write)}`,
    String(now.pids_current),
  ]
}

const head: Row = ['CONTAINER', 'CPU %', 'MEM USAGE / LIMIT', 'MEM %', 'BLOCK I / O', 'PIDS']

const padded = (rows: ReadonlyArray<Row>): string => {
  const between = (rows[0] ?? []).slice(1).map(() => '   ')
  return patternedTable(rows, ['', ...between, ''])
}

/** The cpu's share is of the time since the sample before. */
export const usageTable = (before: Sample, now: Sample): string => {
  const known = new Map(before.map((c) => [c.id, c]))
  return padded([head, ...now.map((c) => row(c, known.get(c.id)))])
}

const originalHead: Row = [
  ...['ID', 'PIDS', 'Status', 'CpuUseNanos', 'CpuSystemUse', 'OnlineCpus', 'BlkioRead'],
  ...['BlkioWrite', 'MemUsed', 'MemLimit', 'KmemUsed', 'CacheUsage', 'NAME'],
]

const originalRow = (c: Container_info): Row =>
  [
    ...[c.id.slice(0, shortIdLength), c.pids_current, c.status, c.cpu_use_nanos],
    ...[c.cpu_system_use, c.online_cpus, c.blkio_read, c.blkio_write, c.mem_used],
    ...[c.mem_limit, c.kmem_used, c.cache, c.name],
  ].map(String)

/** `--original`: the daemon's figures. */
export const originalTable = (now: Sample): string =>
  padded([originalHead, ...now.map(originalRow)])

const clearScreen = '\u001b[H\u001b[2J'
const reverse = '\u001b[7m'
const plain = '\u001b[0m'

/** In place of what the screen showed before, with the header in reverse video. */
export const liveScreen = (table: string): string => {
  const end = table.indexOf('\n')
  return `${clearScreen}${reverse}${table.slice(0, end)}${plain}${table.slice(end)}`
}
