/** Paths of the namespaces of other containers, whose processes are proved to be those meant. */
import type { HostConfig } from '../../domain/container/config.ts'
import type { Join } from '../../domain/container/joins.ts'
import {
  namespaceMode,
  type NamespaceMember,
} from '../../domain/container/validate/namespace-mode.ts'
import type { JoinedNamespaces } from '../../domain/oci/namespaces.ts'
import { notApplied } from '../../domain/ports/answer.ts'
import { EffectFailure } from '../errors/effect-failure.ts'
import { isAlive } from '../kernel/proc.ts'

const kinds: ReadonlyArray<readonly [keyof JoinedNamespaces, NamespaceMember, string]> = [
  ['pid', 'PidMode', 'pid'],
  ['ipc', 'IpcMode', 'ipc'],
  ['uts', 'UTSMode', 'uts'],
  ['network', 'NetworkMode', 'net'],
]

/** RES-NS-06: throws an effect failure where the other container does not run (any more). */
export const joinedNamespaces = (
  host: HostConfig,
  joins: ReadonlyArray<Join>,
): JoinedNamespaces => {
  const joined: Partial<Record<keyof JoinedNamespaces, string>> = {}
  for (const [kind, member, name] of kinds) {
    const mode = namespaceMode(host[member])
    if (mode._tag !== 'Container') continue
    const init = joins.find(({ container }) => container === mode.container)?.init ?? null
    if (init === null || !isAlive(init)) {
      const what = `cannot join the ${kind} namespace of container ${mode.container}`
      throw new EffectFailure(notApplied('EINVAL', `${what}: it is not running`))
    }
    joined[kind] = `/proc/${init.pid}/ns/${name}`
  }
  return joined
}
