/** Which cgroup files say what: the limits of a container as writes, for v1 and v2 (cgroups(7)). */
import { cfsPeriodMicros, quotaMicros } from '../../domain/container/validate/cpu.ts'
import type { LiveLimits } from '../../domain/container/limits.ts'

export type Controller = 'cpu' | 'cpuset' | 'memory' | 'pids'

export interface LimitWrite {
  readonly controller: Controller
  readonly file: string
  /** Empty: nothing is set, and the file keeps what it has. */
  readonly value: string
  /** What the kernel has where nothing is set. */
  readonly unset: string
}

const kernelShares = 1_024
const kernelWeight = 100

/** 2-262144 shares to a weight of 1-10000, as the OCI runtimes convert it. */
export const weightOf = (shares: number): number =>
  1 + Math.floor(((Math.min(Math.max(shares, 2), 262_144) - 2) * 9_999) / 262_142)

const set = (value: number): string => (value === 0 ? '' : String(value))

interface CpuTime {
  readonly quota: string
  readonly period: string
}

const cpuTime = (l: LiveLimits): CpuTime =>
  l.NanoCpus > 0
    ? { quota: String(quotaMicros(l.NanoCpus)), period: String(cfsPeriodMicros) }
    : { quota: l.CPUQuota < 0 ? '-1' : set(l.CPUQuota), period: set(l.CPUPeriod) }

const cpusets = (l: LiveLimits): ReadonlyArray<LimitWrite> => [
  { controller: 'cpuset', file: 'cpuset.cpus', value: l.CpusetCpus, unset: '' },
  { controller: 'cpuset', file: 'cpuset.mems', value: l.CpusetMems, unset: '' },
]

const pids = (l: LiveLimits): LimitWrite => ({
  controller: 'pids',
  file: 'pids.max',
  value: l.PidsLimit < 0 ? 'max' : set(l.PidsLimit),
  unset: 'max',
})

const cpuV1 = (l: LiveLimits): ReadonlyArray<LimitWrite> => {
  const { quota, period } = cpuTime(l)
  return [
    { controller: 'cpu', file: 'cpu.shares', value: set(l.CPUShares), unset: String(kernelShares) },
    { controller: 'cpu', file: 'cpu.cfs_period_us', value: period, unset: String(cfsPeriodMicros) },
    { controller: 'cpu', file: 'cpu.cfs_quota_us', value: quota, unset: '-1' },
  ]
}

const memoryV1 = (l: LiveLimits): ReadonlyArray<LimitWrite> => [
  {
    controller: 'memory',
    file: 'memory.limit_in_bytes',
    value: set(l.Memory),
    unset: '-1',
  },
  {
    controller: 'memory',
    file: 'memory.memsw.limit_in_bytes',
    value: set(l.MemorySwap),
    unset: '-1',
  },
  {
    controller: 'memory',
    file: 'memory.soft_limit_in_bytes',
    value: set(l.MemoryReservation),
    unset: '-1',
  },
]

const cpuV2 = (l: LiveLimits): ReadonlyArray<LimitWrite> => {
  const { quota, period } = cpuTime(l)
  const most = quota === '' || quota === '-1' ? 'max' : quota
  return [
    {
      controller: 'cpu',
      file: 'cpu.weight',
      value: l.CPUShares === 0 ? '' : String(weightOf(l.CPUShares)),
      unset: String(kernelWeight),
    },
    {
      controller: 'cpu',
      file: 'cpu.max',
      value: quota === '' && period === '' ? '' : `${most} ${period || cfsPeriodMicros}`,
      unset: `max ${cfsPeriodMicros}`,
    },
  ]
}

/** Swap alone: v2 does not count the memory into it. */
const swapV2 = ({ Memory, MemorySwap }: LiveLimits): string => {
  if (MemorySwap === 0) return ''
  return MemorySwap < 0 ? 'max' : String(MemorySwap - Memory)
}

const memoryV2 = (l: LiveLimits): ReadonlyArray<LimitWrite> => [
  { controller: 'memory', file: 'memory.max', value: set(l.Memory), unset: 'max' },
  { controller: 'memory', file: 'memory.swap.max', value: swapV2(l), unset: 'max' },
  { controller: 'memory', file: 'memory.low', value: set(l.MemoryReservation), unset: '0' },
]

/** The same files in the same order for any limits. */
export const limitWrites = (
  limits: LiveLimits,
  versionOf: (controller: Controller) => 1 | 2,
): ReadonlyArray<LimitWrite> => [
  ...(versionOf('cpu') === 1 ? cpuV1(limits) : cpuV2(limits)),
  ...cpusets(limits),
  ...(versionOf('memory') === 1 ? memoryV1(limits) : memoryV2(limits)),
  pids(limits),
]
