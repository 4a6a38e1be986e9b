/** Inspect of an image (IMG-INSPECT-01, -03). */
import * as E from 'fp-ts/lib/Either.js'
import type { Image } from '../../../domain/image/state.ts'
import { utcText } from '../containers/time-text.ts'
import { failure, success, type Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import type { InspectImageRequest, InspectImageResponse } from '../wire/images.ts'
import { findImage } from './find-image.ts'
import { imageFacts, isRecord } from './image-facts.ts'

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The lower-case member names are what templates rely on (spec 22 section 4). */
export const imageDocument = (image: Image): unknown => {
  const { config, created, sizeBytes } = imageFacts(image)
  const inner = isRecord(config['config']) ? config['config'] : {}
  return {
    image: {
      id: image.id,
      repo_tags: image.references,
      repo_digests: [],
      top_layer: image.layers[image.layers.length - 1]?.layer ?? '',
      size: sizeBytes,
      created,
      loaded: utcText(image.loaded.wallMs),
      username: text(inner['User']),
      Spec: config,
    },
  }
}

export const inspectImage =
  (front: Front): UnaryWork<InspectImageRequest, InspectImageResponse> =>
  async ({ id: given }) => {
    const found = findImage(front.engine.world, given)
    return E.isLeft(found)
      ? { ...failure(found.left), ImageJSON: '' }
      : { ...success, ImageJSON: JSON.stringify(imageDocument(found.right)) }
  }
