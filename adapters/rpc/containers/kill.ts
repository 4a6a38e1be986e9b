/** Kill: one signal to the first process (CLI-KILL-01). */
import * as E from 'fp-ts/lib/Either.js'
import type { Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import { invalidSignal } from '../texts.ts'
import type { KillRequest, KillResponse } from '../wire/containers.ts'
import { onContainer } from './on-container.ts'

const sigkill = 9
const lastSignal = 64

export const kill =
  (front: Front): UnaryWork<KillRequest, KillResponse> =>
  ({ id: given, signal }, caller) =>
    onContainer(front, caller, given, ({ id }) =>
      signal > lastSignal
        ? E.left(invalidSignal(signal))
        : E.right({ _tag: 'KillContainer', id, signal: signal === 0 ? sigkill : signal }),
    )
