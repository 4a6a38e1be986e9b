/** Proofs about processes: cgroups and start times of the very process that is meant (I5). */
import { readFileSync } from 'node:fs'
import type { ProcessIdentity } from '../../domain/identity.ts'
import { hasErrno } from '../errors/errno.ts'
import {
  currentBoot,
  hasEnded,
  listPids,
  readProc,
  readStat,
  type ProcessStat,
} from '../kernel/proc.ts'

/** USER_HZ: what the kernel reports to user space on every Linux architecture we run on. */
const ticksPerSecond = 100

/** The text of a file of a run directory or of cgroupfs, or undefined where it is gone. */
export const readIfPresent = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ESRCH', 'ENODEV', 'ENOTDIR')) return undefined
    throw error
  }
}

export const isLive = (process: ProcessStat): boolean => !hasEnded(process)

export const liveProcesses = (): ReadonlyArray<ProcessStat> =>
  listPids().flatMap((pid) => {
    const row = readStat(pid)
    return row === undefined || !isLive(row) ? [] : [row]
  })

/** The distinct cgroup paths of a process over all hierarchies, cgroups(7). */
export const readCgroupPaths = (pid: number): ReadonlySet<string> =>
  new Set(
    (readProc(pid, 'cgroup') ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(':').slice(2).join(':')),
  )

export const isInCgroup = (pid: number, cgroupPath: string): boolean =>
  [...readCgroupPaths(pid)].some((p) => p === cgroupPath || p.startsWith(`${cgroupPath}/`))

/**
 * The identity of the process behind `pid`, if `holds` is true of that very process: its start is
 * read before and after, so that a reused pid cannot borrow another one's proof.
 */
export const proveIdentity = (
  pid: number,
  holds: (process: ProcessStat) => boolean,
): ProcessIdentity | undefined => {
  const before = readStat(pid)
  if (before === undefined || !isLive(before) || !holds(before)) return undefined
  const after = readStat(pid)
  if (after?.startTicks !== before.startTicks) return undefined
  return { boot: currentBoot(), pid, startTicks: before.startTicks }
}

/** Wall clock time at which a process started, in ms; exact to one tick (10 ms). */
export const startedWallMs = (process: ProcessStat): number => {
  const uptimeSeconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0])
  return Date.now() - (uptimeSeconds - process.startTicks / ticksPerSecond) * 1000
}
