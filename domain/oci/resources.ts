/** cgroup limits of a container from its host configuration. */
import type { HostConfig } from '../container/config.ts'
import { cfsPeriodMicros, quotaMicros } from '../container/validate/cpu.ts'
import { effectiveSwap } from '../container/validate/memory.ts'
import { deviceRules } from './devices.ts'
import type { HostFacts, MappedDevice } from './host-facts.ts'
import type { OciResources } from './spec.ts'

type Facts = Pick<HostFacts, 'swapLimit' | 'cgroupMode'>

/** The unified hierarchy has no swappiness of its own. */
const takesSwappiness = (host: HostConfig, { cgroupMode }: Facts): boolean =>
  host.MemorySwappiness >= 0 && cgroupMode !== 'v2'

const memory = (host: HostConfig, facts: Facts): OciResources['memory'] => {
  const members = {
    ...(host.Memory > 0 ? { limit: host.Memory } : {}),
    ...(host.Memory > 0 && facts.swapLimit ? { swap: effectiveSwap(host) } : {}),
    ...(host.MemoryReservation > 0 ? { reservation: host.MemoryReservation } : {}),
    ...(takesSwappiness(host, facts) ? { swappiness: host.MemorySwappiness } : {}),
  }
  return Object.keys(members).length === 0 ? undefined : members
}

const cpu = (host: HostConfig): OciResources['cpu'] => {
  const members = {
    ...(host.CPUShares > 0 ? { shares: host.CPUShares } : {}),
    ...(host.CPUQuota === 0 ? {} : { quota: host.CPUQuota }),
    ...(host.CPUPeriod > 0 ? { period: host.CPUPeriod } : {}),
    ...(host.NanoCpus > 0 ? { quota: quotaMicros(host.NanoCpus), period: cfsPeriodMicros } : {}),
    ...(host.CpusetCpus === '' ? {} : { cpus: host.CpusetCpus }),
    ...(host.CpusetMems === '' ? {} : { mems: host.CpusetMems }),
  }
  return Object.keys(members).length === 0 ? undefined : members
}

export interface BuiltResources {
  readonly resources: OciResources
  readonly warnings: ReadonlyArray<string>
}

/** 0 and '' mean: not set; nothing is written then, and the kernel's default holds (RES-VAL-03). */
export const buildResources = (
  host: HostConfig,
  facts: Facts,
  devices: ReadonlyArray<MappedDevice>,
): BuiltResources => {
  const memoryLimits = memory(host, facts)
  const cpuLimits = cpu(host)
  return {
    resources: {
      devices: deviceRules(host, devices),
      ...(memoryLimits === undefined ? {} : { memory: memoryLimits }),
      ...(cpuLimits === undefined ? {} : { cpu: cpuLimits }),
      ...(host.PidsLimit > 0 ? { pids: { limit: host.PidsLimit } } : {}),
    },
    warnings: [
      ...(host.Memory > 0 && !facts.swapLimit
        ? ['the kernel does not support swap limits: memory is limited without swap']
        : []),
      ...(host.MemorySwappiness >= 0 && facts.cgroupMode === 'v2'
        ? ['the unified cgroup hierarchy has no swappiness: that of the system holds']
        : []),
    ],
  }
}
