/** The container's mounts in the order in which the runtime makes them. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { absurd } from '../absurd.ts'
import type { BindMount, HostConfig, Mount } from '../container/config.ts'
import type { ContainerStorage, VolumeUse } from '../container/storage.ts'
import { isWithin } from '../container/validate/paths.ts'
import { parseTmpfs, tmpfsOptions } from '../container/validate/tmpfs.ts'
import { userMounts } from '../container/validate/user-mounts.ts'
import type { VolumeName } from '../identity.ts'
import type { CgroupMode, HostMount, NetworkFiles } from './host-facts.ts'
import { specRefusal, type OciMount, type SpecRefusal } from './spec.ts'

type Attempt<A> = E.Either<SpecRefusal, A>

const defaultShmBytes = 64 * 1024 * 1024

const mount = (
  type: string,
  source: string,
  destination: string,
  options: ReadonlyArray<string>,
): OciMount => ({ destination, type, source, options })

/** The message queues go with the IPC namespace; the shared memory of POSIX is a file system. */
const ipcMounts = ({ host, hostMounts }: MountInput): ReadonlyArray<OciMount> => {
  const isShared = host.IpcMode === 'host' && hostMounts.some(({ point }) => point === '/dev/shm')
  const shmBytes = host.ShmSize > 0 ? host.ShmSize : defaultShmBytes
  const shm = ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${shmBytes}`]
  return [
    mount('mqueue', 'mqueue', '/dev/mqueue', ['nosuid', 'noexec', 'nodev']),
    isShared
      ? mount('bind', '/dev/shm', '/dev/shm', ['rbind', 'rprivate', 'nosuid', 'noexec', 'nodev'])
      : mount('tmpfs', 'shm', '/dev/shm', shm),
  ]
}

const systemMounts = (input: MountInput): ReadonlyArray<OciMount> => {
  const { host, cgroupMode } = input
  const access = host.Privileged ? 'rw' : 'ro'
  const cgroupType = cgroupMode === 'v2' ? 'cgroup2' : 'cgroup'
  return [
    mount('proc', 'proc', '/proc', ['nosuid', 'noexec', 'nodev']),
    mount('tmpfs', 'tmpfs', '/dev', ['nosuid', 'strictatime', 'mode=755', 'size=65536k']),
    mount('devpts', 'devpts', '/dev/pts', [
      'nosuid',
      'noexec',
      'newinstance',
      'ptmxmode=0666',
      'mode=0620',
      'gid=5',
    ]),
    mount('sysfs', 'sysfs', '/sys', ['nosuid', 'noexec', 'nodev', access]),
    mount(cgroupType, 'cgroup', '/sys/fs/cgroup', [
      'nosuid',
      'noexec',
      'nodev',
      'relatime',
      access,
    ]),
    ...ipcMounts(input),
  ]
}

const fileMounts = (files: NetworkFiles): ReadonlyArray<OciMount> =>
  [
    [files.hosts, '/etc/hosts'] as const,
    [files.hostname, '/etc/hostname'] as const,
    [files.resolvConf, '/etc/resolv.conf'] as const,
  ].map(([source, destination]) => mount('bind', source, destination, ['rbind', 'rprivate', 'rw']))

const bindMount = (bind: BindMount): OciMount =>
  mount('bind', bind.Source, bind.Target, [
    'rbind',
    bind.Propagation === '' ? 'rprivate' : bind.Propagation,
    bind.Readonly ? 'ro' : 'rw',
  ])

const tmpfsMount = (text: string, given?: string): Attempt<OciMount> => {
  const tmpfs = parseTmpfs(text, given)
  if (E.isLeft(tmpfs)) return E.left(specRefusal('EINVAL', tmpfs.left.message))
  const options = tmpfsOptions(tmpfs.right.options)
  if (E.isLeft(options)) return E.left(specRefusal('EINVAL', options.left.message))
  return E.right(mount('tmpfs', 'tmpfs', tmpfs.right.target, options.right))
}

const tmpfsMounts = (host: HostConfig): Attempt<ReadonlyArray<OciMount>> =>
  E.traverseArray(([text, given]: readonly [string, string]) => tmpfsMount(text, given))(
    Object.entries(host.Tmpfs),
  )

/** All mounts that the configuration spells: `-v` in the given order, then `--mount`. */
const spelledMounts = (host: HostConfig): Attempt<ReadonlyArray<Mount>> =>
  pipe(
    userMounts(host),
    E.mapLeft(({ message }) => specRefusal('EINVAL', message)),
  )

const bindsAmong = (mounts: ReadonlyArray<Mount>): ReadonlyArray<BindMount> =>
  mounts.flatMap((one) => (one.Type === 'bind' ? [one] : []))

/** The binds of the configuration, `-v` before `--mount` (CLI-MNT-01, CLI-MNT-03). */
export const userBinds = (
  host: Pick<HostConfig, 'Binds' | 'Mounts'>,
): Attempt<ReadonlyArray<BindMount>> =>
  pipe(
    userMounts(host),
    E.bimap(({ message }) => specRefusal('EINVAL', message), bindsAmong),
  )

interface UserMountInput {
  readonly spelled: ReadonlyArray<Mount>
  readonly storage: ContainerStorage
  readonly volumeData: (volume: VolumeName) => string
}

/**
 * What the image and other containers bring first, so that the configuration covers it; then its
 * own mounts in their order. The volume uses that are not implied stand in that same order.
 */
const usersMounts = (input: UserMountInput): Attempt<ReadonlyArray<OciMount>> => {
  const { spelled, storage, volumeData } = input
  const ofVolume = ({ volume, target, readonly }: VolumeUse): OciMount =>
    mount('bind', volumeData(volume), target, ['rbind', 'rprivate', readonly ? 'ro' : 'rw'])
  const implied = storage.volumes.filter((use) => use.implied)
  const own = storage.volumes.filter((use) => !use.implied).values()
  const ofMount = (one: Mount): Attempt<OciMount> => {
    switch (one.Type) {
      case 'bind':
        return E.right(bindMount(one))
      case 'tmpfs':
        return tmpfsMount(one.Target, one.Options)
      case 'volume': {
        const use = own.next()
        return use.done === true
          ? E.left(specRefusal('EINVAL', `no volume is kept for ${one.Target}`))
          : E.right(ofVolume(use.value))
      }
      default:
        return absurd(one)
    }
  }
  return pipe(
    E.traverseArray(ofMount)(spelled),
    E.map((mounts) => [...implied.map(ofVolume), ...storage.binds.map(bindMount), ...mounts]),
  )
}

/** The mount that holds `path`: of the longest mount points the newest. */
const holding = (path: string, mounts: ReadonlyArray<HostMount>): HostMount | undefined => {
  let found: HostMount | undefined
  for (const candidate of mounts)
    if (isWithin(path, candidate.point) && candidate.point.length >= (found?.point.length ?? 0))
      found = candidate
  return found
}

/** Events cannot propagate through a host mount that is private: that is said, not ignored. */
const checkPropagation = (
  bind: BindMount,
  mounts: ReadonlyArray<HostMount>,
): Attempt<BindMount> => {
  const host = holding(bind.Source, mounts)
  const wantsShared = bind.Propagation.endsWith('shared')
  const wantsSlave = bind.Propagation.endsWith('slave')
  const point = host?.point ?? '/'
  if (wantsShared && host?.shared !== true)
    return E.left(
      specRefusal('EINVAL', `${bind.Source} is mounted on ${point} but it is not a shared mount`),
    )
  if (wantsSlave && host?.shared !== true && host?.slave !== true)
    return E.left(
      specRefusal(
        'EINVAL',
        `${bind.Source} is mounted on ${point} but it is not a shared or slave mount`,
      ),
    )
  return E.right(bind)
}

export interface MountInput {
  readonly host: HostConfig
  readonly storage: ContainerStorage
  /** The directory of a volume that containers see. */
  readonly volumeData: (volume: VolumeName) => string
  readonly cgroupMode: CgroupMode
  readonly hostMounts: ReadonlyArray<HostMount>
  readonly files: NetworkFiles
}

export interface BuiltMounts {
  readonly mounts: ReadonlyArray<OciMount>
  /** What the container's root needs so that binds can propagate; undefined: private. */
  readonly rootfsPropagation: string | undefined
}

const rootPropagation = (binds: ReadonlyArray<BindMount>): string | undefined =>
  binds.some((bind) => bind.Propagation.endsWith('shared'))
    ? 'shared'
    : binds.some((bind) => bind.Propagation.endsWith('slave'))
      ? 'slave'
      : undefined

/**
 * System mounts, tmpfs, the engine's files, then the user's mounts. A user's mount on the very path
 * of one of ours replaces it.
 */
export const buildMounts = (input: MountInput): Attempt<BuiltMounts> => {
  const spelled = spelledMounts(input.host)
  if (E.isLeft(spelled)) return spelled
  const binds = [...input.storage.binds, ...bindsAmong(spelled.right)]
  for (const bind of binds) {
    const checked = checkPropagation(bind, input.hostMounts)
    if (E.isLeft(checked)) return checked
  }
  const tmpfs = tmpfsMounts(input.host)
  if (E.isLeft(tmpfs)) return tmpfs
  const users = usersMounts({ ...input, spelled: spelled.right })
  if (E.isLeft(users)) return users
  const taken = new Set([...tmpfs.right, ...users.right].map(({ destination }) => destination))
  const isFree = ({ destination }: OciMount): boolean => !taken.has(destination)
  return E.right({
    mounts: [
      ...systemMounts(input).filter(isFree),
      ...tmpfs.right,
      ...fileMounts(input.files).filter(isFree),
      ...users.right,
    ],
    rootfsPropagation: rootPropagation(binds),
  })
}
