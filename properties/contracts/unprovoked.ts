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
const client = 'needs a client with a stream of its own: see the tests of adapters/copy'
const spawned = 'a runtime that cannot be spawned for it is answered as ERUNTIME'

const files: Reasons = { EDQUOT: quota, EIO: device, EACCES: privileges, ENOMEM: memory }
const removal: Reasons = { EIO: device, EACCES: privileges }

export const unprovoked: Readonly<Record<Effect['_tag'], Reasons>> = {
  CreateContainerDirectory: {
    ...files,
    EINVAL: 'for a device or a root file system that the host lacks: tested on the command line',
  },
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
  UpdateCgroup: {
    EBUSY: 'needs a process that holds more memory than the new limit, and no swap',
    ERANGE: unseen,
    EACCES: 'needs a parent cgroup with fewer cpus',
    ENOSPC: 'needs tasks in a cpuset that loses its last cpu',
    EOPNOTSUPP: 'needs a kernel without one of the controllers',
  },
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
  CopyFiles: {
    ...files,
    ...Object.fromEntries(
      ['ENOSPC', 'EROFS', 'EMFILE', 'ENOENT', 'ECANCELED', 'EINVAL', 'EEXIST'].map((e) => [
        e,
        client,
      ]),
    ),
    ...Object.fromEntries(['EISDIR', 'ENOTDIR', 'ELOOP'].map((e) => [e, client])),
  },
  ClearExec: removal,
  UnpackLayer: files,
  RemoveLayer: { ...removal, ENOTEMPTY: race },
  CreateVolume: {
    ...files,
    EBUSY: 'needs somebody who works in the staging of the daemon',
    EINVAL: 'needs an image of more layers than one mount takes, and each is a directory',
    EPERM: privileges,
    ENODEV: 'needs a kernel without overlayfs',
    ELOOP: 'needs an image with links in a circle: see the tests of adapters/volumes',
  },
  RemoveVolume: { ...removal, ENOTEMPTY: race },
}
