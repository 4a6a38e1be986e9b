/** One look at the host after a start, and what it means for the folded state. */
import * as E from 'fp-ts/lib/Either.js'
import type { Container } from '../../domain/container/state.ts'
import type { ContainerId } from '../../domain/identity.ts'
import type { ContainerObservation, HostObservation } from '../../domain/ports/observation.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import type { Launched } from '../../domain/ports/process-ports.ts'
import { recover, type Recovery } from '../../domain/recovery/recover.ts'
import type { World } from '../fold/world.ts'
import { livingOf } from './observe-launch.ts'

export interface HostRecoveryParts {
  readonly world: World
  readonly ports: Ports
  /** Wall time (ms) of the newest event of the run before. */
  readonly lastAliveWallMs: number
}

const launchedOf = (c: Container): Launched | undefined =>
  c.phase._tag === 'Running' || c.phase._tag === 'Removing'
    ? (c.phase.processes ?? undefined)
    : undefined

/** Where a run directory was taken away, the journalled identities tell who lives. */
const withJournalled = async (
  ports: Ports,
  c: Container,
  seen: ContainerObservation,
): Promise<ContainerObservation> => {
  const launched = launchedOf(c)
  const incarnation = seen.incarnations.find(({ attempt }) => attempt === c.attempt)
  if (launched === undefined || incarnation?.init !== undefined || incarnation?.exit !== undefined)
    return seen
  const living = await livingOf(ports, launched)()
  // What cannot be read adds nothing: the cgroup's count is left as the witness.
  if (E.isLeft(living) || living.right.init === undefined) return seen
  const found = { attempt: c.attempt, execs: {}, oomKilled: false, ...incarnation, ...living.right }
  const others = seen.incarnations.filter(({ attempt }) => attempt !== c.attempt)
  return { ...seen, incarnations: [...others, found] }
}

const completed = async (
  world: World,
  ports: Ports,
  observation: HostObservation,
): Promise<HostObservation> => {
  const containers: Record<ContainerId, ContainerObservation> = {}
  for (const [id, seen] of Object.entries(observation.containers)) {
    const c = world.container(id as ContainerId)
    containers[id as ContainerId] = c === undefined ? seen : await withJournalled(ports, c, seen)
  }
  return { ...observation, containers }
}

/** `Left`: why the host could not be observed; the sweep makes up for it later. */
export const recoverFromHost = async ({
  world,
  ports,
  lastAliveWallMs,
}: HostRecoveryParts): Promise<E.Either<string, Recovery>> => {
  const observed = await ports.observe.observe()()
  if (E.isLeft(observed))
    return E.left(`the host could not be observed: ${JSON.stringify(observed.left)}`)
  return E.right(
    recover({
      containers: [...world.containers.values()],
      layers: [...world.layers.values()],
      volumes: [...world.volumes.values()],
      observation: await completed(world, ports, observed.right),
      look: { now: ports.clock.now(), lastAliveWallMs },
      quarantined: world.quarantined,
    }),
  )
}
