/** The container cgroups below our parents, over all hierarchies. */
import { readdirSync } from 'node:fs'
import type { ContainerId } from '../../domain/identity.ts'
import type { Stranger } from '../../domain/ports/observation.ts'
import type { CgroupHost } from '../cgroups/hierarchies.ts'
import { isContainerName } from './directory-scan.ts'
import { errnoOf } from '../errors/errno.ts'

export interface CgroupScan {
  /** Container to its cgroup path; the first parent that has it. */
  readonly paths: ReadonlyMap<ContainerId, string>
  readonly strangers: ReadonlyArray<Stranger>
}

const childrenOf = (directory: string): ReadonlyArray<string> => {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
  } catch (error) {
    if (['ENOENT', 'ENODEV'].includes(errnoOf(error) ?? '')) return []
    throw error
  }
}

export const scanCgroups = (host: CgroupHost, parents: ReadonlyArray<string>): CgroupScan => {
  const paths = new Map<ContainerId, string>()
  const strange = new Set<string>()
  for (const parent of parents) {
    const names = new Set(host.hierarchies.flatMap((h) => childrenOf(`${h.mount}${parent}`)))
    for (const name of names) {
      const path = `${parent}/${name}`
      if (!isContainerName(name)) strange.add(path)
      else if (!paths.has(name)) paths.set(name, path)
    }
  }
  // A parent may lie inside another one: it is no stranger there.
  const isParent = (path: string): boolean => parents.some((p) => `${p}/`.startsWith(`${path}/`))
  const names = [...strange].filter((path) => !isParent(path))
  return { paths, strangers: names.map((name) => ({ kind: 'cgroup', name })) }
}
