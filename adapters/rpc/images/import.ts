/** Import: a root file system's tar archive becomes an image of one layer (spec 23). */
import { isAbsolute } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { newReference } from '../../../domain/image/reference.ts'
import type { ArchivedImage } from '../../../domain/ports/storage-ports.ts'
import { hostArchitecture, newImage } from '../../images/new-image.ts'
import { failure, success, type Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import { effectErrorText } from '../texts.ts'
import type { ImportRequest, ImportResponse } from '../wire/images.ts'
import { storeNewImage } from './store-new-image.ts'

const importError = (why: string): string => `Import image error: ${why}`

const imported = async (
  front: Front,
  { file, tag }: ImportRequest,
): Promise<Either<string, ArchivedImage>> => {
  if (!isAbsolute(file) || file.includes('\0'))
    return E.left(importError(`want the absolute path of an archive, got "${file}"`))
  const reference = newReference(tag)
  if (E.isLeft(reference))
    return E.left(importError(`invalid image name "${tag}": ${reference.left.reason}`))
  const diff = await front.archive.diffOf(file)()
  if (E.isLeft(diff)) return E.left(importError(effectErrorText(diff.left)))
  const created = new Date(front.wallMs()).toISOString()
  return E.right(
    newImage({
      below: [],
      layer: { diff: diff.right, source: { archive: file, entry: '' } },
      references: [reference.right],
      config: {
        architecture: hostArchitecture,
        os: 'linux',
        created,
        config: {},
        history: [{ created, comment: `Imported from ${file}` }],
      },
    }),
  )
}

export const importImage =
  (front: Front): UnaryWork<ImportRequest, ImportResponse> =>
  async (request, caller) => {
    const image = await imported(front, request)
    if (E.isLeft(image)) return { ...failure(image.left), id: '' }
    const stored = await storeNewImage(front, caller, { image: image.right, origin: request.file })
    return E.isLeft(stored) ? { ...failure(stored.left), id: '' } : { ...success, id: stored.right }
  }
