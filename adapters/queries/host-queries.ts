/** Questions to the host that need no effect: read at once, journalled never. */
import type { Either } from 'fp-ts/lib/Either.js'
import { processesIn } from '../cgroups/cgroup-tree.ts'
import { cgroupDirectories, type CgroupHost } from '../cgroups/hierarchies.ts'
import { usageSampler, type UsageSampler } from '../cgroups/usage-sampler.ts'
import { listProcesses } from './list-processes.ts'

export interface HostQueries {
  readonly usage: UsageSampler
  /** Host pids in a cgroup and in those below it. */
  readonly pids: (cgroupPath: string) => Promise<ReadonlyArray<number>>
  /** What the host's `ps` prints for these options. Left: why not, in its own words. */
  readonly ps: (
    options: ReadonlyArray<string>,
    signal: AbortSignal,
  ) => Promise<Either<string, string>>
}

export const hostQueries = (host: CgroupHost): HostQueries => ({
  usage: usageSampler({ host }),
  pids: (path) => processesIn(cgroupDirectories(host, path)),
  ps: listProcesses,
})
