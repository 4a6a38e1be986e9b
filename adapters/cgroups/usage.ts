/** What a cgroup uses, read from its controllers' files: v1, hybrid and v2 (cgroups(7)). */
import { closeSync, openSync, readSync } from 'node:fs'
import { hasErrno } from '../errors/errno.ts'
import { controllerDirectory, type CgroupHost } from './hierarchies.ts'

export interface CgroupUsage {
  readonly cpuNanos: number
  readonly cpuUserNanos: number
  readonly cpuKernelNanos: number
  readonly pids: number
  /** Bytes from and to block devices, as also in all of the following members. */
  readonly blockRead: number
  readonly blockWritten: number
  readonly memory: number
  /** Infinity: no limit. */
  readonly memoryLimit: number
  readonly kernelMemory: number
  readonly kernelMemoryLimit: number
  readonly cache: number
  readonly anonymous: number
  readonly inactiveFile: number
  /** Counts. */
  readonly pageFaults: number
  readonly majorPageFaults: number
}

const buffer = Buffer.allocUnsafe(64 * 1024)

/** One read answers a whole cgroup file; a cgroup that is gone, or not there yet, has no text. */
const textOf = (path: string): string => {
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0))
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENODEV', 'ENOTDIR', 'EOPNOTSUPP')) return ''
    throw error
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

/** v1 writes "no limit" as the largest multiple of a page, v2 as `max`. */
const unlimitedBytes = 2 ** 62

const limitOf = (text: string): number => {
  const value = text.startsWith('max') || text === '' ? Infinity : Number(text)
  return value >= unlimitedBytes ? Infinity : value
}

/** `name value` lines by name. */
const fieldsOf = (text: string): ((name: string) => number) => {
  const lines = `\n${text}`
  return (name) => {
    const at = lines.indexOf(`\n${name} `)
    return at < 0 ? 0 : Number.parseInt(lines.slice(at + name.length + 2, at + name.length + 24))
  }
}

/** `MAJ:MIN Read N` lines (v1), summed over the devices. */
const sumOf = (text: string, word: string): number => {
  let sum = 0
  for (const match of text.matchAll(new RegExp(`^\\d+:\\d+ ${word} (\\d+)$`, 'gm')))
    sum += Number(match[1])
  return sum
}

/** `MAJ:MIN rbytes=N wbytes=N …` lines (v2), summed over the devices. */
const sumOfKey = (text: string, key: string): number => {
  let sum = 0
  for (const match of text.matchAll(new RegExp(`\\b${key}=(\\d+)`, 'g'))) sum += Number(match[1])
  return sum
}

const microsecond = 1_000

const unifiedUsage = (directory: string): CgroupUsage => {
  const cpu = fieldsOf(textOf(`${directory}/cpu.stat`))
  const memory = fieldsOf(textOf(`${directory}/memory.stat`))
  const io = textOf(`${directory}/io.stat`)
  return {
    cpuNanos: cpu('usage_usec') * microsecond,
    cpuUserNanos: cpu('user_usec') * microsecond,
    cpuKernelNanos: cpu('system_usec') * microsecond,
    pids: Number(textOf(`${directory}/pids.current`)),
    blockRead: sumOfKey(io, 'rbytes'),
    blockWritten: sumOfKey(io, 'wbytes'),
    memory: Number(textOf(`${directory}/memory.current`)),
    memoryLimit: limitOf(textOf(`${directory}/memory.max`)),
    kernelMemory: memory('kernel'),
    kernelMemoryLimit: Infinity,
    cache: memory('file'),
    anonymous: memory('anon'),
    inactiveFile: memory('inactive_file'),
    pageFaults: memory('pgfault'),
    majorPageFaults: memory('pgmajfault'),
  }
}

type ReadFile = (controller: string, file: string) => string

const memoryOfV1 = (read: ReadFile) => {
  const stat = fieldsOf(read('memory', 'memory.stat'))
  return {
    memory: Number(read('memory', 'memory.usage_in_bytes')),
    memoryLimit: limitOf(read('memory', 'memory.limit_in_bytes')),
    kernelMemory: Number(read('memory', 'memory.kmem.usage_in_bytes')),
    kernelMemoryLimit: limitOf(read('memory', 'memory.kmem.limit_in_bytes')),
    cache: stat('total_cache'),
    anonymous: stat('total_rss'),
    inactiveFile: stat('total_inactive_file'),
    pageFaults: stat('total_pgfault'),
    majorPageFaults: stat('total_pgmajfault'),
  }
}

const splitUsage = (read: ReadFile): CgroupUsage => {
  const bytes = read('blkio', 'blkio.throttle.io_service_bytes_recursive')
  return {
    cpuNanos: Number(read('cpuacct', 'cpuacct.usage')),
    cpuUserNanos: Number(read('cpuacct', 'cpuacct.usage_user')),
    cpuKernelNanos: Number(read('cpuacct', 'cpuacct.usage_sys')),
    pids: Number(read('pids', 'pids.current')),
    blockRead: sumOf(bytes, 'Read'),
    blockWritten: sumOf(bytes, 'Write'),
    ...memoryOfV1(read),
  }
}

/** Zeros for a cgroup that does not exist. `path`: below each hierarchy's mount. */
export const cgroupUsage = (host: CgroupHost, path: string): CgroupUsage => {
  const unified = host.mode === 'v2' ? host.hierarchies[0] : undefined
  if (unified !== undefined) return unifiedUsage(`${unified.mount}${path}`)
  return splitUsage((controller, file) => {
    const directory = controllerDirectory(host, controller, path)
    return directory === undefined ? '' : textOf(`${directory}/${file}`)
  })
}
