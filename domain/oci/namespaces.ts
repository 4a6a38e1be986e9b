/** The namespaces of a container: its own, the host's, or another container's (RES-NS-*). */
import * as E from 'fp-ts/lib/Either.js'
import type { HostConfig } from '../container/config.ts'
import { namespaceMode } from '../container/validate/namespace-mode.ts'
import { specRefusal, type OciNamespace, type SpecRefusal } from './spec.ts'
import type { CgroupMode } from './host-facts.ts'

type Joinable = 'pid' | 'ipc' | 'uts' | 'network'

/** Paths of namespaces of other containers, as in /proc/<pid>/ns. */
export type JoinedNamespaces = Readonly<Partial<Record<Joinable, string>>>

type Modes = Pick<HostConfig, 'PidMode' | 'IpcMode' | 'UTSMode' | 'NetworkMode'>

const modesOf = (host: Modes): ReadonlyArray<readonly [Joinable, string]> => [
  ['pid', host.PidMode],
  ['ipc', host.IpcMode],
  ['uts', host.UTSMode],
  ['network', host.NetworkMode],
]

export const hasOwnUts = (host: Pick<HostConfig, 'UTSMode'>): boolean =>
  namespaceMode(host.UTSMode)._tag === 'Own'

export const buildNamespaces = (
  host: Modes,
  mode: CgroupMode,
  joined: JoinedNamespaces,
): E.Either<SpecRefusal, ReadonlyArray<OciNamespace>> => {
  const namespaces: Array<OciNamespace> = []
  for (const [type, text] of modesOf(host)) {
    const wanted = namespaceMode(text)
    const path = joined[type]
    if (wanted._tag === 'Own') namespaces.push({ type })
    if (wanted._tag !== 'Container') continue
    // Without an entry it would be the host's namespace.
    if (path === undefined)
      return E.left(specRefusal('EINVAL', `cannot join ${type} of ${wanted.container}`))
    namespaces.push({ type, path })
  }
  return E.right([...namespaces, { type: 'mount' }, ...(mode === 'v2' ? [{ type: 'cgroup' }] : [])])
}
