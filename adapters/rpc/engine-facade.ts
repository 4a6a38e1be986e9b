/** What the front door needs of the engine: the engine itself and test doubles fit this shape. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Command } from '../../domain/command.ts'
import type { Container } from '../../domain/container/state.ts'
import type { ContainerId, ImageId, VolumeName } from '../../domain/identity.ts'
import type { Image } from '../../domain/image/state.ts'
import type { Volume } from '../../domain/volume/state.ts'
import type { RecordedEvent } from '../../journal/engine/recorded-event.ts'
import type { Submitter, SubmitResult } from '../../journal/engine/submission.ts'
import type { Envelope } from '../../journal/record/envelope.ts'
import type { Head, StoredRecord } from '../../journal/store/journal-store.ts'

export type { Accepted, SubmitError, SubmitResult } from '../../journal/engine/submission.ts'
export type { RecordedEvent } from '../../journal/engine/recorded-event.ts'
export type { Envelope } from '../../journal/record/envelope.ts'

/** The durable fold. Answered from memory; never held across an await, never changed. */
export interface WorldView {
  readonly containers: ReadonlyMap<ContainerId, Container>
  readonly images: ReadonlyMap<ImageId, Image>
  readonly volumes: ReadonlyMap<VolumeName, Volume>
  readonly container: (id: ContainerId) => Container | undefined
  readonly containerByName: (name: string) => Container | undefined
  readonly image: (id: ImageId) => Image | undefined
  readonly imageByReference: (reference: string) => Image | undefined
  readonly volume: (id: VolumeName) => Volume | undefined
  readonly containersOfVolume: (id: VolumeName) => ReadonlyArray<Container>
}

export interface EventFeed {
  /** Durable events as they come; returns the end of the subscription. */
  readonly subscribe: (listener: (event: RecordedEvent) => void) => () => void
}

export interface JournalView {
  readonly head: () => Head
  readonly read: (from: number, to?: number) => AsyncIterable<StoredRecord>
}

export interface EngineFacade {
  readonly world: WorldView
  readonly feed: EventFeed
  readonly store: JournalView
  readonly submit: (command: Command, by: Submitter) => Promise<SubmitResult>
}

/** The journal's codecs, handed in: the front door imports none of the journal's code. */
export interface JournalCodec {
  readonly envelope: (bytes: Uint8Array) => Either<string, Envelope>
  /** Undefined for kinds that this engine cannot read. */
  readonly event: (envelope: Envelope) => RecordedEvent | undefined
}
