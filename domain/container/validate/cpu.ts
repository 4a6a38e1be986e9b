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
