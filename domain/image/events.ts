/** Every event of an image's stream (`image:<id>`): loading, references, removal. */
import * as t from 'io-ts'
import { DiffId, ImageId, LayerId, OperationId } from '../identity.ts'
import { Integer } from '../integer.ts'

const event = <Tag extends string, P extends t.Props>(tag: Tag, props: P) =>
  t.strict({ _tag: t.literal(tag), v: t.literal(1), id: ImageId, ...props }, tag)

export const ImageLayer = t.strict({ layer: LayerId, diff: DiffId }, 'ImageLayer')

/** The image becomes visible only with `ImageStored`, when all its layers are committed. */
export const ImageLoadRequested = event('ImageLoadRequested', {
  operation: OperationId,
  /** The image's config file, verbatim; its SHA-256 is the id. */
  config: t.string,
  references: t.readonlyArray(t.string),
  layers: t.readonlyArray(ImageLayer),
  origin: t.string,
})
export const ImageStored = event('ImageStored', { operation: OperationId, sizeBytes: Integer })
export const ImageLoadFailed = event('ImageLoadFailed', {
  operation: OperationId,
  errno: t.string,
  error: t.string,
})
export const ImageTagged = event('ImageTagged', { reference: t.string })
export const ImageUntagged = event('ImageUntagged', { reference: t.string })
export const ImageRemoved = event('ImageRemoved', {})

export const imageEvents = [
  ImageLoadRequested,
  ImageStored,
  ImageLoadFailed,
  ImageTagged,
  ImageUntagged,
  ImageRemoved,
] as const

export type ImageEvent = t.TypeOf<(typeof imageEvents)[number]>
