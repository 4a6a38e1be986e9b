/** Ends every process of a cgroup, also against forks, freezes and slow deaths. */
import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { notApplied } from '../../domain/ports/answer.ts'
import type { ProcessPort } from '../../domain/ports/process-ports.ts'
import { readStat } from '../kernel/proc.ts'
import { isInCgroup, isLive, proveIdentity } from '../observe/process-table.ts'
import { EffectFailure } from '../errors/effect-failure.ts'
import { processesIn } from './cgroup-tree.ts'
import { freeze, thawIfPresent } from './freezer.ts'
import { cgroupDirectories, type CgroupHost } from './hierarchies.ts'

export interface Killing {
  readonly host: CgroupHost
  readonly process: ProcessPort
}

const sigkill = 9
const killTimeoutMs = 5_000
const pollMs = 5
/** Rounds without a freeze; a cgroup that still forks after them is frozen for each round. */
const gentleRounds = 3

const live = async (trees: ReadonlyArray<string>): Promise<ReadonlyArray<number>> =>
  (await processesIn(trees)).filter((pid) => {
    const row = readStat(pid)
    return row !== undefined && isLive(row)
  })

const signalEach = async (k: Killing, path: string, pids: ReadonlyArray<number>): Promise<void> => {
  for (const pid of pids) {
    const identity = proveIdentity(pid, () => isInCgroup(pid, path))
    if (identity === undefined) continue
    const answer = await k.process.signal(identity, sigkill)()
    if (answer._tag === 'Right') continue
    if (answer.left._tag === 'NotApplied' && answer.left.errno === 'ESRCH') continue
    throw new EffectFailure(answer.left)
  }
}

const killRound = async (k: Killing, path: string, trees: ReadonlyArray<string>): Promise<void> => {
  const switches = trees.map((tree) => `${tree}/cgroup.kill`).filter((file) => existsSync(file))
  for (const file of switches) writeFileSync(file, '1')
  await signalEach(k, path, await live(trees))
  thawIfPresent(k.host, path)
}

/** SIGKILL to all; answers when none is left that is alive. `EBUSY` names one that will not die. */
export const killAll = async (k: Killing, path: string): Promise<void> => {
  const trees = cgroupDirectories(k.host, path)
  const until = performance.now() + killTimeoutMs
  for (let round = 0; (await live(trees)).length > 0; round++) {
    if (performance.now() > until) {
      const [pid] = await live(trees)
      const state = pid === undefined ? '' : (readStat(pid)?.state ?? '')
      throw new EffectFailure(
        notApplied('EBUSY', `process ${pid ?? ''} (state ${state}) survives SIGKILL in ${path}`),
      )
    }
    if (round >= gentleRounds) await freeze(k.host, path)
    await killRound(k, path, trees)
    await sleep(pollMs)
  }
}
