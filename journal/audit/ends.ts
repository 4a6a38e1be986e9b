/** How present containers ended: what neither a request nor the container itself explains. */
import type { Container } from '../../domain/container/state.ts'
import { isContainerEvent } from '../../domain/event.ts'
import type { ContainerId } from '../../domain/identity.ts'
import type { HostObservation } from '../../domain/ports/observation.ts'
import type { RecordedEvent } from '../engine/recorded-event.ts'
import type { World } from '../fold/world.ts'
import type { AuditFinding } from './verdict.ts'

const check = 'ends'
const sigkill = 9
/** 128 + SIGKILL, which a container's first process cannot send itself (pid_namespaces(7)). */
const killedCode = 128 + sigkill

const finding = (id: string, detail: string): AuditFinding => ({
  check,
  subject: `container ${id}`,
  detail,
})

const unexplained = (c: Container): ReadonlyArray<AuditFinding> => {
  const { lastRun } = c
  if (c.phase._tag !== 'Exited' || lastRun === null || lastRun.cause !== 'itself') return []
  const { exit, attempt, oomKilled } = lastRun
  if (exit._tag === 'UnknownExit')
    return [finding(c.id, `how run ${attempt} ended is unknown: ${exit.reason}`)]
  if (exit.code !== killedCode || oomKilled || lastRun.started === null) return []
  return [
    finding(
      c.id,
      `run ${attempt} was killed (code ${killedCode}) and nobody asked the engine for that`,
    ),
  ]
}

/** Remembers the kills that clients asked for; fed with every event. */
export class Ends {
  readonly #killsAsked = new Set<ContainerId>()

  tell({ event }: Pick<RecordedEvent, 'event'>): void {
    if (!isContainerEvent(event)) return
    if (event._tag === 'ContainerSignalRequested' && event.signal === sigkill)
      this.#killsAsked.add(event.id)
    else if (event._tag === 'ContainerStartRequested' || event._tag === 'ContainerRemoved')
      this.#killsAsked.delete(event.id)
  }

  findings(world: World): ReadonlyArray<AuditFinding> {
    return [...world.containers.values()]
      .filter((c) => !this.#killsAsked.has(c.id))
      .flatMap(unexplained)
  }
}

export interface UnseenEnds {
  readonly findings: ReadonlyArray<AuditFinding>
  /** Ends of the ordinary kind, for people: the next start records them. */
  readonly notes: ReadonlyArray<string>
}

/** Containers that run as the journal says and have ended as the host says. */
export const unseenEnds = (world: World, observation: HostObservation): UnseenEnds => {
  const findings: AuditFinding[] = []
  const notes: string[] = []
  for (const c of world.containers.values()) {
    if (c.phase._tag !== 'Running') continue
    const { attempt, stop } = c.phase
    const seen = observation.containers[c.id]?.incarnations.find((i) => i.attempt === attempt)
    const exit = seen?.exit
    if (exit === undefined) continue
    const ended = `it ended with code ${exit.code} and no daemon has recorded that`
    if (exit.code === killedCode && stop === null && seen?.oomKilled !== true)
      findings.push(finding(c.id, `${ended}: it was killed behind the daemon's back`))
    else notes.push(`container ${c.id}: ${ended}: the next start does`)
  }
  return { findings, notes }
}
