/** cgroup limits of a container from its host configuration. */
import type { HostConfig } from '../container/config.ts'
import { cfsPeriodMicros, quotaMicros } from '../container/validate/cpu.ts'
import { effectiveSwap } from '../container/validate/memory.ts'
import { defaultDeviceRules, privilegedDeviceRules } from './devices.ts'
import type { HostFacts } from './host-facts.ts'
import type { OciResources } from './spec.ts'

const memory = (host: HostConfig, swapLimit: boolean): OciResources['memory'] => {
  if (host.Memory === 0) return undefined
  return swapLimit ? { limit: host.Memory, swap: effectiveSwap(host) } : { limit: host.Memory }
}

const cpu = (host: HostConfig): OciResources['cpu'] => {
  const members = {
    ...(host.CPUShares > 0 ? { shares: host.CPUShares } : {}),
    ...(host.NanoCpus > 0 ? { quota: quotaMicros(host.NanoCpus), period: cfsPeriodMicros } : {}),
    ...(host.CpusetCpus === '' ? {} : { cpus: host.CpusetCpus }),
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
  { swapLimit }: Pick<HostFacts, 'swapLimit'>,
): BuiltResources => {
  const memoryLimits = memory(host, swapLimit)
  const cpuLimits = cpu(host)
  return {
    resources: {
      devices: host.Privileged ? privilegedDeviceRules : defaultDeviceRules,
      ...(memoryLimits === undefined ? {} : { memory: memoryLimits }),
      ...(cpuLimits === undefined ? {} : { cpu: cpuLimits }),
      ...(host.PidsLimit > 0 ? { pids: { limit: host.PidsLimit } } : {}),
    },
    warnings:
      host.Memory > 0 && !swapLimit
        ? ['the kernel does not support swap limits: memory is limited without swap']
        : [],
  }
}
