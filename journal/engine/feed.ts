/** Live feed of durable events, gap-free behind a catch-up read (journal.md B3.10). */
import * as E from 'fp-ts/lib/Either.js'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import type { Envelope } from '../record/envelope.ts'
import { decodeEvent } from '../record/event-codec.ts'
import type { JournalStore } from '../store/journal-store.ts'
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

export interface ReadOptions {
  /** First sequence number, from 1. */
  readonly from: number
  readonly follow: boolean
  readonly signal?: AbortSignal
}

/** At most so many live events wait for a slow reader before it is cut. */
const mostBacklog = 100_000

/** Taken from in batches: shifting a long array one by one is quadratic. */
class Backlog {
  #incoming: Envelope[] = []
  #batch: ReadonlyArray<Envelope> = []
  #taken = 0
  #wake: () => void = () => undefined
  overflow = false

  push(e: Envelope): void {
    if (this.#incoming.length >= mostBacklog) this.overflow = true
    else this.#incoming.push(e)
    this.#wake()
  }

  wake(): void {
    this.#wake()
  }

  take(): Envelope | undefined {
    if (this.#taken === this.#batch.length) {
      this.#batch = this.#incoming
      this.#incoming = []
      this.#taken = 0
    }
    const event = this.#batch[this.#taken]
    if (event !== undefined) this.#taken += 1
    return event
  }

  wait(): Promise<void> {
    return this.#incoming.length > 0 || this.overflow
      ? Promise.resolve()
      : new Promise((resolve) => (this.#wake = resolve))
  }
}

/** Envelopes from `from` on; with `follow` it goes on live until the signal aborts. */
export const readEnvelopes = async function* (
  store: JournalStore,
  feed: Feed,
  options: ReadOptions,
): AsyncGenerator<Envelope> {
  const backlog = new Backlog()
  const end = options.follow ? feed.subscribe((r) => backlog.push(r.envelope)) : () => undefined
  const onAbort = (): void => backlog.wake()
  options.signal?.addEventListener('abort', onAbort)
  try {
    let next = options.from
    for await (const record of store.read(options.from)) {
      const envelope = decodeEnvelope(record.bytes)
      if (E.isLeft(envelope)) throw new Error(`record ${record.seq}: ${envelope.left}`)
      yield envelope.right
      next = record.seq + 1
    }
    while (options.follow && options.signal?.aborted !== true) {
      const envelope = backlog.take()
      if (envelope === undefined) {
        if (backlog.overflow) throw new Error('the reader was too slow and has been cut')
        await backlog.wait()
      } else if (envelope.seq >= next) {
        if (envelope.seq > next && next > options.from)
          throw new Error(`gap before ${envelope.seq}`)
        yield envelope
        next = envelope.seq + 1
      }
    }
  } finally {
    end()
    options.signal?.removeEventListener('abort', onAbort)
  }
}

/** Undefined for kinds that this engine cannot read. */
export const eventOfEnvelope = (envelope: Envelope): RecordedEvent | undefined => {
  const decoded = decodeEvent(envelope.kind, envelope.v, envelope.payload)
  return E.isRight(decoded) ? { envelope, event: decoded.right } : undefined
}
