/** Errnos of the effect table that no test provokes, each with its reason. */
import type { Effect } from '../../domain/ports/effects.ts'

type Reasons = Readonly<Record<string, string>>

const quota = 'needs a file system with quotas, which not every kernel has'
const device = 'needs a block device that fails'
const unseen = 'no cgroup file was ever seen to refuse with it'
const privileges = 'the daemon is root and passes every permission check'
const memory = 'needs a kernel that is out of memory'
const race = 'needs somebody who makes files while they are removed'
const forks = 'needs a limit of processes that the test itself would run into'
const uninterruptible = 'needs a process in uninterruptible sleep, which survives SIGKILL'
const spawned = 'a runtime that cannot be spawned for it is answered as ERUNTIME'

const files: Reasons = { EDQUOT: quota, EIO: device, EACCES: privileges, ENOMEM: memory }
const removal: Reasons = { EIO: device, EACCES: privileges }

export const unprovoked: Readonly<Record<Effect['_tag'], Reasons>> = {
  CreateContainerDirectory: files,
  CreateWritableLayer: files,
  WriteBundle: {
    ...files,
    ENOENT: 'a bind source on procfs would provoke it, but Node’s recursive mkdir never returns',
  },
  MountRootfs: {
    EBUSY: 'an upper directory that is in use is refused with index=on alone, and it is off',
    ENOMEM: memory,
    EPERM: privileges,
    ENODEV: 'needs a kernel without overlayfs',
    ESTALE: 'needs index=on, and it is off',
  },
  LaunchProcess: {
    ENOENT: 'needs a state directory that vanishes during the call',
    EAGAIN: forks,
    EMFILE: 'once the monitor is being made every failure counts as Indeterminate',
  },
  StartProcess: { EAGAIN: spawned, EMFILE: spawned },
  SignalProcess: { EPERM: privileges },
  KillProcess: { EPERM: privileges },
  FreezeCgroup: { EBUSY: uninterruptible, EIO: unseen },
  ThawCgroup: {
    ENOENT: 'the port answers it (see its contract); as an effect it counts as applied',
    EBUSY: unseen,
    EIO: unseen,
  },
  KillCgroup: { EIO: unseen, EPERM: privileges, EBUSY: uninterruptible },
  RemoveRuntimeContainer: { EAGAIN: spawned, EMFILE: spawned },
  ClearMonitor: removal,
  RemoveCgroup: { EIO: unseen, EROFS: 'needs a host whose cgroup trees are read-only' },
  UnmountRootfs: { EPERM: privileges, EIO: device },
  RemoveWritableLayer: { ...removal, ENOTEMPTY: race },
  RemoveContainerDirectory: { ...removal, ENOTEMPTY: race },
  ExecProcess: {
    EMONITOR: 'conmon refuses nothing of an exec whose container it could launch',
    EAGAIN: forks,
    EMFILE: 'before the spawn, too, an exec’s failure counts as Indeterminate',
    ENOSPC: 'before the spawn, too, an exec’s failure counts as Indeterminate',
  },
  ClearExec: removal,
  UnpackLayer: files,
  RemoveLayer: { ...removal, ENOTEMPTY: race },
}
