/** Stats: one sample of each container, straight from its cgroup (CLI-STATS-01, spec 22). */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { statusWord, type Container } from '../../../domain/container/state.ts'
import type { UsageSample } from '../../cgroups/usage-sampler.ts'
import { failure, success, type Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import { Container_info, type StatsRequest, type StatsResponse } from '../wire/containers.ts'
import { findContainer } from './find-container.ts'
import { isShownRunning } from './shown-state.ts'

const named = (
  front: Front,
  names: ReadonlyArray<string>,
): Either<string, ReadonlyArray<Container>> =>
  E.traverseArray((name: string) => findContainer(front.engine.world, name))(names)

/** By name those that were named; else the running ones, or all. */
const chosen = (
  front: Front,
  { containers, all }: StatsRequest,
): Either<string, ReadonlyArray<Container>> => {
  if (containers.length > 0) return E.map(distinct)(named(front, containers))
  const every = [...front.engine.world.containers.values()]
  return E.right(all ? every : every.filter(isShownRunning))
}

/** A container that was named twice is shown once. */
const distinct = (containers: ReadonlyArray<Container>): ReadonlyArray<Container> => [
  ...new Set(containers),
]

/** What no process can be charged with while none runs. */
const idle = (c: Container): Container_info =>
  Container_info.fromPartial({ id: c.id, name: c.name, status: statusWord(c) })

/** Without a limit of its own, or with one beyond it, the host's memory is the limit. */
const memoryOf = ({ usage, hostMemory }: UsageSample): Partial<Container_info> => {
  const limit = Math.min(usage.memoryLimit, hostMemory)
  const workingSet = Math.max(0, usage.memory - usage.inactiveFile)
  return {
    mem_used: usage.memory,
    mem_limit: String(limit),
    kmem_used: usage.kernelMemory,
    kmem_limit: String(Math.min(usage.kernelMemoryLimit, hostMemory)),
    cache: usage.cache,
    cache_total: usage.cache,
    inactive_file_total: usage.inactiveFile,
    workingset_bytes: workingSet,
    avaliable_bytes: Math.max(0, limit - workingSet),
    rss_bytes: usage.anonymous,
    page_faults: usage.pageFaults,
    major_page_faults: usage.majorPageFaults,
  }
}

export const infoOf = (container: Container, sample: UsageSample): Container_info => {
  const { usage } = sample
  return Container_info.fromPartial({
    ...idle(container),
    pids_current: usage.pids,
    cpu_use_nanos: String(usage.cpuNanos),
    cpu_use_user: String(usage.cpuUserNanos),
    cpu_use_kernel: String(usage.cpuKernelNanos),
    cpu_system_use: String(sample.systemNanos),
    online_cpus: sample.onlineCpus,
    blkio_read: usage.blockRead,
    blkio_write: usage.blockWritten,
    ...memoryOf(sample),
  })
}

export const stats =
  (front: Front): UnaryWork<StatsRequest, StatsResponse> =>
  async (request) => {
    const containers = chosen(front, request)
    if (E.isLeft(containers)) return { ...failure(containers.left), containers: [] }
    return {
      ...success,
      containers: containers.right.map((container) =>
        container.phase._tag === 'Running'
          ? infoOf(container, front.queries.usage(container.cgroupPath))
          : idle(container),
      ),
    }
  }
