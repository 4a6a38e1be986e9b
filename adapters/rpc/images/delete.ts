/** Delete of an image: one name, or all of it with its last name (IMG-RMI-01..05). */
import * as E from 'fp-ts/lib/Either.js'
import { normaliseReference } from '../../../domain/image/reference.ts'
import { failure, perform, verdictOf, type Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import type { DeleteImageRequest, DeleteImageResponse } from '../wire/images.ts'
import { findImage } from './find-image.ts'

export const deleteImage =
  (front: Front): UnaryWork<DeleteImageRequest, DeleteImageResponse> =>
  async ({ name, force }, caller) => {
    const found = findImage(front.engine.world, name)
    if (E.isLeft(found)) return { ...failure(found.left), name }
    const image = found.right
    const named = normaliseReference(name)
    const performed = await perform(front, caller, {
      _tag: 'RemoveImage',
      id: image.id,
      reference: E.isRight(named) && image.references.includes(named.right) ? named.right : '',
      force,
    })
    return { ...verdictOf(performed), name }
  }
