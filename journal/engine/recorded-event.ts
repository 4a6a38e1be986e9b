/** An event with its envelope, as the durable fold, subscribers and readers see it. */
import type { DomainEvent } from '../../domain/event.ts'
import type { Now } from '../../domain/time.ts'
import type { BootId } from '../../domain/identity.ts'
import type { Envelope } from '../record/envelope.ts'

export interface RecordedEvent {
  readonly envelope: Envelope
  readonly event: DomainEvent
}

export const envelopeTime = (e: Envelope): Now => ({
  boot: e.boot as BootId,
  monoMs: e.mono,
  wallMs: e.at,
})
