/** The cgroup port on cgroupfs: v1, hybrid and unified hosts. */
import { answering, notApplied, type Answer } from '../../domain/ports/answer.ts'
import type { ContainerRef } from '../../domain/ports/layout.ts'
import type { CgroupPort, ProcessPort } from '../../domain/ports/process-ports.ts'
import { classifyByErrno, EffectFailure } from '../errors/effect-failure.ts'
import { removeTrees } from './cgroup-tree.ts'
import { freeze, isFrozen, thaw } from './freezer.ts'
import { cgroupDirectories, type CgroupHost } from './hierarchies.ts'
import { killAll } from './kill-all.ts'
import { setLimits } from './set-limits.ts'

export interface CgroupPortParts {
  readonly host: CgroupHost
  readonly process: ProcessPort
}

/** A path that is not the container's own could be everybody's: nothing is done there. */
const ownPath = (ref: ContainerRef): string => {
  const parts = ref.cgroupPath.split('/')
  const own = parts.length > 2 && parts[0] === '' && parts.at(-1) === ref.id
  if (own && !parts.includes('..')) return ref.cgroupPath
  throw new EffectFailure(
    notApplied('EINVAL', `cgroup path ${ref.cgroupPath} is not that of container ${ref.id}`),
  )
}

const at =
  <A>(run: (path: string) => A | Promise<A>) =>
  (ref: ContainerRef): Answer<A> =>
    answering(async () => run(ownPath(ref)), classifyByErrno)

export const makeCgroupPort = (parts: CgroupPortParts): CgroupPort => ({
  freeze: at((path) => freeze(parts.host, path)),
  thaw: at((path) => thaw(parts.host, path)),
  isFrozen: at((path) => isFrozen(parts.host, path)),
  setLimits: (request) =>
    answering(async () => {
      ownPath(request.ref)
      setLimits(parts.host, request)
    }, classifyByErrno),
  killAll: at((path) => killAll(parts, path)),
  remove: at((path) => removeTrees(cgroupDirectories(parts.host, path))),
})
