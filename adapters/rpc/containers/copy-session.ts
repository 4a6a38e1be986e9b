/** What all copies have in common: the session is open while the command is carried out. */
import { status } from '@grpc/grpc-js'
import * as E from 'fp-ts/lib/Either.js'
import type { CopyDirection } from '../../../domain/container/copies.ts'
import type { Container } from '../../../domain/container/state.ts'
import { copyId } from '../../../domain/identity.ts'
import type { CopySession } from '../../copy/sessions.ts'
import { perform, type Front, type Performed } from '../front.ts'
import type { Caller } from '../server/caller.ts'
import { CallFailure } from '../server/handlers.ts'
import { findContainer } from './find-container.ts'

const directions: Readonly<Record<CopySession['_tag'], CopyDirection>> = {
  In: 'in',
  Out: 'out',
  Export: 'export',
  Commit: 'commit',
}

type Unwatched<S> = S extends CopySession ? Omit<S, 'gone'> : never

/** The copy ends with its command, at the latest. */
export const copyThrough = async (
  front: Front,
  caller: Caller,
  { id }: Container,
  session: Unwatched<CopySession>,
): Promise<Performed> => {
  const copy = copyId(front.entropy.hex(16))
  const over = new AbortController()
  const gone = AbortSignal.any([caller.signal, over.signal])
  const withdraw = front.copies.open(copy, { ...session, gone })
  const direction = directions[session._tag]
  const path = 'file' in session ? session.file : session.path
  const pause = session._tag !== 'Commit' || session.pause
  try {
    return await perform(front, caller, { _tag: 'CopyFiles', id, copy, direction, path, pause })
  } finally {
    // A removal may have overtaken the copy: nobody waits for its bytes any more.
    over.abort()
    withdraw()
  }
}

/** A stream cannot be answered from what was recorded: such a call is always a new request. */
export const unnamed = (caller: Caller): Caller => ({ ...caller, requestId: undefined })

/** Streaming calls have no other place for a failure than the status (spec 22 section 2). */
export const orFail = <A>(answer: E.Either<string, A>): A => {
  if (E.isLeft(answer)) throw new CallFailure(status.UNKNOWN, answer.left)
  return answer.right
}

export const copiedContainer = (front: Front, given: string): Container =>
  orFail(findContainer(front.engine.world, given))
