/** Process facts from /proc: who a pid is, whether it lives, which pids there are. */
import { readdirSync, readFileSync } from 'node:fs'
import { bootId, type BootId, type ProcessIdentity } from '../../domain/identity.ts'

/** Absent files and a process that ends while being read both mean: gone. */
const isGone = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ENOENT' || error.code === 'ESRCH' || error.code === 'ENOTDIR')

/** The text of a /proc file, or undefined when the process is gone. */
export const readProc = (pid: number, name: string): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

export interface ProcessStat {
  readonly pid: number
  readonly command: string
  /** `R`, `S`, `D`, `Z`, `X`, … */
  readonly state: string
  readonly parentPid: number
  /** Threads that have not ended (field 20). */
  readonly threads: number
  /** Clock ticks since boot (field 22). */
  readonly startTicks: number
}

/** proc_pid_stat(5). The command may hold blanks and parentheses: it ends at the last `)`. */
export const parseStat = (text: string): ProcessStat | undefined => {
  const [open, close] = [text.indexOf('('), text.lastIndexOf(')')]
  if (open < 0 || close < open) return undefined
  const fields = text.slice(close + 2).split(' ')
  const [state, parent, threads, ticks] = [fields[0], fields[1], fields[17], fields[19]]
  if (state === undefined || parent === undefined || ticks === undefined) return undefined
  return {
    pid: Number(text.slice(0, open)),
    command: text.slice(open + 1, close),
    state,
    parentPid: Number(parent),
    threads: Number(threads),
    startTicks: Number(ticks),
  }
}

export const readStat = (pid: number): ProcessStat | undefined => {
  const text = readProc(pid, 'stat')
  return text === undefined ? undefined : parseStat(text)
}

/**
 * A zombie has ended, though PID 1 may be slow to reap it; but not one whose first thread alone has
 * ended (pthread_exit(3)): its other threads go on under the same pid.
 */
export const hasEnded = ({ state, threads }: ProcessStat): boolean =>
  state === 'X' || (state === 'Z' && threads <= 1)

let boot: BootId | undefined

/** This boot's id; it cannot change while we run. */
export const currentBoot = (): BootId =>
  (boot ??= bootId(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()))

/** The identity of a pid, or undefined when it is gone or has ended. */
export const identityOf = (pid: number): ProcessIdentity | undefined => {
  const stat = readStat(pid)
  if (stat === undefined || hasEnded(stat)) return undefined
  return { boot: currentBoot(), pid, startTicks: stat.startTicks }
}

/** Whether that very process lives: same boot, same start ticks, not ended (I5). */
export const isAlive = (identity: ProcessIdentity): boolean => {
  if (identity.boot !== currentBoot()) return false
  const stat = readStat(identity.pid)
  return stat !== undefined && stat.startTicks === identity.startTicks && !hasEnded(stat)
}

/** All pids of this pid namespace. */
export const listPids = (): ReadonlyArray<number> =>
  readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)

/** The arguments of a process; empty for a zombie or kernel thread, undefined when it is gone. */
export const commandLine = (pid: number): ReadonlyArray<string> | undefined => {
  const text = readProc(pid, 'cmdline')
  return text === undefined ? undefined : text.split('\0').slice(0, -1)
}
