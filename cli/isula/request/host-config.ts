/** The hostconfig document of a create request (spec 22 sections 6 and 7). */
import { sequenceS } from 'fp-ts/lib/Apply.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { parseDevice, checkDeviceRule } from '../../../domain/container/validate/device.ts'
import {
  checkDnsOption,
  checkDnsSearch,
  checkDnsServer,
  checkExtraHost,
} from '../../../domain/container/validate/name-service.ts'
import { parseRestartPolicy } from '../../../domain/container/validate/restart-policy.ts'
import { parseSize } from '../../../domain/container/validate/size.ts'
import { parseSysctl } from '../../../domain/container/validate/sysctl.ts'
import { parseUlimit } from '../../../domain/container/validate/ulimits.ts'
import type { FlagValues } from '../grammar/values.ts'
import { member } from './member.ts'
import { mountDocument } from './mount-document.ts'
import { eachBuilt, maybeBuilt, spoken, type Built } from './refused.ts'
import { securityOption } from './security-options.ts'

/** `--cpus 0.5`: billionths of a CPU, computed in decimals so that no digit is lost. */
export const nanoCpus = (text: string): Built<number> => {
  const match = /^([0-9]{1,6})?(?:\.([0-9]{1,9}))?$/.exec(text)
  const [, whole = '', fraction = ''] = match ?? []
  return match === null || whole + fraction === ''
    ? E.left(`Invalid value '${text}' for flag '--cpus': a number such as 0.5 is needed`)
    : E.right(Number(whole + fraction.padEnd(9, '0')))
}

const size = (flag: string) => (text: string) => spoken(parseSize(`--${flag}`, text))

export const restartPolicy = (text: string): Built<Record<string, unknown>> =>
  pipe(
    spoken(parseRestartPolicy(text)),
    E.map((policy) => ({
      Name: policy.Name,
      ...member('MaximumRetryCount', policy.MaximumRetryCount),
    })),
  )

/** The whole flag is the key, as upstream's client writes it (spec 22 section 6). */
const tmpfs = (flags: ReadonlyArray<string>): Record<string, string> =>
  Object.fromEntries(flags.map((flag) => [flag, '']))

const checked = (flags: FlagValues) =>
  sequenceS(E.Apply)({
    mounts: eachBuilt(flags.list('mount'), mountDocument),
    restart: restartPolicy(flags.text('restart') ?? 'no'),
    memory: maybeBuilt(flags.text('memory'), size('memory')),
    reservation: maybeBuilt(flags.text('memory-reservation'), size('memory-reservation')),
    memorySwap: maybeBuilt(flags.text('memory-swap'), size('memory-swap')),
    cpus: maybeBuilt(flags.text('cpus'), nanoCpus),
    ulimits: eachBuilt(flags.list('ulimit'), (text) => spoken(parseUlimit(text))),
    shm: maybeBuilt(flags.text('shm-size'), size('shm-size')),
    sysctls: eachBuilt(flags.list('sysctl'), (text) => spoken(parseSysctl(text))),
    devices: eachBuilt(flags.list('device'), (text) => spoken(parseDevice(text))),
    rules: eachBuilt(flags.list('device-cgroup-rule'), (text) => spoken(checkDeviceRule(text))),
    hosts: eachBuilt(flags.list('add-host'), (text) => spoken(checkExtraHost(text))),
    dns: eachBuilt(flags.list('dns'), (text) => spoken(checkDnsServer(text))),
    dnsOptions: eachBuilt(flags.list('dns-opt'), (text) => spoken(checkDnsOption(text))),
    dnsSearch: eachBuilt(flags.list('dns-search'), (text) => spoken(checkDnsSearch(text))),
    security: eachBuilt(flags.list('security-opt'), securityOption),
  })

/** 0 says something here, -1 does not. */
const swappiness = (given: number | undefined): Record<string, unknown> =>
  given === undefined || given === -1 ? {} : { MemorySwappiness: given }

/** `autoRemove`: `run --rm`. The order of the members is upstream's. */
export const hostConfig = (flags: FlagValues, autoRemove: boolean): Built<string> =>
  pipe(
    checked(flags),
    E.map((built) =>
      JSON.stringify({
        ...member('VolumesFrom', flags.list('volumes-from')),
        ...member('Binds', flags.list('volume')),
        ...member('Mounts', built.mounts),
        ...member('NetworkMode', flags.text('net')),
        ...member('GroupAdd', flags.list('group-add')),
        ...member('IpcMode', flags.text('ipc')),
        ...member('PidMode', flags.text('pid')),
        ...member('Privileged', flags.bool('privileged')),
        ...member('ShmSize', built.shm),
        ...member('AutoRemove', autoRemove),
        ...member('AutoRemoveBak', autoRemove),
        ...member('ReadonlyRootfs', flags.bool('read-only')),
        ...member('Tmpfs', tmpfs(flags.list('tmpfs'))),
        ...member('UTSMode', flags.text('uts')),
        ...member('Sysctls', Object.fromEntries(built.sysctls)),
        RestartPolicy: built.restart,
        ...member('CapAdd', flags.list('cap-add')),
        ...member('CapDrop', flags.list('cap-drop')),
        ...member('Dns', built.dns),
        ...member('DnsOptions', built.dnsOptions),
        ...member('DnsSearch', built.dnsSearch),
        ...member('ExtraHosts', built.hosts),
        ...member('CPUShares', flags.int('cpu-shares')),
        ...member('Memory', built.memory),
        ...member('OomScoreAdj', flags.int('oom-score-adj')),
        ...member('NanoCpus', built.cpus),
        ...member('CPUPeriod', flags.int('cpu-period')),
        ...member('CPUQuota', flags.int('cpu-quota')),
        ...member('CpusetCpus', flags.text('cpuset-cpus')),
        ...member('CpusetMems', flags.text('cpuset-mems')),
        ...member('Devices', built.devices),
        ...member('DeviceCgroupRules', built.rules),
        ...member('SecurityOpt', built.security),
        ...member('MemorySwap', built.memorySwap),
        ...member('MemoryReservation', built.reservation),
        ...swappiness(flags.int('memory-swappiness')),
        ...member('PidsLimit', flags.int('pids-limit')),
        ...member('Ulimits', built.ulimits),
        ...member('EnvTargetFile', flags.text('env-target-file')),
        ...member('CgroupParent', flags.text('cgroup-parent')),
        ...member('NoPivotRoot', flags.bool('no-pivot')),
      }),
    ),
  )
