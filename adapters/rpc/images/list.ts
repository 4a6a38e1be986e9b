/** List of images: one entry for each name (IMG-LIST-01). */
import { success, type Front } from '../front.ts'
import * as E from 'fp-ts/lib/Either.js'
import type { Image } from '../../../domain/image/state.ts'
import { timestampOf } from '../containers/time-text.ts'
import { failure } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import type {
  Image as ImageMessage,
  ListImagesRequest,
  ListImagesResponse,
} from '../wire/images.ts'
import { isStored } from './find-image.ts'
import { imageFacts } from './image-facts.ts'
import { imageTest } from './list-filters.ts'

const imageType = 'application/vnd.docker.container.image.v1+json'

/** An image without a name has one entry with an empty name. */
const entries = (image: Image): ReadonlyArray<ImageMessage> => {
  const facts = imageFacts(image)
  const names = image.references.length === 0 ? [''] : image.references
  return names.map((name) => ({
    name,
    labels: { ...facts.labels },
    target: { media_type: imageType, digest: `sha256:${image.id}`, size: facts.sizeBytes },
    created_at: timestampOf(facts.createdMs ?? image.loaded.wallMs),
    updated_at: timestampOf(image.loaded.wallMs),
  }))
}

const createdMs = (image: Image): number => imageFacts(image).createdMs ?? image.loaded.wallMs

export const listImages =
  (front: Front): UnaryWork<ListImagesRequest, ListImagesResponse> =>
  async ({ filters }) => {
    const test = imageTest(front.engine.world, filters)
    if (E.isLeft(test)) return { ...failure(test.left), images: [] }
    const images = [...front.engine.world.images.values()]
      .filter(isStored)
      .sort((a, b) => createdMs(b) - createdMs(a))
      .flatMap(entries)
      .filter(({ name, target }) => test.right({ name, digest: target?.digest ?? '' }))
    return { ...success, images }
  }
