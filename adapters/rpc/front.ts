/** What all handlers share, and the one way in which a command is carried out for a client. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Command } from '../../domain/command.ts'
import { ExitBook } from './containers/exit-book.ts'
import type { Accepted } from './engine-facade.ts'
import type { RpcOptions } from './rpc-options.ts'
import { submitterOf, type Caller } from './server/caller.ts'
import { ExpectedStreams } from './stdio/expected-streams.ts'
import { ccExec, ccSuccess, failureText, submitErrorText } from './texts.ts'

export interface Front extends RpcOptions {
  readonly exits: ExitBook
  readonly expected: ExpectedStreams
  /** Aborts when the daemon stops. */
  readonly closing: AbortSignal
}

export const makeFront = (options: RpcOptions, closing: AbortSignal): Front => ({
  ...options,
  exits: new ExitBook(options.engine),
  expected: new ExpectedStreams(options.streams),
  closing,
})

export const mintRequestId = (front: Front): string => front.entropy.hex(16)

/** Left: the text for the client. */
export type Performed = Either<string, Accepted>

export const perform = async (
  front: Front,
  caller: Caller,
  command: Command,
): Promise<Performed> => {
  const by = submitterOf(caller, mintRequestId(front))
  const result = await front.engine.submit(command, by)
  if (E.isLeft(result)) return E.left(submitErrorText(result.left))
  const { outcome } = result.right
  return outcome._tag === 'Failed' ? E.left(failureText(outcome.failure)) : result
}

/** The two members that every reply has (spec 22 section 2). */
export interface Verdict {
  readonly cc: number
  readonly errmsg: string
}

export const success: Verdict = { cc: ccSuccess, errmsg: '' }
export const failure = (errmsg: string): Verdict => ({ cc: ccExec, errmsg })

export const verdictOf = (performed: Either<string, unknown>): Verdict =>
  E.isLeft(performed) ? failure(performed.left) : success
