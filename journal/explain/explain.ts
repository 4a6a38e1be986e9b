/** Tells the story of one container from the journal alone: who, when, what, and why. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { evolveContainer } from '../../domain/container/evolve.ts'
import { statusWord, type Container } from '../../domain/container/state.ts'
import { isContainerEvent } from '../../domain/event.ts'
import { envelopeTime, type RecordedEvent } from '../engine/recorded-event.ts'
import { Causes } from './causes.ts'
import { findStream, readEvents, type ContainerStream, type Records } from './container-streams.ts'
import { sentence } from './sentences.ts'
import { timeText } from './time-text.ts'

export interface ExplainStep {
  readonly seq: number
  /** RFC 3339, UTC: a label; the order is that of `seq`. */
  readonly at: string
  readonly kind: string
  /** `uid:0/pid:77`, `policy`, `recovery`, `engine`. */
  readonly actor: string
  /** Empty where no client asked. */
  readonly request: string
  readonly what: string
  /** Sequence numbers of the events that led to this one. */
  readonly because: ReadonlyArray<number>
}

export interface Explanation {
  readonly id: string
  readonly name: string
  readonly names: ReadonlyArray<string>
  /** A status word, or `removed`. */
  readonly state: string
  /** From the first cause to the event that made the present state, in words. */
  readonly why: ReadonlyArray<string>
  readonly chain: ReadonlyArray<number>
  readonly steps: ReadonlyArray<ExplainStep>
}

const stepOf = (
  { envelope }: RecordedEvent,
  what: string,
  because: ReadonlyArray<number>,
): ExplainStep => ({
  seq: envelope.seq,
  at: timeText(envelope.at),
  kind: envelope.kind,
  actor: envelope.actor,
  request: envelope.request,
  what,
  because,
})

class Story {
  readonly steps: ExplainStep[] = []
  state = 'absent'
  /** The event that led to the present status word. */
  turningPoint: number | undefined
  readonly #stream: ContainerStream
  readonly #causes = new Causes()
  #container: Container | undefined

  constructor(stream: ContainerStream) {
    this.#stream = stream
  }

  tell(recorded: RecordedEvent): void {
    const { envelope, event } = recorded
    if (!isContainerEvent(event)) return this.#tellOfEngine(recorded)
    if (event.id !== this.#stream.id) return
    const because = this.#causes.of(event, envelope.seq, envelope.causation)
    this.steps.push(stepOf(recorded, sentence(event), because))
    this.#container = evolveContainer(this.#container, event, envelopeTime(envelope))
    const state = this.#container === undefined ? 'removed' : statusWord(this.#container)
    if (state !== this.state) this.turningPoint = envelope.seq
    this.state = state
  }

  /** Starts of the daemon belong to the story as long as the container lives. */
  #tellOfEngine(recorded: RecordedEvent): void {
    const { envelope, event } = recorded
    if (this.#container === undefined) return
    if (event._tag === 'EngineStarted')
      this.steps.push(stepOf(recorded, `the daemon started, its run before: ${event.previous}`, []))
    if (event._tag !== 'RecoveryConcluded') return
    const because = envelope.causation === 0 ? [] : [envelope.causation]
    for (const finding of event.findings) {
      if (!finding.subject.includes(this.#stream.id)) continue
      const what = `recovery of ${finding.subject}: ${finding.found}; ${finding.decided}`
      this.steps.push(stepOf(recorded, what, because))
    }
  }
}

/** Back from `last` along the first cause of each; the first cause comes first. */
export const chainTo = (
  steps: ReadonlyArray<ExplainStep>,
  last: number | undefined,
): ReadonlyArray<ExplainStep> => {
  const bySeq = new Map(steps.map((step) => [step.seq, step]))
  const chain: ExplainStep[] = []
  for (let at = last; at !== undefined;) {
    const step = bySeq.get(at)
    if (step === undefined || chain.includes(step)) break
    chain.unshift(step)
    at = step.because.find((seq) => seq < step.seq && bySeq.has(seq))
  }
  return chain
}

export const asked = (step: ExplainStep): string => `${step.what} (#${step.seq} by ${step.actor})`

/** `given`: id, prefix, or any name that it ever had. Left: there was never such a container. */
export const explain = async (
  store: Records,
  given: string,
): Promise<Either<string, Explanation>> => {
  const stream = await findStream(store, given)
  if (E.isLeft(stream)) return stream
  const story = new Story(stream.right)
  for await (const event of readEvents(store)) story.tell(event)
  const chain = chainTo(story.steps, story.turningPoint)
  const { id, names } = stream.right
  return E.right({
    id,
    name: names[names.length - 1] ?? id,
    names,
    state: story.state,
    why: chain.map(asked),
    chain: chain.map((step) => step.seq),
    steps: story.steps,
  })
}
