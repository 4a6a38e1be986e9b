/** One sampler for all who ask for statistics: work is done only while somebody asks. */
import { availableParallelism, totalmem } from 'node:os'
import type { CgroupHost } from './hierarchies.ts'
import { cgroupUsage, type CgroupUsage } from './usage.ts'

export interface UsageSample {
  readonly usage: CgroupUsage
  /** Time of all cpus together up to this sample, ns: what the cgroup's cpu time is a part of. */
  readonly systemNanos: number
  readonly onlineCpus: number
  /** Bytes of the host. */
  readonly hostMemory: number
}

export type UsageSampler = (cgroupPath: string) => UsageSample

/** A sample that is younger serves the next one who asks, too (ms). */
export const freshMs = 250

/** Beyond it old samples are dropped, so that removed containers leave nothing. */
const mostKept = 4_096

interface Kept {
  readonly sample: UsageSample
  readonly atMs: number
}

export interface SamplerParts {
  readonly host: CgroupHost
  /** A clock that never goes back, ms. */
  readonly nowMs?: () => number
  readonly read?: typeof cgroupUsage
}

export const usageSampler = (parts: SamplerParts): UsageSampler => {
  const { host, nowMs = () => performance.now(), read = cgroupUsage } = parts
  const kept = new Map<string, Kept>()
  const onlineCpus = availableParallelism()
  const hostMemory = totalmem()
  return (path) => {
    const known = kept.get(path)
    const atMs = nowMs()
    if (known !== undefined && atMs - known.atMs < freshMs) return known.sample
    const systemNanos = Math.round(atMs * 1e6 * onlineCpus)
    const sample = { usage: read(host, path), systemNanos, onlineCpus, hostMemory }
    if (kept.size >= mostKept) kept.clear()
    kept.set(path, { sample, atMs })
    return sample
  }
}
