/** Members of the host configuration that older records lack: names, devices, kernel, security. */
import * as t from 'io-ts'
import { defaulted } from '../defaulted.ts'
import { Integer } from '../integer.ts'

export const DeviceMapping = t.strict(
  {
    PathOnHost: t.string,
    PathInContainer: t.string,
    /** One to three letters of `rwm`. */
    CgroupPermissions: t.string,
  },
  'DeviceMapping',
)
export type DeviceMapping = t.TypeOf<typeof DeviceMapping>

const texts = (): t.Type<ReadonlyArray<string>> => defaulted(t.readonlyArray(t.string), [])

/** '', [], {} and 0 mean "not set" (RES-VAL-03). */
export const hostOptions = {
  /** Names or numbers, looked up at each start (CLI-USER-01). */
  GroupAdd: texts(),
  Dns: texts(),
  DnsOptions: texts(),
  DnsSearch: texts(),
  /** `<host>:<ip>`, as given. */
  ExtraHosts: texts(),
  Sysctls: defaulted(t.record(t.string, t.string), {}),
  Devices: defaulted(t.readonlyArray(DeviceMapping), []),
  /** `<a|b|c> <major>:<minor> <permissions>`, as given. */
  DeviceCgroupRules: texts(),
  /** `seccomp=unconfined`, `seccomp=<profile as JSON>`, `no-new-privileges`, `label=disable`. */
  SecurityOpt: texts(),
  /** Empty: a namespace of its own. `host`, or `container:<full id>`. */
  PidMode: defaulted(t.string, ''),
  IpcMode: defaulted(t.string, ''),
  UTSMode: defaulted(t.string, ''),
  /** 0 to 100; -1: the system's (CLI-CR-35). */
  MemorySwappiness: defaulted(Integer, -1),
  /** -1000 to 1000 (proc_pid_oom_score_adj(5)). */
  OomScoreAdj: defaulted(Integer, 0),
  /** Directory or block device of the host, used in place; empty: the image's layers. */
  ExternalRootfs: defaulted(t.string, ''),
  /** For system containers (SYS-ENVF-07). */
  EnvTargetFile: defaulted(t.string, ''),
  NoPivotRoot: defaulted(t.boolean, false),
}

type HostOptions = { readonly [K in keyof typeof hostOptions]: t.TypeOf<(typeof hostOptions)[K]> }

/** Nothing asked for. */
export const noHostOptions: HostOptions = {
  GroupAdd: [],
  Dns: [],
  DnsOptions: [],
  DnsSearch: [],
  ExtraHosts: [],
  Sysctls: {},
  Devices: [],
  DeviceCgroupRules: [],
  SecurityOpt: [],
  PidMode: '',
  IpcMode: '',
  UTSMode: '',
  MemorySwappiness: -1,
  OomScoreAdj: 0,
  ExternalRootfs: '',
  EnvTargetFile: '',
  NoPivotRoot: false,
}
