/** Folds of a history, compared by the hash that snapshots carry. */
import { World } from '../../journal/fold/world.ts'
import { stateHash } from '../../journal/fold/world-snapshot.ts'
import type { Emitted } from './pure-engine.ts'

export const foldOf = (log: ReadonlyArray<Emitted>): World => {
  const world = new World()
  for (const { event, at } of log) world.apply(world.evolve(event, at))
  return world
}

export const stateHashOf = (world: World): string => stateHash(world)
