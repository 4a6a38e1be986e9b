/** How often the kernel's OOM killer struck in a cgroup. */
import { readIfPresent } from '../observe/process-table.ts'
import { controllerDirectory, type CgroupHost } from './hierarchies.ts'

/** `memory.oom_control` (v1) or `memory.events` (v2); 0 for an absent cgroup. */
export const oomKillCount = (host: CgroupHost, path: string): number => {
  const directory = controllerDirectory(host, 'memory', path)
  if (directory === undefined) return 0
  const file = host.mode === 'v2' ? 'memory.events' : 'memory.oom_control'
  const match = /^oom_kill (\d+)$/m.exec(readIfPresent(`${directory}/${file}`) ?? '')
  return match === null ? 0 : Number(match[1])
}
