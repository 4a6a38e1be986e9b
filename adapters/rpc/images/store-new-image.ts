/** Stores an image that the daemon has put together itself. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { ImageId } from '../../../domain/identity.ts'
import type { ArchivedImage } from '../../../domain/ports/storage-ports.ts'
import { perform, type Front } from '../front.ts'
import type { Caller } from '../server/caller.ts'
import { isStored } from './find-image.ts'

export interface StoreOrder {
  readonly image: ArchivedImage
  readonly origin: string
}

/**
 * Answers the id. A repeated request is answered from the journal and makes no second image: then
 * the image of the first one, made a moment earlier and with another id, has the name.
 */
export const storeNewImage = async (
  front: Front,
  caller: Caller,
  { image, origin }: StoreOrder,
): Promise<Either<string, ImageId>> => {
  const { references } = image
  const command = { _tag: 'LoadImage', image, references, origin } as const
  const performed = await perform(front, caller, command)
  if (E.isLeft(performed)) return performed
  const { world } = front.engine
  const own = world.image(image.id)
  if (own !== undefined && isStored(own)) return E.right(own.id)
  const named = references.map((name) => world.imageByReference(name)).find((i) => i !== undefined)
  return named === undefined
    ? E.left('This request was carried out before, and its image has no name (any more)')
    : E.right(named.id)
}
