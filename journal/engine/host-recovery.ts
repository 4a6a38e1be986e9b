/** One look at the host after a start, and what it means for the folded state. */
import * as E from 'fp-ts/lib/Either.js'
import type { Ports } from '../../domain/ports/ports.ts'
import { recover, type Recovery } from '../../domain/recovery/recover.ts'
import type { World } from '../fold/world.ts'

export interface HostRecoveryParts {
  readonly world: World
  readonly ports: Ports
  /** Wall time (ms) of the newest event of the run before. */
  readonly lastAliveWallMs: number
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
      observation: observed.right,
      look: { now: ports.clock.now(), lastAliveWallMs },
      quarantined: world.quarantined,
    }),
  )
}
