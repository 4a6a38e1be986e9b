/** Inspect of a container: answered from memory, so its time limit never runs out. */
import * as E from 'fp-ts/lib/Either.js'
import { failure, success, type Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import { noSuchContainer, noSuchObject } from '../texts.ts'
import type { InspectContainerRequest, InspectContainerResponse } from '../wire/containers.ts'
import { findContainer } from './find-container.ts'
import { inspectDocument } from './inspect-document.ts'

export const inspect =
  (front: Front): UnaryWork<InspectContainerRequest, InspectContainerResponse> =>
  async ({ id: given }) => {
    const found = findContainer(front.engine.world, given)
    if (E.isRight(found)) {
      const document = inspectDocument(found.right, front.layout)
      return { ...success, ContainerJSON: JSON.stringify(document) }
    }
    const unknown = found.left === noSuchContainer(given)
    return { ...failure(unknown ? noSuchObject(given) : found.left), ContainerJSON: '' }
  }
