/** The container's mounts in the order in which the runtime makes them. */
import * as E from 'fp-ts/lib/Either.js'
import type { BindMount, HostConfig } from '../container/config.ts'
import { checkBindMount, parseBind } from '../container/validate/bind.ts'
import { isWithin } from '../container/validate/paths.ts'
import { checkAll } from '../container/validate/refusal.ts'
import { parseTmpfs, tmpfsOptions } from '../container/validate/tmpfs.ts'
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

const systemMounts = (host: HostConfig, cgroupMode: CgroupMode): ReadonlyArray<OciMount> => {
  const access = host.Privileged ? 'rw' : 'ro'
  const cgroupType = cgroupMode === 'v2' ? 'cgroup2' : 'cgroup'
  const shmBytes = host.ShmSize > 0 ? host.ShmSize : defaultShmBytes
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
    mount('mqueue', 'mqueue', '/dev/mqueue', ['nosuid', 'noexec', 'nodev']),
    mount('tmpfs', 'shm', '/dev/shm', [
      'nosuid',
      'noexec',
      'nodev',
      'mode=1777',
      `size=${shmBytes}`,
    ]),
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

const tmpfsMounts = (host: HostConfig): Attempt<ReadonlyArray<OciMount>> => {
  const mounts: Array<OciMount> = []
  for (const [text, given] of Object.entries(host.Tmpfs)) {
    const tmpfs = parseTmpfs(text, given)
    if (E.isLeft(tmpfs)) return E.left(specRefusal('EINVAL', tmpfs.left.message))
    const options = tmpfsOptions(tmpfs.right.options)
    if (E.isLeft(options)) return E.left(specRefusal('EINVAL', options.left.message))
    mounts.push(mount('tmpfs', 'tmpfs', tmpfs.right.target, options.right))
  }
  return E.right(mounts)
}

/** All binds: `-v` in the given order, then `--mount` (CLI-MNT-01, CLI-MNT-03). */
export const userBinds = (host: HostConfig): Attempt<ReadonlyArray<BindMount>> => {
  const volumes = checkAll(host.Binds, parseBind)
  if (E.isLeft(volumes)) return E.left(specRefusal('EINVAL', volumes.left.message))
  const mounts = checkAll(host.Mounts, checkBindMount)
  if (E.isLeft(mounts)) return E.left(specRefusal('EINVAL', mounts.left.message))
  return E.right([...volumes.right, ...mounts.right])
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
 * System mounts, tmpfs, the engine's files, then the user's binds. A user's mount on the very path
 * of one of ours replaces it.
 */
export const buildMounts = (input: MountInput): Attempt<BuiltMounts> => {
  const binds = userBinds(input.host)
  if (E.isLeft(binds)) return binds
  for (const bind of binds.right) {
    const checked = checkPropagation(bind, input.hostMounts)
    if (E.isLeft(checked)) return checked
  }
  const tmpfs = tmpfsMounts(input.host)
  if (E.isLeft(tmpfs)) return tmpfs
  const users = binds.right.map(bindMount)
  const taken = new Set([...tmpfs.right, ...users].map(({ destination }) => destination))
  const isFree = ({ destination }: OciMount): boolean => !taken.has(destination)
  return E.right({
    mounts: [
      ...systemMounts(input.host, input.cgroupMode).filter(isFree),
      ...tmpfs.right,
      ...fileMounts(input.files).filter(isFree),
      ...users,
    ],
    rootfsPropagation: rootPropagation(binds.right),
  })
}
