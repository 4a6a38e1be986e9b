/** Restart: stop, then start (CLI-RESTART-01). */
import * as E from 'fp-ts/lib/Either.js'
import type { Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import type { RestartRequest, RestartResponse } from '../wire/containers.ts'
import { onContainer } from './on-container.ts'
import { graceMsOf, stopSignalOf } from './stop.ts'

export const restart =
  (front: Front): UnaryWork<RestartRequest, RestartResponse> =>
  ({ id: given, timeout }, caller) =>
    onContainer(front, caller, given, (container) =>
      E.right({
        _tag: 'RestartContainer',
        id: container.id,
        signal: stopSignalOf(container),
        graceMs: graceMsOf(timeout),
        timeoutMs: front.startTimeoutMs,
      }),
    )
