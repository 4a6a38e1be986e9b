/** What a command needs besides itself, and what the engine answers. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { DomainEvent } from '../../domain/event.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { Refusal } from '../../domain/refusal.ts'

export interface Submitter {
  /** `uid:0/pid:77`, `policy`, `recovery`, `engine`, a certificate's name, … */
  readonly actor: string
  /** The same id gets the same answer and no second effect (I12). Empty for the engine's own. */
  readonly requestId: string
  /** Sequence of the event that led to the command; 0 where a client did. */
  readonly causation: number
}

export type SubmitError =
  | Refusal
  | { readonly _tag: 'JournalReadOnly'; readonly cause: string }
  | { readonly _tag: 'OutcomeUnknown'; readonly requestId: string }

export interface Accepted {
  readonly outcome: Outcome
  /** The events of the command itself; of the first run when the request id is a repetition. */
  readonly events: ReadonlyArray<DomainEvent>
}

export type SubmitResult = Either<SubmitError, Accepted>

export const ownSubmitter = (actor: string, causation = 0): Submitter => ({
  actor,
  requestId: '',
  causation,
})
