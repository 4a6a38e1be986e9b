/** Containers whose namespaces an incarnation shares, by the processes that they were then. */
import * as t from 'io-ts'
import { ContainerId, containerId, ProcessIdentity } from '../identity.ts'
import type { HostView } from '../host-view.ts'
import type { DomainEvent } from '../event.ts'
import type { HostConfig } from './config.ts'
import { namespaceMembers, namespaceMode } from './validate/namespace-mode.ts'

export const Join = t.strict(
  {
    container: ContainerId,
    /** Null: it did not run. */
    init: t.union([ProcessIdentity, t.null]),
  },
  'Join',
)
export type Join = t.TypeOf<typeof Join>

const targets = (host: HostConfig): ReadonlyArray<ContainerId> => {
  const modes = namespaceMembers.map((member) => namespaceMode(host[member]))
  const named = modes.flatMap((mode) => (mode._tag === 'Container' ? [mode.container] : []))
  return [...new Set(named)].map(containerId)
}

const initOf = (view: HostView, id: ContainerId): Join['init'] => {
  const phase = view.container(id)?.phase
  return phase?._tag === 'Running' ? phase.processes.init : null
}

/** Every start that is decided says whose namespaces it joins, whoever wanted it (RES-NS-06). */
export const withJoins = (view: HostView, event: DomainEvent): DomainEvent => {
  if (event._tag !== 'ContainerStartRequested') return event
  const host = view.container(event.id)?.host
  if (host === undefined) return event
  const joins = targets(host).map((id) => ({ container: id, init: initOf(view, id) }))
  return joins.length === 0 ? event : { ...event, joins }
}
