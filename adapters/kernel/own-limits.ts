/** What this process may do: capability sets and resource limits, proc(5). */
import { readFileSync } from 'node:fs'

export type CapabilitySet = 'CapInh' | 'CapPrm' | 'CapEff' | 'CapBnd' | 'CapAmb'

/** Bit n is capability number n (capability.h). */
export const parseCapabilities = (status: string, set: CapabilitySet): bigint | undefined => {
  const hex = new RegExp(`^${set}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1]
  return hex === undefined ? undefined : BigInt(`0x${hex}`)
}

/** CAP_LAST_CAP of the running kernel. */
export const lastCapability = (): number =>
  Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'))

export interface ResourceLimit {
  readonly soft: bigint | 'unlimited'
  readonly hard: bigint | 'unlimited'
}

/** The kernel's row titles in /proc/<pid>/limits, by the names of setrlimit(2). */
const titles: Readonly<Record<string, string>> = {
  RLIMIT_CPU: 'Max cpu time',
  RLIMIT_FSIZE: 'Max file size',
  RLIMIT_DATA: 'Max data size',
  RLIMIT_STACK: 'Max stack size',
  RLIMIT_CORE: 'Max core file size',
  RLIMIT_RSS: 'Max resident set',
  RLIMIT_NPROC: 'Max processes',
  RLIMIT_NOFILE: 'Max open files',
  RLIMIT_MEMLOCK: 'Max locked memory',
  RLIMIT_AS: 'Max address space',
  RLIMIT_LOCKS: 'Max file locks',
  RLIMIT_SIGPENDING: 'Max pending signals',
  RLIMIT_MSGQUEUE: 'Max msgqueue size',
  RLIMIT_NICE: 'Max nice priority',
  RLIMIT_RTPRIO: 'Max realtime priority',
  RLIMIT_RTTIME: 'Max realtime timeout',
}

const amount = (text: string): bigint | 'unlimited' =>
  text === 'unlimited' ? 'unlimited' : BigInt(text)

/** Limits by name (`RLIMIT_NOFILE`), in the kernel's units. */
export const parseLimits = (text: string): ReadonlyMap<string, ResourceLimit> => {
  const limits = new Map<string, ResourceLimit>()
  for (const [name, title] of Object.entries(titles)) {
    const row = new RegExp(`^${title}\\s+(unlimited|\\d+)\\s+(unlimited|\\d+)`, 'm').exec(text)
    const [, soft, hard] = row ?? []
    if (soft !== undefined && hard !== undefined) {
      limits.set(name, { soft: amount(soft), hard: amount(hard) })
    }
  }
  return limits
}
