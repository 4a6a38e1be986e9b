/** Which cgroup hierarchies this host has mounted, and where (cgroups(7)). */
import type { CgroupMode } from '../../domain/oci/host-facts.ts'
import { readMounts, type MountEntry } from '../kernel/mountinfo.ts'
import { readIfPresent } from '../observe/process-table.ts'

export interface Hierarchy {
  /** Absolute mount point. */
  readonly mount: string
  readonly version: 1 | 2
  /** v1: controllers or `name=…` of the mount; v2: empty. */
  readonly controllers: ReadonlyArray<string>
}

export interface CgroupHost {
  readonly mode: CgroupMode
  readonly hierarchies: ReadonlyArray<Hierarchy>
  /** Controllers that the v2 tree offers at its root. */
  readonly unifiedControllers: ReadonlyArray<string>
}

const flags = new Set(['rw', 'ro', 'xattr', 'clone_children', 'noprefix', 'seclabel'])

const hierarchyOf = (mount: MountEntry): ReadonlyArray<Hierarchy> => {
  if (mount.type === 'cgroup2') return [{ mount: mount.mountPoint, version: 2, controllers: [] }]
  if (mount.type !== 'cgroup') return []
  const controllers = mount.superOptions.split(',').filter((o) => o !== '' && !flags.has(o))
  return [{ mount: mount.mountPoint, version: 1, controllers }]
}

/** Each hierarchy once, in the order of the mount table. */
export const hierarchiesOf = (mounts: ReadonlyArray<MountEntry>): ReadonlyArray<Hierarchy> => {
  const seen = new Set<string>()
  return mounts.flatMap(hierarchyOf).filter((h) => {
    const key = h.version === 2 ? 'v2' : h.controllers.join(',')
    return seen.has(key) ? false : seen.add(key) !== undefined
  })
}

export const modeOf = (hierarchies: ReadonlyArray<Hierarchy>): CgroupMode => {
  const versions = new Set(hierarchies.map((h) => h.version))
  if (versions.has(1)) return versions.has(2) ? 'hybrid' : 'v1'
  return versions.has(2) ? 'v2' : 'v1'
}

export const detectCgroups = (mounts = readMounts()): CgroupHost => {
  const hierarchies = hierarchiesOf(mounts)
  const unified = hierarchies.find((h) => h.version === 2)
  const text = unified === undefined ? '' : readIfPresent(`${unified.mount}/cgroup.controllers`)
  return {
    mode: modeOf(hierarchies),
    hierarchies,
    unifiedControllers: (text ?? '')
      .trim()
      .split(' ')
      .filter((c) => c !== ''),
  }
}

/** The container's directory in each hierarchy, whether it exists or not. */
export const cgroupDirectories = (host: CgroupHost, path: string): ReadonlyArray<string> =>
  host.hierarchies.map((h) => `${h.mount}${path}`)

/** The directory below the v1 hierarchy that has `controller`, or below the v2 tree. */
export const controllerDirectory = (
  host: CgroupHost,
  controller: string,
  path: string,
): string | undefined => {
  const own = host.hierarchies.find((h) => h.controllers.includes(controller))
  const unified = host.mode === 'v2' ? host.hierarchies[0] : undefined
  const found = own ?? unified
  return found === undefined ? undefined : `${found.mount}${path}`
}
