/** Diff: what a container has changed of its image's files, in any state of it. */
import { status } from '@grpc/grpc-js'
import * as E from 'fp-ts/lib/Either.js'
import { findContainer } from '../containers/find-container.ts'
import type { Front } from '../front.ts'
import { CallFailure, type UnaryWork } from '../server/handlers.ts'
import { refusalText } from '../texts.ts'
import type { DiffRequest, DiffResponse } from '../wire/isulad_engine.ts'

export const diff =
  (front: Front): UnaryWork<DiffRequest, DiffResponse> =>
  async ({ id: given }, { signal }) => {
    const found = findContainer(front.engine.world, given)
    if (E.isLeft(found)) throw new CallFailure(status.NOT_FOUND, found.left)
    const { id, layers, phase } = found.right
    if (phase._tag === 'Creating')
      throw new CallFailure(
        status.FAILED_PRECONDITION,
        refusalText({ _tag: 'CreateInProgress', id, action: 'copy' }),
      )
    const changes = await front.changes({ id, layers }, signal)
    if (E.isLeft(changes)) throw new CallFailure(status.UNKNOWN, `Diff error: ${changes.left}`)
    return { changes: changes.right.map((line) => Buffer.from(line)) }
  }
