/** Finds the stream of a container by id, name or prefix, also of one that was removed long ago. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { eventOfEnvelope } from '../engine/feed.ts'
import type { RecordedEvent } from '../engine/recorded-event.ts'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import type { JournalStore } from '../store/journal-store.ts'

export type Records = Pick<JournalStore, 'read'>

/** Events in order; records that cannot be read belong to audits, not to stories. */
export const readEvents = async function* (store: Records): AsyncGenerator<RecordedEvent> {
  for await (const record of store.read(1)) {
    const envelope = decodeEnvelope(record.bytes)
    const event = E.isRight(envelope) ? eventOfEnvelope(envelope.right) : undefined
    if (event !== undefined) yield event
  }
}

export interface ContainerStream {
  readonly id: string
  /** All names that it had, in order. */
  readonly names: ReadonlyArray<string>
  readonly removed: boolean
}

/** Keeps the streams of all containers up to date, event by event. */
export const follow = (known: Map<string, ContainerStream>, { event }: RecordedEvent): void => {
  switch (event._tag) {
    case 'ContainerCreateRequested':
      known.set(event.id, { id: event.id, names: [event.name], removed: false })
      return
    case 'ContainerRenamed':
    case 'ContainerRemoved': {
      const stream = known.get(event.id)
      if (stream === undefined) return
      known.set(
        event.id,
        event._tag === 'ContainerRemoved'
          ? { ...stream, removed: true }
          : { ...stream, names: [...stream.names, event.name] },
      )
      return
    }
    default:
      return
  }
}

const currentName = ({ names }: ContainerStream): string | undefined => names[names.length - 1]

/** In this order: full id, present name, last name of a removed one, earlier name, id prefix. */
export const chooseStream = (
  streams: ReadonlyArray<ContainerStream>,
  given: string,
): Either<string, ContainerStream> => {
  const newestFirst = [...streams].reverse()
  const named =
    newestFirst.find((s) => s.id === given) ??
    newestFirst.find((s) => !s.removed && currentName(s) === given) ??
    newestFirst.find((s) => currentName(s) === given) ??
    newestFirst.find((s) => s.names.includes(given))
  if (named !== undefined) return E.right(named)
  const prefixed = given === '' ? [] : streams.filter((s) => s.id.startsWith(given))
  const [first] = prefixed
  if (prefixed.length > 1) return E.left(`Multiple IDs found with provided prefix: ${given}`)
  return first === undefined ? E.left(`the journal knows no container ${given}`) : E.right(first)
}

export const findStream = async (
  store: Records,
  given: string,
): Promise<Either<string, ContainerStream>> => {
  const known = new Map<string, ContainerStream>()
  for await (const event of readEvents(store)) follow(known, event)
  return chooseStream([...known.values()], given)
}
