/** The answer of a request that was accepted before: read from the journal, never run again (I12). */
import * as E from 'fp-ts/lib/Either.js'
import type { DomainEvent } from '../../domain/event.ts'
import type { OperationId } from '../../domain/identity.ts'
import { done, failed, type Outcome } from '../../domain/outcome.ts'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import type { JournalStore } from '../store/journal-store.ts'
import { eventOfEnvelope } from './feed.ts'
import type { SubmitResult } from './submission.ts'

const operationOf = (e: DomainEvent | undefined): OperationId | undefined =>
  e !== undefined && 'operation' in e ? e.operation : undefined

type Ended = Extract<DomainEvent, { readonly _tag: `${string}Failed` | 'ContainerExecEnded' }>

const failureActions: Partial<
  Record<DomainEvent['_tag'], 'create' | 'start' | 'signal' | 'pause' | 'unpause' | 'load'>
> = {
  ContainerCreateFailed: 'create',
  ContainerStartFailed: 'start',
  ContainerSignalFailed: 'signal',
  ContainerPauseFailed: 'pause',
  ContainerUnpauseFailed: 'unpause',
  ImageLoadFailed: 'load',
}

/** The outcome that `e` gives to the operation of `first`, or undefined where it says nothing. */
const outcomeBy = (first: DomainEvent, e: DomainEvent): Outcome | undefined => {
  if (first._tag === 'ContainerExecRequested') {
    if (e._tag === 'ContainerExecEnded' && e.exec === first.exec)
      return first.detached ? done : { _tag: 'ExecDone', exit: e.exit }
    if (e._tag === 'ContainerExecFailed' && e.exec === first.exec)
      return failed({
        _tag: 'EffectFailed',
        action: 'exec',
        subject: e.id,
        errno: e.errno,
        error: e.error,
        exitCode: 125,
      })
    return undefined
  }
  const action = failureActions[e._tag]
  if (action === undefined || operationOf(e) !== operationOf(first)) return undefined
  const { id, errno, error } = e as Extract<Ended, { errno: string; id: string }>
  const exitCode = e._tag === 'ContainerStartFailed' ? e.exitCode : 125
  return failed({ _tag: 'EffectFailed', action, subject: id, errno, error, exitCode })
}

/**
 * `first` is the sequence number of the request's first event. `stillOpen` answers the promise of
 * an operation that has not ended yet. An ended operation without a failure on record succeeded.
 */
export const answerOfPast = async (
  store: JournalStore,
  first: number,
  stillOpen: (operation: OperationId) => Promise<Outcome> | undefined,
): Promise<SubmitResult> => {
  const events: DomainEvent[] = []
  let request: string | undefined
  let outcome: Outcome | undefined
  for await (const record of store.read(first)) {
    const envelope = decodeEnvelope(record.bytes)
    const event = E.isRight(envelope) ? eventOfEnvelope(envelope.right)?.event : undefined
    if (event === undefined || E.isLeft(envelope)) continue
    request ??= envelope.right.request
    if (envelope.right.request === request) events.push(event)
    const head = events[0]
    if (head !== undefined) outcome ??= outcomeBy(head, event)
    if (outcome !== undefined) break
  }
  const operation = operationOf(events[0])
  const open = operation === undefined ? undefined : stillOpen(operation)
  return E.right({ outcome: open === undefined ? (outcome ?? done) : await open, events })
}
