/** What an errno is provoked with: a scene, an effect made ready, and an obstacle put up last. */
import type { ProcessIdentity } from '../../domain/identity.ts'
import type { Effect } from '../../domain/ports/effects.ts'
import type { Box } from './container-life.ts'
import * as obstacle from './obstacles.ts'
import type { Undo } from './obstacles.ts'
import type { RealHost } from './real-host.ts'

export interface Scene {
  /** Its root and its state each have a small file system of their own. */
  readonly host: RealHost
  /** A container that runs all the time. */
  readonly running: { readonly box: Box; readonly init: ProcessIdentity }
}

export interface Provocation {
  readonly effect: Effect['_tag']
  readonly errno: string
  /** Makes ready, puts the obstacle up, and says what to run into it. */
  readonly arrange: (scene: Scene) => Promise<{ readonly effect: Effect; readonly undo?: Undo }>
}

export type Arrange = Provocation['arrange']

export const on = (
  effect: Effect['_tag'],
  ways: Readonly<Record<string, Arrange>>,
): ReadonlyArray<Provocation> =>
  Object.entries(ways).map(([errno, arrange]) => ({ effect, errno, arrange }))

/** The effect on something made ready, behind an obstacle that is put up last. */
export const behind =
  (ready: (scene: Scene) => Promise<Effect>, put: (scene: Scene) => Undo): Arrange =>
  async (scene) => {
    const effect = await ready(scene)
    return { effect, undo: put(scene) }
  }

export const plain =
  (ready: (scene: Scene) => Promise<Effect>): Arrange =>
  async (scene) => ({ effect: await ready(scene) })

export const rootFull = ({ host }: Scene): Undo => obstacle.full(host.layout.root)
export const stateFull = ({ host }: Scene): Undo => obstacle.full(host.layout.state)
export const rootReadOnly = ({ host }: Scene): Undo => obstacle.readOnly(host.layout.root)
export const stateReadOnly = ({ host }: Scene): Undo => obstacle.readOnly(host.layout.state)
export const noDescriptors = (): Undo => obstacle.noDescriptors()

/** An obstacle inside of what the effect is about. */
export const inside =
  (
    ready: (scene: Scene) => Promise<Effect>,
    put: (scene: Scene, effect: Effect) => Undo,
  ): Arrange =>
  async (scene) => {
    const effect = await ready(scene)
    return { effect, undo: put(scene, effect) }
  }
