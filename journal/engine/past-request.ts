/** The answer of a request accepted before: read from the journal, never run again (I12). */
import * as E from 'fp-ts/lib/Either.js'
import type { DomainEvent } from '../../domain/event.ts'
import type { OperationId } from '../../domain/identity.ts'
import { done, type Outcome } from '../../domain/outcome.ts'
import { baseStart, oldestStart, type FoldStart } from '../fold/replay.ts'
import type { World } from '../fold/world.ts'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import type { JournalStore, StoredRecord } from '../store/journal-store.ts'
import { eventOfEnvelope } from './feed.ts'
import { envelopeTime, type RecordedEvent } from './recorded-event.ts'
import type { SubmitResult } from './submission.ts'

const operationOf = (e: DomainEvent | undefined): OperationId | undefined =>
  e !== undefined && 'operation' in e ? e.operation : undefined

const recordedOf = (record: StoredRecord): RecordedEvent | undefined => {
  const envelope = decodeEnvelope(record.bytes)
  return E.isRight(envelope) ? eventOfEnvelope(envelope.right) : undefined
}

const recordAt = async (store: JournalStore, seq: number): Promise<RecordedEvent | undefined> => {
  for await (const record of store.read(seq, seq)) return recordedOf(record)
  return undefined
}

/** The command's records may have left the journal while its answer was looked for. */
const startFor = async (store: JournalStore, seq: number): Promise<FoldStart> => {
  const base = await baseStart(store)
  return base.seq < seq ? base : oldestStart(store)
}

interface Past {
  readonly events: ReadonlyArray<DomainEvent>
  readonly outcome: Outcome | undefined
}

/**
 * What ended an operation may depend on the state before it (a removal overtakes a start), so the
 * stream of the first event is folded from before it: the same rules that answered at first.
 */
const readPast = async (store: JournalStore, first: RecordedEvent): Promise<Past> => {
  const { seq, request, stream } = first.envelope
  const operation = operationOf(first.event)
  const start = await startFor(store, seq)
  const { world } = start
  const events: DomainEvent[] = []
  let outcome: Outcome | undefined
  for await (const record of store.read(operation === undefined ? seq : start.seq + 1)) {
    const recorded = recordedOf(record)
    if (recorded === undefined) continue
    const { envelope, event } = recorded
    const isOwn = envelope.seq >= seq && envelope.request === request
    if (isOwn) events.push(event)
    else if (envelope.seq > seq && (operation === undefined || outcome !== undefined)) break
    if (envelope.stream !== stream) continue
    const step = world.step(event, envelopeTime(envelope))
    world.apply(step.change)
    outcome ??= step.resolutions.find((r) => r.operation === operation)?.outcome
  }
  return { events, outcome }
}

type StillOpen = (operation: OperationId) => Promise<Outcome> | undefined

const answer = async (
  store: JournalStore,
  first: number,
  stillOpen: StillOpen,
): Promise<SubmitResult> => {
  const recorded = await recordAt(store, first)
  if (recorded === undefined) return E.right({ outcome: done, events: [] })
  const operation = operationOf(recorded.event)
  const { events, outcome } = await readPast(store, recorded)
  if (outcome !== undefined || operation === undefined)
    return E.right({ outcome: outcome ?? done, events })
  const open = stillOpen(operation)
  if (open !== undefined) return E.right({ outcome: await open, events })
  // It ended while the journal was read, or without an event (exec -d).
  const again = await readPast(store, recorded)
  return E.right({ outcome: again.outcome ?? done, events })
}

/**
 * The first answer to a request, or undefined when it is new. `stillOpen` answers the promise of an
 * operation that has not ended yet. A journal that cannot be read is not taken for an empty one.
 */
export const answerOfPast = async (
  store: JournalStore,
  requestId: string,
  stillOpen: StillOpen,
): Promise<SubmitResult | undefined> => {
  try {
    const first = await store.sequenceOfRequest(requestId)
    return first === undefined ? undefined : await answer(store, first, stillOpen)
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    return E.left({ _tag: 'JournalReadOnly', cause })
  }
}

/** Whether the fold still has that operation under way. */
export const isOpenIn = (world: World, operation: OperationId): boolean => {
  const open = (...values: ReadonlyArray<unknown>): boolean =>
    JSON.stringify(values).includes(`"${operation}"`)
  return (
    [...world.containers.values()].some((c) => open(c.phase, c.execs, c.copies, c.update)) ||
    [...world.images.values()].some((i) => open(i.phase)) ||
    [...world.volumes.values()].some((v) => open(v.phase))
  )
}
