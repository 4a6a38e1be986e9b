/** Update: limits and restart policy of a container (CLI-UPDATE-01). */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { parseDocument } from '../../../domain/container/validate/document.ts'
import { readUpdate } from '../../../domain/container/validate/update.ts'
import type { Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import type { UpdateRequest, UpdateResponse } from '../wire/containers.ts'
import { onContainer } from './on-container.ts'

export const update =
  (front: Front): UnaryWork<UpdateRequest, UpdateResponse> =>
  ({ id: given, hostconfig }, caller) =>
    onContainer(front, caller, given, ({ id }) =>
      pipe(
        parseDocument('HostConfig', hostconfig),
        E.chain((document) => readUpdate(document, front.createDefaults.hostCpus)),
        E.bimap(
          ({ message }) => message,
          (change) => ({ _tag: 'UpdateContainer', id, change }) as const,
        ),
      ),
    )
