/** The closed union of all events, and the stream that each belongs to. */
import { absurd } from './absurd.ts'
import { containerEvents, type ContainerEvent } from './container/events.ts'
import { engineEvents, type EngineEvent } from './engine/events.ts'
import { imageEvents, type ImageEvent } from './image/events.ts'
import { layerEvents, type LayerEvent } from './layer/events.ts'
import { volumeEvents, type VolumeEvent } from './volume/events.ts'

export type DomainEvent = ContainerEvent | ImageEvent | LayerEvent | VolumeEvent | EngineEvent

export const domainEvents = [
  ...containerEvents,
  ...imageEvents,
  ...layerEvents,
  ...volumeEvents,
  ...engineEvents,
] as const

const tags = (events: ReadonlyArray<{ readonly name: string }>): ReadonlySet<string> =>
  new Set(events.map((e) => e.name))

const containerTags = tags(containerEvents)
const imageTags = tags(imageEvents)
const layerTags = tags(layerEvents)
const volumeTags = tags(volumeEvents)

export const isContainerEvent = (e: DomainEvent): e is ContainerEvent => containerTags.has(e._tag)
export const isImageEvent = (e: DomainEvent): e is ImageEvent => imageTags.has(e._tag)
export const isLayerEvent = (e: DomainEvent): e is LayerEvent => layerTags.has(e._tag)
export const isVolumeEvent = (e: DomainEvent): e is VolumeEvent => volumeTags.has(e._tag)

/** `container:<id>`, `image:<id>`, `layer:<id>`, `volume:<name>` or `engine`. */
export const streamOf = (e: DomainEvent): string => {
  if (isContainerEvent(e)) return `container:${e.id}`
  if (isImageEvent(e)) return `image:${e.id}`
  if (isLayerEvent(e)) return `layer:${e.id}`
  if (isVolumeEvent(e)) return `volume:${e.id}`
  switch (e._tag) {
    case 'EngineStarted':
    case 'EngineStopped':
    case 'RecoveryConcluded':
    case 'JournalTailCut':
    case 'JournalArchived':
    case 'JournalArchiveDeleted':
      return 'engine'
    default:
      return absurd(e)
  }
}
