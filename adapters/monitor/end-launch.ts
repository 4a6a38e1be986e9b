/** Ends a monitor, its runtime call and everything below them: found by proof, never a bare pid. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProcessIdentity } from '../../domain/identity.ts'
import { notApplied } from '../../domain/ports/answer.ts'
import type { ProcessPort } from '../../domain/ports/process-ports.ts'
import { commandLine, readStat, type ProcessStat } from '../kernel/proc.ts'
import { liveProcesses, proveIdentity } from '../observe/process-table.ts'
import { servedBundle, servesDirectory } from './monitor-command.ts'
import { EffectFailure } from '../errors/effect-failure.ts'

export interface Ending {
  readonly process: ProcessPort
}

const sigkill = 9
const endTimeoutMs = 5_000
const pollMs = 4
/** A fork may slip past one scan; after two clean ones nobody is left who could fork. */
const cleanScans = 2

/** Marked processes by their command lines, and all their descendants. */
const members = (directory: string): ReadonlyArray<ProcessStat> => {
  const rows = liveProcesses()
  const marked = new Set(
    rows.filter((r) => servesDirectory(commandLine(r.pid) ?? [], directory)).map((r) => r.pid),
  )
  if (marked.size === 0) return []
  for (let grown = -1; grown !== marked.size;) {
    grown = marked.size
    for (const row of rows) if (marked.has(row.parentPid)) marked.add(row.pid)
  }
  return rows.filter((r) => marked.has(r.pid))
}

/** SIGKILL to that very process; one that is gone already is as good. */
export const killProven = async (e: Ending, identity: ProcessIdentity): Promise<void> => {
  const answer = await e.process.signal(identity, sigkill)()
  if (answer._tag === 'Right') return
  if (answer.left._tag === 'NotApplied' && answer.left.errno === 'ESRCH') return
  throw new EffectFailure(answer.left)
}

const kill = async (e: Ending, row: ProcessStat): Promise<void> => {
  const same = proveIdentity(row.pid, (now) => now.startTicks === row.startTicks)
  if (same !== undefined) await killProven(e, same)
}

/**
 * The monitor goes last: as a subreaper it inherits the orphans of a killed runtime, and so keeps
 * them findable (a bare `runc init` carries no mark of its own).
 */
const round = async (e: Ending, rows: ReadonlyArray<ProcessStat>): Promise<void> => {
  const isMonitor = (r: ProcessStat): boolean =>
    servedBundle(commandLine(r.pid) ?? []) !== undefined
  const below = rows.filter((r) => !isMonitor(r))
  for (const row of below.length > 0 ? below : rows) await kill(e, row)
}

/** SIGKILL to all processes of a launch; answers when none is alive. */
export const endLaunch = async (e: Ending, directory: string): Promise<void> => {
  const until = performance.now() + endTimeoutMs
  for (let clean = 0; clean < cleanScans;) {
    const rows = members(directory)
    if (rows.length === 0) {
      clean++
      if (clean < cleanScans) await sleep(pollMs)
      continue
    }
    clean = 0
    if (performance.now() > until) {
      const { pid } = rows[0] ?? { pid: 0 }
      const state = readStat(pid)?.state ?? ''
      const text = `process ${pid} (state ${state}) of ${directory} survives SIGKILL`
      throw new EffectFailure(notApplied('EBUSY', text))
    }
    await round(e, rows)
    await sleep(pollMs)
  }
}
