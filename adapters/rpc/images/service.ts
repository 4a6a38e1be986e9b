/** images.ImagesService: which handler serves which call. */
import type { Front } from '../front.ts'
import { unary, type UnaryWork } from '../server/handlers.ts'
import { refusing, refusingStream } from '../server/not-supported.ts'
import type { ImagesServiceServer } from '../wire/images_server.ts'
import { deleteImage } from './delete.ts'
import { importImage } from './import.ts'
import { inspectImage } from './inspect.ts'
import { listImages } from './list.ts'
import { load } from './load.ts'
import { tag } from './tag.ts'

export const imagesService = (front: Front): ImagesServiceServer => {
  const one = <Q, R>(work: UnaryWork<Q, R>) => unary(front, work)
  return {
    list: one(listImages(front)),
    delete: one(deleteImage(front)),
    load: one(load(front)),
    inspect: one(inspectImage(front)),
    tag: one(tag(front)),
    login: one(refusing('login', {})),
    logout: one(refusing('logout', {})),
    import: one(importImage(front)),
    search: one(refusing('search', { result_num: 0, search_result: [] })),
    pullImage: refusingStream('pull'),
  }
}
