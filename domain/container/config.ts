/** A container's configuration: the upstream documents of spec 22 section 7 that we support. */
import * as t from 'io-ts'
import { defaulted } from '../defaulted.ts'
import { Integer } from '../integer.ts'
import { hostOptions } from './host-options.ts'

export const Ulimit = t.strict({ Name: t.string, Hard: t.number, Soft: t.number }, 'Ulimit')
export type Ulimit = t.TypeOf<typeof Ulimit>

export const RestartPolicyName = t.keyof({
  no: null,
  'on-failure': null,
  always: null,
  'unless-stopped': null,
  'on-reboot': null,
})
export type RestartPolicyName = t.TypeOf<typeof RestartPolicyName>

/** `MaximumRetryCount` 0 means no limit (spec 96, C.5). */
export const RestartPolicy = t.strict(
  { Name: RestartPolicyName, MaximumRetryCount: Integer },
  'RestartPolicy',
)
export type RestartPolicy = t.TypeOf<typeof RestartPolicy>

export const BindMount = t.strict(
  {
    Type: t.literal('bind'),
    Source: t.string,
    Target: t.string,
    Readonly: t.boolean,
    /** `private`, `rprivate`, `shared`, `rshared`, `slave`, `rslave`, or empty for rprivate. */
    Propagation: t.string,
  },
  'BindMount',
)
export type BindMount = t.TypeOf<typeof BindMount>

export const VolumeMount = t.strict(
  {
    Type: t.literal('volume'),
    /** Empty: an anonymous volume. */
    Source: t.string,
    Target: t.string,
    Readonly: t.boolean,
    /** A new volume stays empty, whatever the image has at the target. */
    NoCopy: t.boolean,
  },
  'VolumeMount',
)
export type VolumeMount = t.TypeOf<typeof VolumeMount>

export const TmpfsMount = t.strict(
  {
    Type: t.literal('tmpfs'),
    Target: t.string,
    /** As of `--tmpfs`, e.g. `size=1m,mode=1777`. */
    Options: t.string,
  },
  'TmpfsMount',
)
export type TmpfsMount = t.TypeOf<typeof TmpfsMount>

export const Mount = t.union([BindMount, VolumeMount, TmpfsMount], 'Mount')
export type Mount = t.TypeOf<typeof Mount>

/** Every member is present in a stored configuration; 0, '' and [] mean "not set" (RES-VAL-03). */
export const HostConfig = t.strict(
  {
    Binds: t.readonlyArray(t.string),
    Mounts: t.readonlyArray(Mount),
    /** `<container>[:ro|rw]`, as given. */
    VolumesFrom: defaulted(t.readonlyArray(t.string), []),
    /** Destination to options, e.g. `{'/run': 'size=1m'}`. */
    Tmpfs: t.record(t.string, t.string),
    /** Empty, `none`, `host`, or `container:<full id>`. */
    NetworkMode: t.string,
    Privileged: t.boolean,
    AutoRemove: t.boolean,
    ReadonlyRootfs: t.boolean,
    Runtime: t.string,
    RestartPolicy,
    CapAdd: t.readonlyArray(t.string),
    CapDrop: t.readonlyArray(t.string),
    CPUShares: Integer,
    NanoCpus: Integer,
    /** CFS period and quota in microseconds; a quota below 0 is none. */
    CPUPeriod: defaulted(Integer, 0),
    CPUQuota: defaulted(Integer, 0),
    CpusetCpus: t.string,
    CpusetMems: defaulted(t.string, ''),
    /** Bytes. */
    Memory: Integer,
    /** Memory + swap in bytes, -1 unlimited. */
    MemorySwap: Integer,
    /** Soft limit in bytes. */
    MemoryReservation: defaulted(Integer, 0),
    PidsLimit: Integer,
    Ulimits: t.readonlyArray(Ulimit),
    /** Bytes, 67108864 unless given. */
    ShmSize: Integer,
    CgroupParent: t.string,
    ...hostOptions,
  },
  'HostConfig',
)
export type HostConfig = t.TypeOf<typeof HostConfig>

/** The process side, already merged with the image's config (entrypoint, env, user, …). */
export const ProcessConfig = t.strict(
  {
    Hostname: t.string,
    User: t.string,
    Tty: t.boolean,
    OpenStdin: t.boolean,
    AttachStdin: t.boolean,
    AttachStdout: t.boolean,
    AttachStderr: t.boolean,
    Env: t.readonlyArray(t.string),
    Cmd: t.readonlyArray(t.string),
    Entrypoint: t.readonlyArray(t.string),
    WorkingDir: t.string,
    Labels: t.record(t.string, t.string),
    Annotations: t.record(t.string, t.string),
    /** Canonical name such as `SIGTERM`, or a number as text such as `37`. */
    StopSignal: t.string,
    /** Octal umask of the container's processes: 0o027 (secure) or 0o022 (normal). */
    Umask: Integer,
    /** Names alone: the values are in a file that only root can read. */
    SecretEnv: defaulted(t.readonlyArray(t.string), []),
    /** `<port>/<protocol>`, each once. */
    ExposedPorts: defaulted(t.readonlyArray(t.string), []),
  },
  'ProcessConfig',
)
export type ProcessConfig = t.TypeOf<typeof ProcessConfig>
