/** What the processes of an engine hold in memory, found by the directory that they name. */
import { readdirSync, readFileSync } from 'node:fs'
import { errnoOf } from '../../../journal/forensic/directory-files.ts'

export interface Memory {
  /** MiB of the daemons, resident. */
  readonly daemonRss: number
  readonly monitors: number
  /** MiB of all monitors together, resident, and with shared pages counted once. */
  readonly monitorRss: number
  readonly monitorPss: number
}

/** A process may end while it is looked at. */
const readOf = (pid: string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH') return ''
    throw error
  }
}

const mibOf = (pid: string, key: string): number => {
  const line = readOf(pid, 'smaps_rollup')
    .split('\n')
    .find((l) => l.startsWith(`${key}:`))
  return Number(/\d+/.exec(line ?? '')?.[0] ?? 0) / 1024
}

const isMonitor = (command: string): boolean => /^\S*(conmon|containerd-shim)/.test(command)

export const memoryOf = (directory: string): Memory => {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((pid) => ({ pid, command: readOf(pid, 'cmdline').replaceAll('\0', ' ') }))
    .filter(({ command }) => command.includes(directory))
  const sum = (pids: ReadonlyArray<{ readonly pid: string }>, key: string): number =>
    pids.reduce((mib, { pid }) => mib + mibOf(pid, key), 0)
  const monitors = found.filter(({ command }) => isMonitor(command))
  return {
    daemonRss: sum(
      found.filter(({ command }) => !isMonitor(command)),
      'Rss',
    ),
    monitors: monitors.length,
    monitorRss: sum(monitors, 'Rss'),
    monitorPss: sum(monitors, 'Pss'),
  }
}
