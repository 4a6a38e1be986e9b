/** The journal as a list of what happened: when, by whom, because of what, in plain words. */
import { isContainerEvent } from '../../domain/event.ts'
import type { RecordedEvent } from '../engine/recorded-event.ts'
import { Causes } from './causes.ts'
import { eventSentence } from './event-sentences.ts'
import { timeText } from './time-text.ts'

export interface TimelineEntry {
  readonly seq: number
  /** RFC 3339, UTC: a label; the order is that of `seq`. */
  readonly at: string
  readonly actor: string
  /** Empty where no client asked. */
  readonly request: string
  /** `container:<id>`, `image:<id>`, `layer:<id>`, `volume:<name>`, `engine`. */
  readonly stream: string
  readonly kind: string
  readonly what: string
  /** Sequence numbers of the events that led to this one. */
  readonly because: ReadonlyArray<number>
}

/** Fed with every event from the first on; tells causes across them. */
export class Timeline {
  readonly #causes = new Map<string, Causes>()

  entry({ envelope, event }: RecordedEvent): TimelineEntry {
    const { seq, actor, request, stream, kind } = envelope
    return {
      seq,
      at: timeText(envelope.at),
      actor,
      request,
      stream,
      kind,
      what: eventSentence(event),
      because: this.#because({ envelope, event }),
    }
  }

  #because({ envelope, event }: RecordedEvent): ReadonlyArray<number> {
    const { seq, causation } = envelope
    if (!isContainerEvent(event)) return causation === 0 ? [] : [causation]
    const causes = this.#causes.get(event.id) ?? new Causes()
    if (event._tag === 'ContainerRemoved') this.#causes.delete(event.id)
    else this.#causes.set(event.id, causes)
    return causes.of(event, seq, causation)
  }
}
