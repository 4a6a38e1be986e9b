/** One pass over /proc: the monitors that serve us, and who is in which cgroup. */
import { commandLine, listPids, readStat } from '../kernel/proc.ts'
import { servedBundle } from '../monitor/monitor-command.ts'
import { isLive, readCgroupPaths } from './process-table.ts'

export interface ProcessScan {
  /** Bundle directory to the pid of the conmon that serves it. */
  readonly monitors: ReadonlyMap<string, number>
  /** Live pids by cgroup path, for paths below one of the parents. */
  readonly byCgroup: ReadonlyMap<string, ReadonlySet<number>>
}

const kthreadd = 2
/** After so many processes the event loop gets its turn. */
const slice = 128

export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const scanProcesses = async (
  state: string,
  parents: ReadonlyArray<string>,
): Promise<ProcessScan> => {
  const monitors = new Map<string, number>()
  const byCgroup = new Map<string, Set<number>>()
  const look = (pid: number): void => {
    const stat = readStat(pid)
    if (stat === undefined || !isLive(stat) || stat.parentPid === kthreadd) return
    const bundle = servedBundle(commandLine(pid) ?? [])
    if (bundle?.startsWith(`${state}/`) === true) monitors.set(bundle, pid)
    for (const path of readCgroupPaths(pid)) {
      if (!parents.some((parent) => path.startsWith(`${parent}/`))) continue
      const members = byCgroup.get(path) ?? new Set<number>()
      byCgroup.set(path, members.add(pid))
    }
  }
  for (const [i, pid] of listPids().entries()) {
    look(pid)
    if (i % slice === slice - 1) await breathe()
  }
  return { monitors, byCgroup }
}
