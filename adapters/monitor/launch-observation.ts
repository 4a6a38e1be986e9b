/** What a run directory and the process table say about one launch. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import type { ProcessIdentity } from '../../domain/identity.ts'
import { knownExit, type KnownExit } from '../../domain/ports/exit-record.ts'
import type { LaunchObservation } from '../../domain/ports/process-ports.ts'
import { oomKillCount } from '../cgroups/oom-count.ts'
import type { CgroupHost } from '../cgroups/hierarchies.ts'
import { isAlive } from '../kernel/proc.ts'
import { errnoOf } from '../errors/errno.ts'
import { proveLaunch } from './identity-proof.ts'
import { readLaunchRecord, writeLaunchRecord, type LaunchRecord } from './launch-record.ts'
import type { LaunchFiles } from './monitor-files.ts'

export interface ObservedPlace {
  readonly files: LaunchFiles
  readonly cgroupPath: string
  /** False for whoever only looks: nothing is written, the proof is made anew each time. */
  readonly keepsProof: boolean
  /** Given for a container's own launch: the kernel counts OOM kills also without a monitor. */
  readonly oomCountedBy?: CgroupHost
  /** Pids of all monitors, where one scan serves many observations. */
  readonly monitors?: ReadonlyArray<number>
}

const countedOom = ({ files, cgroupPath, oomCountedBy }: ObservedPlace): boolean =>
  oomCountedBy !== undefined &&
  existsSync(files.directory) &&
  oomKillCount(oomCountedBy, cgroupPath) > 0

/** conmon writes to another name and renames, so the file is whole or absent (host 2.1). */
export const readExit = (files: LaunchFiles): KnownExit | undefined => {
  try {
    const code = Number(readFileSync(files.exitFile, 'utf8').trim() || 'none')
    // conmon writes -1 where it could not tell: that is no code (I6).
    if (!Number.isInteger(code) || code < 0) return undefined
    return knownExit(code, statSync(files.exitFile).mtimeMs)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}

/** The daemon writes a proof down, because it cannot be made any more after that death. */
const recordedLaunch = (place: ObservedPlace): LaunchRecord => {
  const recorded = readLaunchRecord(place.files.record)
  if (recorded !== undefined) return recorded
  if (!existsSync(place.files.directory)) return {}
  const { monitors } = place
  const proved = proveLaunch(place.files, place.cgroupPath, monitors && (() => monitors))
  if (place.keepsProof && proved.init !== undefined) writeLaunchRecord(place.files.record, proved)
  return proved
}

const liveness = (identity: ProcessIdentity | undefined) =>
  identity && { identity, alive: isAlive(identity) }

/**
 * Liveness is read before the exit record: whoever is seen dead here had the chance to write it.
 */
export const observeLaunch = (place: ObservedPlace): LaunchObservation => {
  const record = recordedLaunch(place)
  const init = liveness(record.init)
  const monitor = liveness(record.monitor)
  const exit = readExit(place.files)
  const oomKilled = existsSync(place.files.oomFile) || countedOom(place)
  return {
    ...(init && { init }),
    ...(monitor && { monitor }),
    ...(exit && { exit }),
    oomKilled,
  }
}
