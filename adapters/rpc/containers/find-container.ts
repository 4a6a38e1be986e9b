/** Finds the container that a client names: full id, name, or a unique prefix (CLI-REF-02). */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Container } from '../../../domain/container/state.ts'
import { containerId } from '../../../domain/identity.ts'
import type { WorldView } from '../engine-facade.ts'
import { ambiguousPrefix, noSuchContainer } from '../texts.ts'

const byPrefix = (world: WorldView, prefix: string): ReadonlyArray<Container> => {
  const found: Container[] = []
  for (const [id, container] of world.containers) {
    if (!id.startsWith(prefix)) continue
    found.push(container)
    if (found.length > 1) break
  }
  return found
}

/** Left: the text for the client. */
export const findContainer = (world: WorldView, given: string): Either<string, Container> => {
  const known =
    world.container(containerId(given)) ?? world.containerByName(given.replace(/^\//, ''))
  if (known !== undefined) return E.right(known)
  if (!/^[0-9a-f]{1,64}$/.test(given)) return E.left(noSuchContainer(given))
  const [first, second] = byPrefix(world, given)
  if (second !== undefined) return E.left(ambiguousPrefix(given))
  return first === undefined ? E.left(noSuchContainer(given)) : E.right(first)
}
