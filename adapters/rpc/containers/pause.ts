/** Pause and Resume (CLI-PAUSE-01, CLI-UNPAUSE-01). */
import * as E from 'fp-ts/lib/Either.js'
import type { Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import type {
  PauseRequest,
  PauseResponse,
  ResumeRequest,
  ResumeResponse,
} from '../wire/containers.ts'
import { onContainer } from './on-container.ts'

export const pause =
  (front: Front): UnaryWork<PauseRequest, PauseResponse> =>
  ({ id: given }, caller) =>
    onContainer(front, caller, given, ({ id }) => E.right({ _tag: 'PauseContainer', id }))

export const resume =
  (front: Front): UnaryWork<ResumeRequest, ResumeResponse> =>
  ({ id: given }, caller) =>
    onContainer(front, caller, given, ({ id }) => E.right({ _tag: 'UnpauseContainer', id }))
