/** Events: the history from the journal, as far back as it goes, then live (CLI-EVENTS-01, -02). */
import * as E from 'fp-ts/lib/Either.js'
import { readJournal } from '../engine-service/journal-cursor.ts'
import type { Front } from '../front.ts'
import type { StreamWork } from '../server/handlers.ts'
import type { Event, EventsRequest } from '../wire/containers.ts'
import { EventWords, type NamedEvent } from './event-words.ts'
import { msOfTimestamp } from './time-text.ts'

interface Span {
  /** Wall clock, ms since the epoch. */
  readonly sinceMs: number
  readonly untilMs: number
  /** Whether the past is asked for at all; else only what comes. */
  readonly past: boolean
  readonly follow: boolean
}

const spanOf = ({ since, until, storeOnly }: EventsRequest, nowMs: number): Span => {
  const untilMs = until === undefined ? Infinity : msOfTimestamp(until)
  return {
    sinceMs: since === undefined ? 0 : msOfTimestamp(since),
    untilMs,
    past: since !== undefined || until !== undefined || storeOnly,
    follow: !storeOnly && untilMs > nowMs,
  }
}

const longestTimerMs = 2_000_000_000

/** Aborts when the client goes away or `untilMs` has come. */
const endOf = (signal: AbortSignal, untilMs: number, nowMs: number): AbortController => {
  const end = new AbortController()
  const abort = (): void => end.abort()
  const leftMs = untilMs - nowMs
  const timer =
    leftMs > 0 && leftMs < longestTimerMs ? setTimeout(abort, Math.ceil(leftMs)) : undefined
  signal.addEventListener('abort', abort)
  end.signal.addEventListener('abort', () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  })
  return end
}

/** `given`: name, full id or prefix of it; empty: all. */
const isAsked = (given: string, { message, name }: NamedEvent): boolean => {
  if (given === '' || name === given || message.id === given) return true
  return /^[0-9a-f]+$/.test(given) && message.id.startsWith(given)
}

/** What came before the first record that will be read. */
const seed = (front: Front, words: EventWords): void => {
  const { containers, images } = front.engine.world
  for (const container of containers.values()) words.know(container)
  for (const { id, references } of images.values())
    words.knowImage(id, references[0] ?? `sha256:${id}`)
}

export const events =
  (front: Front): StreamWork<EventsRequest, Event> =>
  async (request, { signal }, send) => {
    const nowMs = front.wallMs()
    const span = spanOf(request, nowMs)
    const words = new EventWords()
    const from = span.past ? 1 : front.engine.store.head().seq + 1
    if (!span.past) seed(front, words)
    const end = endOf(signal, span.untilMs, nowMs)
    try {
      const options = { from, follow: span.follow, signal: end.signal }
      for await (const record of readJournal(front.engine, options)) {
        const envelope = front.codec.envelope(record.bytes)
        const recorded = E.isRight(envelope) ? front.codec.event(envelope.right) : undefined
        if (recorded === undefined) continue
        const named = words.messages(recorded)
        const { at } = recorded.envelope
        if (at < span.sinceMs || at > span.untilMs) continue
        for (const one of named) if (isAsked(request.id, one)) await send(one.message)
      }
    } finally {
      end.abort()
    }
  }
