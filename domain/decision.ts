/** What `decide` answers: a refusal that names the rule, or events with the way to reply. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { DomainEvent } from './event.ts'
import type { OperationId } from './identity.ts'
import type { Outcome, Resolution } from './outcome.ts'
import type { Refusal } from './refusal.ts'
import type { Now } from './time.ts'

/** `now` still means: after the events and everything decided before them is durable. */
export type ReplyWhen = 'now' | { readonly whenResolved: OperationId }

export interface Decided {
  readonly events: ReadonlyArray<DomainEvent>
  readonly reply: ReplyWhen
  /** Operations that end without an event, because the host can be asked again (exec -d). */
  readonly resolved: ReadonlyArray<Resolution>
}

export type Decision = Either<Refusal, Decided>

/** The non-deterministic part of every command, filled in by the front door or the engine. */
export interface CommandContext {
  readonly now: Now
  /** Fresh for each command; names the intent that the command may open. */
  readonly operation: OperationId
}

export const accept = (events: ReadonlyArray<DomainEvent>, reply: ReplyWhen = 'now'): Decision =>
  E.right({ events, reply, resolved: [] })

export const nothing: Decision = accept([])

export const join = (operation: OperationId): Decision => accept([], { whenResolved: operation })

export const refuse = (refusal: Refusal): Decision => E.left(refusal)

export const resolveNow = (operation: OperationId, outcome: Outcome): Decision =>
  E.right({ events: [], reply: 'now', resolved: [{ operation, outcome }] })
