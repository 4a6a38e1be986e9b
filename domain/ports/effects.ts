/** Effects as data, and the one table that says how each may be repeated, probed and undone. */
import type { ContainerId, ExecId, LayerId, ProcessIdentity, VolumeName } from '../identity.ts'
import type { ContainerRef } from './layout.ts'
import type { ExecRequest, LaunchRequest, LimitsRequest } from './process-ports.ts'
import type {
  BundleRequest,
  CopyRequest,
  MountRequest,
  UnpackRequest,
  VolumeRequest,
} from './storage-ports.ts'

export type Effect =
  | { readonly _tag: 'CreateContainerDirectory'; readonly request: BundleRequest }
  | { readonly _tag: 'CreateWritableLayer'; readonly id: ContainerId }
  | { readonly _tag: 'MountRootfs'; readonly request: MountRequest }
  | { readonly _tag: 'WriteBundle'; readonly request: BundleRequest }
  | { readonly _tag: 'LaunchProcess'; readonly request: LaunchRequest }
  | { readonly _tag: 'StartProcess'; readonly ref: ContainerRef }
  | { readonly _tag: 'SignalProcess'; readonly process: ProcessIdentity; readonly signal: number }
  | { readonly _tag: 'KillProcess'; readonly process: ProcessIdentity }
  | { readonly _tag: 'FreezeCgroup'; readonly ref: ContainerRef }
  | { readonly _tag: 'ThawCgroup'; readonly ref: ContainerRef }
  | { readonly _tag: 'UpdateCgroup'; readonly request: LimitsRequest }
  | { readonly _tag: 'KillCgroup'; readonly ref: ContainerRef }
  | { readonly _tag: 'RemoveRuntimeContainer'; readonly ref: ContainerRef }
  | { readonly _tag: 'ClearMonitor'; readonly ref: ContainerRef }
  | { readonly _tag: 'RemoveCgroup'; readonly ref: ContainerRef }
  | { readonly _tag: 'UnmountRootfs'; readonly id: ContainerId }
  | { readonly _tag: 'RemoveWritableLayer'; readonly id: ContainerId }
  | { readonly _tag: 'RemoveContainerDirectory'; readonly ref: ContainerRef }
  | { readonly _tag: 'ExecProcess'; readonly request: ExecRequest }
  | { readonly _tag: 'ClearExec'; readonly ref: ContainerRef; readonly exec: ExecId }
  | { readonly _tag: 'CopyFiles'; readonly request: CopyRequest }
  | { readonly _tag: 'UnpackLayer'; readonly request: UnpackRequest }
  | { readonly _tag: 'RemoveLayer'; readonly layer: LayerId }
  | { readonly _tag: 'CreateVolume'; readonly request: VolumeRequest }
  | { readonly _tag: 'RemoveVolume'; readonly volume: VolumeName }

/**
 * `idempotent`: may be invoked again blindly. `atMostOnce`: after a crash it is probed first.
 * `adoptable`: probed first; a complete result is adopted, a partial one cleared, then repeated.
 */
export type EffectClass = 'idempotent' | 'atMostOnce' | 'adoptable'

export interface EffectRow {
  readonly class: EffectClass
  /** How to find out whether it happened; `none`: it ends `Abandoned('maybe applied')`. */
  readonly probe: string
  /** Documented errnos of the real host; anything else is classified Indeterminate. */
  readonly errnos: ReadonlyArray<string>
  readonly deadlineMs: number
  /** Effects that take it back. */
  readonly undo: ReadonlyArray<Effect['_tag']>
}

const row = (
  effectClass: EffectClass,
  rest: Omit<EffectRow, 'class' | 'undo'> & { readonly undo?: EffectRow['undo'] },
): EffectRow => ({ undo: [], ...rest, class: effectClass })

const files = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES', 'EMFILE', 'ENOMEM']

