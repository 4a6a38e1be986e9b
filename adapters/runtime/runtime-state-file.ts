/** A container's status from the runtime's own files and its init, without calling the runtime. */
import { existsSync } from 'node:fs'
import type { RuntimeStatus } from '../../domain/ports/process-ports.ts'
import { hasEnded, readStat } from '../kernel/proc.ts'
import { readIfPresent } from '../observe/process-table.ts'

/** Both runtimes write this file last, when the container can be started. */
export const stateFiles = ['state.json', 'status'] as const

const numberOf = (text: string, member: string): number | undefined => {
  const digits = new RegExp(`"${member}"\\s*:\\s*(\\d+)`).exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** runc: `state.json`; crun: `status`. Start times are ticks of proc_pid_stat(5) in both. */
const initLives = (text: string): boolean => {
  const pid = numberOf(text, 'init_process_pid') ?? numberOf(text, 'pid')
  const start = numberOf(text, 'init_process_start') ?? numberOf(text, 'process-start-time')
  const stat = pid === undefined || pid === 0 ? undefined : readStat(pid)
  return stat !== undefined && !hasEnded(stat) && stat.startTicks === start
}

/** `directory`: the runtime's own of that container; a created one still has its `exec.fifo`. */
export const statusFromFiles = (directory: string, frozen: boolean): RuntimeStatus => {
  const text = stateFiles
    .map((file) => readIfPresent(`${directory}/${file}`))
    .find((found) => found !== undefined)
  if (text === undefined) return existsSync(directory) ? 'creating' : 'absent'
  if (!initLives(text)) return 'stopped'
  if (frozen) return 'paused'
  return existsSync(`${directory}/exec.fifo`) ? 'created' : 'running'
}
