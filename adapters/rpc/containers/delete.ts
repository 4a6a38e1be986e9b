/** Delete: the answer comes when the container and all it had on the host are gone. */
import * as E from 'fp-ts/lib/Either.js'
import type { Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import type { DeleteRequest, DeleteResponse } from '../wire/containers.ts'
import { onContainer } from './on-container.ts'

/** `volumes`: anonymous volumes that nobody else uses go with the container (CLI-RM-02). */
export const deleteContainer =
  (front: Front): UnaryWork<DeleteRequest, DeleteResponse> =>
  async ({ id: given, force, volumes }, caller) => ({
    ...(await onContainer(front, caller, given, ({ id }) =>
      E.right({ _tag: 'RemoveContainer', id, force, volumes }),
    )),
    exit_status: 0,
  })
