/** Load: every image of an archive becomes one command (IMG-LOAD-01..05). */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { newReference } from '../../../domain/image/reference.ts'
import type { ArchivedImage } from '../../../domain/ports/storage-ports.ts'
import { failure, mintRequestId, perform, success, type Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import { effectErrorText, notSupported } from '../texts.ts'
import type { LoadImageRequest, LoadImageResponse } from '../wire/images.ts'

const loadError = (why: string): string => `Load image error: ${why}`

/** `oci` is what upstream's client sends by default; the archive is the same. */
const checkRequest = ({ file, type }: LoadImageRequest): string | undefined => {
  if (!file.startsWith('/')) return loadError(`want the absolute path of an archive, got "${file}"`)
  if (type === 'embedded') return notSupported('the image type embedded')
  return ['', 'docker', 'oci'].includes(type) ? undefined : loadError(`invalid type "${type}"`)
}

interface Loading {
  readonly image: ArchivedImage
  readonly references: ReadonlyArray<string>
}

const withNames = (
  images: ReadonlyArray<ArchivedImage>,
  tag: string,
): Either<string, ReadonlyArray<Loading>> => {
  if (tag === '') return E.right(images.map((image) => ({ image, references: image.references })))
  const reference = newReference(tag)
  if (E.isLeft(reference))
    return E.left(loadError(`invalid image name "${tag}": ${reference.left.reason}`))
  const [image] = images
  return images.length === 1 && image !== undefined
    ? E.right([{ image, references: [reference.right] }])
    : E.left(loadError(`the archive holds ${images.length} images, so --tag cannot name them`))
}

const readArchive = async (
  front: Front,
  request: LoadImageRequest,
): Promise<Either<string, ReadonlyArray<Loading>>> => {
  const wrong = checkRequest(request)
  if (wrong !== undefined) return E.left(wrong)
  const images = await front.archive.read(request.file)()
  return E.isRight(images)
    ? withNames(images.right, request.tag)
    : E.left(loadError(effectErrorText(images.left)))
}

export const load =
  (front: Front): UnaryWork<LoadImageRequest, LoadImageResponse> =>
  async (request, caller) => {
    const loadings = await readArchive(front, request)
    if (E.isLeft(loadings)) return failure(loadings.left)
    const requestId = caller.requestId ?? mintRequestId(front)
    for (const [i, { image, references }] of loadings.right.entries()) {
      // Each command is a request of its own; a repetition makes the same ids.
      const one = { ...caller, requestId: i === 0 ? requestId : `${requestId}/${i}` }
      const command = { _tag: 'LoadImage', image, references, origin: request.file } as const
      const performed = await perform(front, one, command)
      if (E.isLeft(performed)) return failure(performed.left)
    }
    return success
  }
