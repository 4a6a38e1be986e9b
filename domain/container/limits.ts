/** The limits of a container that its cgroup takes while it runs: what `update` can change. */
import * as t from 'io-ts'
import { Integer } from '../integer.ts'
import { RestartPolicy, type HostConfig } from './config.ts'

/** As in the host configuration: 0 and '' mean "not set". */
const members = {
  CPUShares: Integer,
  NanoCpus: Integer,
  CPUPeriod: Integer,
  CPUQuota: Integer,
  CpusetCpus: t.string,
  CpusetMems: t.string,
  Memory: Integer,
  MemorySwap: Integer,
  MemoryReservation: Integer,
  PidsLimit: Integer,
}

export const LiveLimits = t.strict(members, 'LiveLimits')
export type LiveLimits = t.TypeOf<typeof LiveLimits>

/** What a client wants changed: what is absent stays as it is. */
export const UpdateChange = t.strict(
  { limits: t.exact(t.partial(members)), restart: t.union([RestartPolicy, t.null]) },
  'UpdateChange',
)
export type UpdateChange = t.TypeOf<typeof UpdateChange>

export const liveLimits = (host: HostConfig): LiveLimits => ({
  CPUShares: host.CPUShares,
  NanoCpus: host.NanoCpus,
  CPUPeriod: host.CPUPeriod,
  CPUQuota: host.CPUQuota,
  CpusetCpus: host.CpusetCpus,
  CpusetMems: host.CpusetMems,
  Memory: host.Memory,
  MemorySwap: host.MemorySwap,
  MemoryReservation: host.MemoryReservation,
  PidsLimit: host.PidsLimit,
})

const names = Object.keys(members) as ReadonlyArray<keyof LiveLimits>

export const sameLimits = (a: LiveLimits, b: LiveLimits): boolean =>
  names.every((name) => a[name] === b[name])
