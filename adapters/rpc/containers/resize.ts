/** Resize: the size of a container's or an exec's terminal. */
import * as E from 'fp-ts/lib/Either.js'
import type { Container } from '../../../domain/container/state.ts'
import { containerRef } from '../../../domain/container/state.ts'
import { execId } from '../../../domain/identity.ts'
import { failure, success, type Front, type Verdict } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import { notRunning } from '../texts.ts'
import type { ResizeRequest, ResizeResponse } from '../wire/containers.ts'
import { findContainer } from './find-container.ts'

/** conmon takes at most so many rows and columns. */
const largest = 1_000

const resizeOne = async (
  front: Front,
  container: Container,
  request: ResizeRequest,
): Promise<Verdict> => {
  if (container.phase._tag !== 'Running') return failure(notRunning(container.id))
  const size = {
    rows: Math.min(request.height, largest),
    columns: Math.min(request.width, largest),
  }
  const ref = containerRef(container)
  const exec = execId(request.suffix)
  if (request.suffix !== '' && container.execs[exec] === undefined)
    return failure(`No such exec:${request.suffix}`)
  const sent =
    request.suffix === ''
      ? await front.control.resize(ref, size)()
      : await front.control.resizeExec(ref, exec, size)()
  if (E.isRight(sent)) return success
  const why = sent.left._tag === 'NotApplied' ? sent.left.detail : sent.left.reason
  return failure(`Resize container error: ${container.id}: ${why}`)
}

/** Never journalled: the size of a window is no state. */
export const resize =
  (front: Front): UnaryWork<ResizeRequest, ResizeResponse> =>
  async (request) => {
    const found = findContainer(front.engine.world, request.id)
    if (E.isLeft(found)) return { ...failure(found.left), id: request.id }
    return { ...(await resizeOne(front, found.right, request)), id: found.right.id }
  }
