/** Proves which processes a launch made, from its files and the process table (M-04, R-23). */
import { statSync } from 'node:fs'
import type { ProcessIdentity } from '../../domain/identity.ts'
import { commandLine, listPids, type ProcessStat } from '../kernel/proc.ts'
import { errnoOf } from '../errors/errno.ts'
import {
  isInCgroup,
  proveIdentity,
  readIfPresent,
  startedWallMs,
} from '../observe/process-table.ts'
import type { LaunchFiles } from './monitor-files.ts'
import { servedBundle } from './monitor-command.ts'
import type { LaunchRecord } from './launch-record.ts'

/** Two ticks of the start time, and the clocks' distance. */
const startSlackMs = 50

/** The number in a pid file; undefined while it is absent or empty. */
export const readPid = (path: string): number | undefined => {
  const text = readIfPresent(path)?.trim() ?? ''
  return /^[1-9][0-9]*$/.test(text) ? Number(text) : undefined
}

const writtenMs = (path: string): number => {
  try {
    return statSync(path).mtimeMs
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0
    throw error
  }
}

/** The pid file of conmon appears only after its fork, so the process table is asked last. */
export const proveMonitor = (
  files: LaunchFiles,
  candidates: () => ReadonlyArray<number> = listPids,
): ProcessIdentity | undefined => {
  const serves = (row: ProcessStat): boolean =>
    servedBundle(commandLine(row.pid) ?? []) === files.bundle
  const told = readPid(files.monitorPidFile)
  if (told !== undefined) return proveIdentity(told, serves)
  for (const pid of candidates()) {
    const proved = proveIdentity(pid, serves)
    if (proved !== undefined) return proved
  }
  return undefined
}

/**
 * The process behind the pid file is ours if it is in the container's cgroup and is a child of the
 * proven monitor, or was there already when the runtime wrote the file.
 */
const proveLaunched = (
  files: LaunchFiles,
  cgroupPath: string,
  monitor: ProcessIdentity | undefined,
): ProcessIdentity | undefined => {
  const pid = readPid(files.pidFile)
  if (pid === undefined) return undefined
  return proveIdentity(pid, (row) => {
    if (!isInCgroup(row.pid, cgroupPath)) return false
    if (monitor !== undefined && row.parentPid === monitor.pid) return true
    return startedWallMs(row) <= writtenMs(files.pidFile) + startSlackMs
  })
}

/** `candidates`: pids that may be monitors, where the caller has looked already. */
export const proveLaunch = (
  files: LaunchFiles,
  cgroupPath: string,
  candidates?: () => ReadonlyArray<number>,
): LaunchRecord => {
  const monitor = proveMonitor(files, candidates)
  const init = proveLaunched(files, cgroupPath, monitor)
  return { ...(init && { init }), ...(monitor && { monitor }) }
}
