/** Tag: one more name for an image. */
import * as E from 'fp-ts/lib/Either.js'
import { newReference } from '../../../domain/image/reference.ts'
import { failure, perform, verdictOf, type Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import type { TagImageRequest, TagImageResponse } from '../wire/images.ts'
import { findImage } from './find-image.ts'

export const tag =
  (front: Front): UnaryWork<TagImageRequest, TagImageResponse> =>
  async ({ src_name, dest_name }, caller) => {
    const found = findImage(front.engine.world, src_name)
    if (E.isLeft(found)) return failure(found.left)
    const reference = newReference(dest_name)
    if (E.isLeft(reference))
      return failure(`Invalid image name: ${dest_name}: ${reference.left.reason}`)
    const command = { _tag: 'TagImage', id: found.right.id, reference: reference.right } as const
    return verdictOf(await perform(front, caller, command))
  }