/** Deadlines in ms. Sources: host.md 1-3, runc(8), crun(1), conmon(8), mount(2), pidfd_open(2). */
export const effectTable: Readonly<Record<Effect['_tag'], EffectRow>> = {
  CreateContainerDirectory: row('idempotent', {
    probe: 'directory exists',
    errnos: [...files, 'EINVAL'],
    deadlineMs: 30_000,
    undo: ['RemoveContainerDirectory'],
  }),
  CreateWritableLayer: row('idempotent', {
    probe: 'diff, work and merged exist',
    errnos: files,
    deadlineMs: 30_000,
    undo: ['RemoveWritableLayer'],
  }),
  MountRootfs: row('idempotent', {
    probe: 'mountinfo',
    errnos: ['EINVAL', 'ENOENT', 'EBUSY', 'ENOMEM', 'EPERM', 'ENODEV', 'ELOOP', 'ESTALE'],
    deadlineMs: 30_000,
    undo: ['UnmountRootfs'],
  }),
  WriteBundle: row('idempotent', {
    probe: 'config.json exists',
    errnos: [...files, 'EUSER', 'EINVAL', 'ENOENT'],
    deadlineMs: 30_000,
    undo: ['ClearMonitor'],
  }),
  LaunchProcess: row('adoptable', {
    probe: 'run directory, process table, cgroup membership',
    errnos: ['ERUNTIME', 'EMONITOR', 'EEXIST', 'ENOENT', 'EAGAIN', 'EMFILE', 'ENOSPC'],
    deadlineMs: 120_000,
    undo: ['KillCgroup', 'RemoveRuntimeContainer', 'ClearMonitor', 'RemoveCgroup'],
  }),
  StartProcess: row('atMostOnce', {
    probe: 'runtime state',
    errnos: ['ERUNTIME', 'EAGAIN', 'EMFILE'],
    deadlineMs: 120_000,
    undo: ['KillCgroup'],
  }),
  SignalProcess: row('atMostOnce', {
    probe: 'none',
    errnos: ['ESRCH', 'EPERM', 'EINVAL', 'EMFILE'],
    deadlineMs: 10_000,
  }),
  KillProcess: row('idempotent', {
    probe: 'process table',
    errnos: ['EPERM', 'EMFILE'],
    deadlineMs: 10_000,
  }),
  FreezeCgroup: row('idempotent', {
    probe: 'freezer.state, cgroup.freeze',
    errnos: ['ENOENT', 'EBUSY', 'EIO', 'EINVAL', 'EMFILE'],
    deadlineMs: 10_000,
    undo: ['ThawCgroup'],
  }),
  ThawCgroup: row('idempotent', {
    probe: 'freezer.state, cgroup.freeze',
    errnos: ['ENOENT', 'EBUSY', 'EIO', 'EINVAL', 'EMFILE'],
    deadlineMs: 10_000,
  }),
  UpdateCgroup: row('idempotent', {
    probe: 'memory.limit_in_bytes, memory.max, cpu.shares, cpu.weight, …',
    errnos: ['ENOENT', 'EBUSY', 'EINVAL', 'ERANGE', 'EACCES', 'ENOSPC', 'EOPNOTSUPP', 'EMFILE'],
    deadlineMs: 10_000,
  }),
  KillCgroup: row('idempotent', {
    probe: 'cgroup.procs',
    errnos: ['EIO', 'EPERM', 'EBUSY', 'EINVAL', 'EMFILE'],
    deadlineMs: 10_000,
  }),
  RemoveRuntimeContainer: row('idempotent', {
    probe: 'runtime state',
    errnos: ['ERUNTIME', 'EAGAIN', 'EMFILE'],
    deadlineMs: 30_000,
  }),
  ClearMonitor: row('idempotent', {
    probe: 'run directory, process table',
    errnos: ['EBUSY', 'EIO', 'EACCES', 'EROFS', 'EPERM', 'EMFILE'],
    deadlineMs: 30_000,
  }),
  RemoveCgroup: row('idempotent', {
    probe: 'cgroup directories',
    errnos: ['EBUSY', 'EIO', 'EROFS', 'EINVAL', 'EMFILE'],
    deadlineMs: 10_000,
  }),
  UnmountRootfs: row('idempotent', {
    probe: 'mountinfo',
    errnos: ['EBUSY', 'EPERM', 'EIO'],
    deadlineMs: 30_000,
  }),
  RemoveWritableLayer: row('idempotent', {
    probe: 'directory exists',
    errnos: ['EBUSY', 'EIO', 'EROFS', 'EACCES', 'EPERM', 'ENOTEMPTY'],
    deadlineMs: 300_000,
  }),
  RemoveContainerDirectory: row('idempotent', {
    probe: 'directory exists',
    errnos: ['EBUSY', 'EIO', 'EROFS', 'EACCES', 'ENOTEMPTY', 'ENOTDIR', 'EMFILE'],
    deadlineMs: 60_000,
  }),
  ExecProcess: row('atMostOnce', {
    probe: 'exec directory, process table',
    errnos: ['ERUNTIME', 'EMONITOR', 'EEXIST', 'EUSER', 'ENOENT', 'EAGAIN', 'EMFILE', 'ENOSPC'],
    deadlineMs: 120_000,
    undo: ['ClearExec'],
  }),
  ClearExec: row('idempotent', {
    probe: 'exec directory',
    errnos: ['EBUSY', 'EIO', 'EACCES', 'EROFS', 'ENOTDIR'],
    deadlineMs: 30_000,
  }),
  CopyFiles: row('atMostOnce', {
    probe: 'none; what was frozen or mounted for it is given back',
    errnos: [...files, 'ENOENT', 'ECANCELED', 'EINVAL', 'EEXIST', 'EISDIR', 'ENOTDIR', 'ELOOP'],
    deadlineMs: 21_600_000,
    undo: ['ThawCgroup', 'UnmountRootfs'],
  }),
  UnpackLayer: row('idempotent', {
    probe: 'layer.json',
    errnos: [...files, 'ENOENT', 'EVERIFY', 'EINVAL', 'EPERM'],
    deadlineMs: 3_600_000,
    undo: ['RemoveLayer'],
  }),
  RemoveLayer: row('idempotent', {
    probe: 'layer directory',
    errnos: ['EBUSY', 'EIO', 'EROFS', 'EACCES', 'EPERM', 'ENOTEMPTY'],
    deadlineMs: 600_000,
  }),
  CreateVolume: row('idempotent', {
    probe: 'volume directory exists',
    errnos: [...files, 'ENOENT', 'EBUSY', 'EINVAL', 'EPERM', 'ENODEV', 'ELOOP'],
    deadlineMs: 3_600_000,
    undo: ['RemoveVolume'],
  }),
  RemoveVolume: row('idempotent', {
    probe: 'volume directory exists',
    errnos: ['EBUSY', 'EIO', 'EROFS', 'EACCES', 'EPERM', 'ENOTEMPTY'],
    deadlineMs: 600_000,
  }),
}
