/** The intents that the durable journal holds: what an effect needs before it may run (I2). */
import * as E from 'fp-ts/lib/Either.js'
import type { DomainEvent } from '../../domain/event.ts'
import { eventOfEnvelope } from '../../journal/engine/feed.ts'
import type { RecordedEvent } from '../../journal/engine/recorded-event.ts'
import { decodeEnvelope } from '../../journal/record/envelope-codec.ts'
import type { StoredRecord } from '../../journal/store/journal-store.ts'

const intentsOf = (e: DomainEvent): ReadonlyArray<string> => {
  switch (e._tag) {
    case 'ContainerCreateRequested':
      return [`create ${e.id}`]
    case 'ContainerStartRequested':
      return [`start ${e.id}`, `start ${e.id}/${e.attempt}`]
    case 'ContainerPauseRequested':
      return [`pause ${e.id}`]
    case 'ContainerUpdateRequested':
      return [`update ${e.id}`]
    case 'ContainerExecRequested':
      return [`exec ${e.id}/${e.exec}`]
    case 'ContainerCopyRequested':
      return [
        `copy ${e.id}/${e.copy}`,
        ...(e.freeze ? [`pause ${e.id}`] : []),
        ...(e.mount ? [`start ${e.id}`] : []),
      ]
    case 'ContainerCreateFailed':
    case 'ContainerRemoveRequested':
      return [`remove ${e.id}`]
    case 'VolumeCreateRequested':
    case 'VolumeFillRequested':
      return [`volume ${e.id}`]
    case 'VolumeCreateFailed':
    case 'VolumeRemoveRequested':
      return [`remove volume ${e.id}`]
    case 'LayerUnpackRequested':
      return [`unpack ${e.id}`]
    case 'LayerUnpackFailed':
    case 'LayerRetireRequested':
      return [`retire ${e.id}`]
    default:
      return []
  }
}

/**
 * What a reader of the disk sees. Throws where a record cannot be read: no simulation damages
 * one.
 */
export const recordedEvent = (record: StoredRecord): RecordedEvent => {
  const envelope = decodeEnvelope(record.bytes)
  const recorded = E.isRight(envelope) ? eventOfEnvelope(envelope.right) : undefined
  if (recorded === undefined) throw new Error(`record ${record.seq} cannot be read`)
  return recorded
}

export class DurableIntents {
  readonly #records: () => ReadonlyArray<StoredRecord>
  readonly #intents = new Set<string>()
  readonly #requests = new Set<string>()
  #read = 0

  constructor(records: () => ReadonlyArray<StoredRecord>) {
    this.#records = records
  }

  has(intent: string): boolean {
    if (!this.#intents.has(intent)) this.#refresh()
    return this.#intents.has(intent)
  }

  hasRequest(requestId: string): boolean {
    if (!this.#requests.has(requestId)) this.#refresh()
    return this.#requests.has(requestId)
  }

  #refresh(): void {
    for (const record of this.#records().slice(this.#read)) {
      const { envelope, event } = recordedEvent(record)
      this.#requests.add(envelope.request)
      for (const intent of intentsOf(event)) this.#intents.add(intent)
      this.#read += 1
    }
  }
}
