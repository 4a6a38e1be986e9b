/** What carries our mark and belongs to no container or layer: listed, never touched (I7). */
import { existsSync } from 'node:fs'
import type { ContainerId } from '../../domain/identity.ts'
import type { Layout } from '../../domain/ports/layout.ts'
import type { Stranger } from '../../domain/ports/observation.ts'
import type { CgroupHost } from '../cgroups/hierarchies.ts'
import type { CgroupScan } from './cgroup-scan.ts'
import { isContainerName, type DirectoryScan } from './directory-scan.ts'
import type { ProcessScan } from './process-scan.ts'

export interface ObserveParts {
  readonly layout: Layout
  readonly host: CgroupHost
  /** Absolute cgroup paths below which containers were ever placed; the default one first. */
  readonly cgroupParents: () => ReadonlyArray<string>
  /** The daemon keeps the identities that it proves; false: the look changes no file. */
  readonly keepsProofs: boolean
}

/** One look at the whole host. */
export interface Scans {
  readonly parts: ObserveParts
  readonly directories: DirectoryScan
  readonly cgroups: CgroupScan
  readonly processes: ProcessScan
  /** Mount points below our directories. */
  readonly mounts: ReadonlySet<string>
}

/** The first container id in a path. */
export const namedId = (path: string): ContainerId | undefined =>
  path.split('/').find((part): part is ContainerId => isContainerName(part))

/** Where a mount, cgroup or monitor names no container at all, or one without its directory. */
export const findStrangers = (
  s: Scans,
  known: ReadonlySet<ContainerId>,
): ReadonlyArray<Stranger> => {
  const { root, state } = s.parts.layout
  const mounts = [...s.mounts].filter((path) => {
    const id = namedId(path)
    return path !== root && path !== state && (id === undefined || !known.has(id))
  })
  const lost = [...s.processes.monitors].filter(([bundle, pid]) => pid > 0 && !existsSync(bundle))
  const outside = [...s.processes.byCgroup].filter(([path]) => namedId(path) === undefined)
  return [
    ...s.directories.strangers,
    ...s.cgroups.strangers,
    ...mounts.map((name) => ({ kind: 'mount', name }) as const),
    ...lost.map(([bundle]) => ({ kind: 'monitor', name: bundle }) as const),
    ...outside.flatMap(([path, pids]) =>
      [...pids].map((pid) => ({ kind: 'process', name: `${path}: ${pid}` }) as const),
    ),
  ]
}
