/** CPU limits at create: shares, `--cpus` and the cpu list (RES-CPU-*, RES-VAL-02). */
import * as E from 'fp-ts/lib/Either.js'
import { refuse, type Checked } from './refusal.ts'

/** CFS period that `--cpus` is expressed in, microseconds. */
export const cfsPeriodMicros = 100_000

/** The kernel refuses quotas below one millisecond, i.e. less than 0.01 of a cpu. */
const minimumNanoCpus = 10_000_000

export const quotaMicros = (nanoCpus: number): number =>
  Math.round((nanoCpus * cfsPeriodMicros) / 1_000_000_000)

export const checkShares = (shares: number): Checked<number> =>
  shares < 0
    ? refuse('HostConfig.CPUShares', `Invalid cpu shares ${shares}: want 0 or more`)
    : E.right(shares)

export const checkNanoCpus = (nanoCpus: number, cpuCount: number): Checked<number> =>
  nanoCpus === 0 || (nanoCpus >= minimumNanoCpus && nanoCpus <= cpuCount * 1_000_000_000)
    ? E.right(nanoCpus)
    : refuse(
        'HostConfig.NanoCpus',
        `Invalid number of cpus ${nanoCpus / 1_000_000_000}: range of CPUs is from 0.01 to ` +
          `${cpuCount}.00, as there are only ${cpuCount} CPUs available`,
      )

/** Microseconds that the kernel takes (sched-bwc): a period of 1 ms to 1 s, a quota from 1 ms. */
const minimumMicros = 1_000
const longestPeriodMicros = 1_000_000

export const checkPeriod = (periodMicros: number): Checked<number> =>
  periodMicros === 0 || (periodMicros >= minimumMicros && periodMicros <= longestPeriodMicros)
    ? E.right(periodMicros)
    : refuse(
        'HostConfig.CPUPeriod',
        `CPU cfs period ${periodMicros} can not be less than 1ms (i.e. ${minimumMicros}) ` +
          `or larger than 1s (i.e. ${longestPeriodMicros})`,
      )

export const checkQuota = (quotaMicros: number): Checked<number> =>
  quotaMicros <= 0 || quotaMicros >= minimumMicros
    ? E.right(quotaMicros)
    : refuse(
        'HostConfig.CPUQuota',
        `CPU cfs quota ${quotaMicros} can not be less than 1ms (i.e. ${minimumMicros})`,
      )

export interface CpuTime {
  readonly NanoCpus: number
  readonly CPUPeriod: number
  readonly CPUQuota: number
}

/** `--cpus` is a period and a quota: it stands alone. */
export const checkCpuTime = <A extends CpuTime>(times: A): Checked<A> => {
  if (times.NanoCpus === 0) return E.right(times)
  const both = (other: string) => `Conflicting options: Nano CPUs and ${other} cannot both be set`
  if (times.CPUPeriod !== 0) return refuse('HostConfig.CPUPeriod', both('CPU Period'))
  return times.CPUQuota === 0 ? E.right(times) : refuse('HostConfig.CPUQuota', both('CPU Quota'))
}

/** More than any kernel has: a larger number is no CPU at all. */
const maxCpuNumber = 65_535

/** Numbers of a list such as `0,2-3` (cpuset(7)); undefined where the syntax is broken. */
export const parseCpuList = (text: string): ReadonlyArray<number> | undefined => {
  const numbers = new Set<number>()
  for (const part of text.split(',')) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part)
    if (match === null) return undefined
    const first = Number(match[1])
    const last = match[2] === undefined ? first : Number(match[2])
    if (first > last || last > maxCpuNumber) return undefined
    for (let cpu = first; cpu <= last; cpu += 1) numbers.add(cpu)
  }
  return [...numbers].sort((a, b) => a - b)
}

/** Whether the host has the nodes is told by its kernel, at the start or the update. */
export const checkMemoryNodes = (list: string): Checked<string> =>
  list === '' || parseCpuList(list) !== undefined
    ? E.right(list)
    : refuse(
        'HostConfig.CpusetMems',
        `Invalid cpuset mems "${list}": want numbers and ranges such as 0-3 or 0,2-3`,
      )

/** Empty means: not set. */
export const checkCpuset = (list: string, hostCpus: ReadonlyArray<number>): Checked<string> => {
  if (list === '') return E.right(list)
  const cpus = parseCpuList(list)
  if (cpus === undefined)
    return refuse(
      'HostConfig.CpusetCpus',
      `Invalid cpuset cpus "${list}": want numbers and ranges such as 0-3 or 0,2-3`,
    )
  const missing = cpus.filter((cpu) => !hostCpus.includes(cpu))
  return missing.length === 0
    ? E.right(list)
    : refuse(
        'HostConfig.CpusetCpus',
        `Requested CPUs are not available - requested ${list}, available: ${hostCpus.join(',')}`,
      )
}
