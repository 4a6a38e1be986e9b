/** Stop: the container's stop signal, SIGKILL after the time (CLI-STOP-01..03). */
import * as E from 'fp-ts/lib/Either.js'
import type { Container } from '../../../domain/container/state.ts'
import { signalNumber } from '../../../domain/oci/signals.ts'
import type { Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import type { StopRequest, StopResponse } from '../wire/containers.ts'
import { onContainer } from './on-container.ts'

const sigkill = 9
const sigterm = 15

export const stopSignalOf = (container: Container): number =>
  signalNumber(container.process.StopSignal) ?? sigterm

/** Negative seconds: wait for ever. */
export const graceMsOf = (timeoutSeconds: number): number =>
  timeoutSeconds < 0 ? -1 : timeoutSeconds * 1000

export const stop =
  (front: Front): UnaryWork<StopRequest, StopResponse> =>
  ({ id: given, force, timeout }, caller) =>
    onContainer(front, caller, given, (container) =>
      E.right({
        _tag: 'StopContainer',
        id: container.id,
        signal: force ? sigkill : stopSignalOf(container),
        graceMs: force ? 0 : graceMsOf(timeout),
      }),
    )
