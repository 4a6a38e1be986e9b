/** Finds the image that a client names: reference, full id, or unambiguous prefix (IMG-GEN-03). */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { imageId } from '../../../domain/identity.ts'
import { normaliseReference } from '../../../domain/image/reference.ts'
import type { Image } from '../../../domain/image/state.ts'
import type { WorldView } from '../engine-facade.ts'
import { ambiguousImage, noSuchImage } from '../texts.ts'

/** Images that are still being loaded do not exist for clients. */
export const isStored = (image: Image): boolean => image.phase._tag === 'Stored'

const stored = (image: Image | undefined): Image | undefined =>
  image !== undefined && isStored(image) ? image : undefined

/** Left: the text for the client. */
export const findImage = (world: WorldView, given: string): Either<string, Image> => {
  const reference = normaliseReference(given)
  const named = E.isLeft(reference) ? undefined : world.imageByReference(reference.right)
  if (named !== undefined) return E.right(named)
  const prefix = given.replace(/^sha256:/, '')
  const exact = stored(world.image(imageId(prefix)))
  if (exact !== undefined) return E.right(exact)
  if (!/^[0-9a-f]{1,64}$/.test(prefix)) return E.left(noSuchImage(given))
  const found = [...world.images.values()].filter((i) => isStored(i) && i.id.startsWith(prefix))
  const [first] = found
  if (found.length > 1) return E.left(ambiguousImage(given))
  return first === undefined ? E.left(noSuchImage(given)) : E.right(first)
}
