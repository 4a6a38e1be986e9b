/** One synchronous stretch per command: decide on head, number, stamp, evolve, enqueue. */
import * as E from 'fp-ts/lib/Either.js'
import type { Command } from '../../domain/command.ts'
import { decide } from '../../domain/decide.ts'
import type { CommandContext, Decided } from '../../domain/decision.ts'
import { streamOf, type DomainEvent } from '../../domain/event.ts'
import type { Refusal } from '../../domain/refusal.ts'
import type { Change, Step, World } from '../fold/world.ts'
import { encodeEnvelope } from '../record/envelope-codec.ts'
import type { Envelope } from '../record/envelope.ts'
import { encodeEvent } from '../record/event-codec.ts'
import type { Unchained } from './commit-queue.ts'
import type { RecordedEvent } from './recorded-event.ts'
import type { Submitter } from './submission.ts'

/** Everything that must happen when the command's batch is durable. */
export interface Appended {
  readonly decided: Decided
  readonly recorded: ReadonlyArray<RecordedEvent>
  readonly steps: ReadonlyArray<Step>
  readonly records: ReadonlyArray<Unchained>
}

export interface Numbers {
  seq: number
  readonly streams: Map<string, number>
}

const stamp = (
  numbers: Numbers,
  event: DomainEvent,
  context: CommandContext,
  by: Submitter,
): Envelope => {
  const stream = streamOf(event)
  const streamSeq = (numbers.streams.get(stream) ?? 0) + 1
  numbers.streams.set(stream, streamSeq)
  numbers.seq += 1
  return {
    seq: numbers.seq,
    at: context.now.wallMs,
    mono: context.now.monoMs,
    boot: context.now.boot,
    actor: by.actor,
    request: by.requestId,
    causation: by.causation,
    stream,
    streamSeq,
    ...encodeEvent(event),
  }
}

/** An illegal event is a bug of the rules: the daemon stops before it is written (D2). */
const assertLegal = (step: Step, event: DomainEvent): void => {
  if (!step.legal) throw new Error(`illegal event ${event._tag} in stream ${streamOf(event)}`)
}

export const append = (
  head: World,
  numbers: Numbers,
  command: Command,
  by: Submitter & { readonly context: CommandContext },
): E.Either<Refusal, Appended> => {
  const decision = decide(head, command, by.context)
  if (E.isLeft(decision)) return decision
  const recorded: RecordedEvent[] = []
  const steps: Step[] = []
  const records: Unchained[] = []
  for (const [i, event] of decision.right.events.entries()) {
    const step = head.step(event, by.context.now)
    assertLegal(step, event)
    const envelope = stamp(numbers, event, by.context, by)
    head.apply(step.change)
    recorded.push({ envelope, event })
    steps.push(step)
    records.push({
      seq: envelope.seq,
      bytes: encodeEnvelope(envelope),
      stream: envelope.stream,
      streamSeq: envelope.streamSeq,
      ...(i === 0 && by.requestId !== '' ? { requestId: by.requestId } : {}),
    })
  }
  return E.right({ decided: decision.right, recorded, steps, records })
}

export const entityOfChange = (change: Change): string =>
  change.kind === 'engine' ? 'engine' : `${change.kind}:${change.id}`

/** The stream that a command of the engine itself is about. */
export const entityOfCommand = (command: Command): string =>
  'layer' in command
    ? `layer:${command.layer}`
    : 'volume' in command
      ? `volume:${command.volume}`
      : 'id' in command
        ? `container:${command.id}`
        : 'engine'

/** A command without events: it still waits for what was decided before it. */
export const nothingAppended: Appended = {
  decided: { events: [], reply: 'now', resolved: [] },
  recorded: [],
  steps: [],
  records: [],
}
