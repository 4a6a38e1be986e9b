/** Live feed of durable events: it says what is new, the store has all (journal.md B3.10). */
import * as E from 'fp-ts/lib/Either.js'
import type { Envelope } from '../record/envelope.ts'
import { decodeEvent } from '../record/event-codec.ts'
import type { RecordedEvent } from './recorded-event.ts'

export type Listener = (event: RecordedEvent) => void

export class Feed {
  readonly #listeners = new Set<Listener>()

  publish(event: RecordedEvent): void {
    for (const listener of [...this.#listeners]) listener(event)
  }

  /** Returns the function that ends the subscription. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}

/** Undefined for kinds that this engine cannot read. */
export const eventOfEnvelope = (envelope: Envelope): RecordedEvent | undefined => {
  const decoded = decodeEvent(envelope.kind, envelope.v, envelope.payload)
  return E.isRight(decoded) ? { envelope, event: decoded.right } : undefined
}
