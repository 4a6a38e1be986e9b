/** What any event of the journal says, as a sentence for people. */
import { absurd } from '../../domain/absurd.ts'
import { isContainerEvent, isVolumeEvent, type DomainEvent } from '../../domain/event.ts'
import type { ContainerEvent } from '../../domain/container/events.ts'
import type { VolumeEvent } from '../../domain/volume/events.ts'
import { sentence } from './sentences.ts'

const short = (id: string): string => id.slice(0, 12)

const bytes = (n: number): string => `${n} byte${n === 1 ? '' : 's'}`

const filledFrom = (fill: { readonly path: string } | null): string =>
  fill === null ? '' : `, with what the image has at ${fill.path}`

const volumeSentence = (e: VolumeEvent): string => {
  switch (e._tag) {
    case 'VolumeCreateRequested':
      return `volume requested${e.anonymous ? ', without a name' : ''}${filledFrom(e.fill)}`
    case 'VolumeCreated':
      return 'volume is complete and durable'
    case 'VolumeCreateFailed':
      return `volume not made: ${e.errno}: ${e.error}`
    case 'VolumeFillRequested':
      return `volume is to be filled${filledFrom(e.fill)}`
    case 'VolumeFilled':
      return 'volume is filled'
    case 'VolumeFillFailed':
      return `volume not filled: ${e.errno}: ${e.error}`
    case 'VolumeRemoveRequested':
      return 'removal of the volume requested'
    case 'VolumeRemoveDelayed':
      return `removal of the volume failed ${e.tries} times: ${e.errno}: ${e.error}`
    case 'VolumeRemoved':
      return 'volume removed'
    default:
      return absurd(e)
  }
}

const otherSentence = (e: Exclude<DomainEvent, ContainerEvent | VolumeEvent>): string => {
  switch (e._tag) {
    case 'ImageLoadRequested':
      return `load of ${e.references.join(', ') || short(e.id)} requested from ${e.origin}`
    case 'ImageStored':
      return `image is complete, ${bytes(e.sizeBytes)}`
    case 'ImageLoadFailed':
      return `load failed: ${e.errno}: ${e.error}`
    case 'ImageTagged':
      return `tagged ${e.reference}`
    case 'ImageUntagged':
      return `lost the tag ${e.reference}`
    case 'ImageRemoved':
      return 'image removed'
    case 'LayerUnpackRequested':
      return `layer is to be unpacked from ${e.source.archive}`
    case 'LayerCommitted':
      return `layer is verified and durable, ${bytes(e.sizeBytes)}`
    case 'LayerUnpackFailed':
      return `unpacking failed: ${e.errno}: ${e.error}`
    case 'LayerRetireRequested':
      return 'layer has no user left and is to be removed'
    case 'LayerRetireDelayed':
      return `removal of the layer failed ${e.tries} times: ${e.errno}: ${e.error}`
    case 'LayerRetired':
      return 'layer removed'
    case 'EngineStarted':
      return (
        `the daemon started: version ${e.version}, pid ${e.pid}, boot ${e.boot}, ` +
        `its run before: ${e.previous}`
      )
    case 'EngineStopped':
      return `the daemon stopped on ${e.signal}`
    case 'RecoveryConcluded':
      return `recovery: ${
        e.findings.map((f) => `${f.subject}: ${f.found}, ${f.decided}`).join('; ') ||
        'nothing is left to tell'
      }`
    case 'JournalTailCut':
      return `${bytes(e.bytes)} of a torn tail cut from ${e.file} at ${e.offset}`
    case 'JournalArchived':
      return `records ${e.from} to ${e.to} are in the archive ${e.file}, ${bytes(e.sizeBytes)}`
    case 'JournalArchiveDeleted':
      return `the archive ${e.file} with records ${e.from} to ${e.to} is deleted for good`
    default:
      return absurd(e)
  }
}

export const eventSentence = (e: DomainEvent): string => {
  if (isContainerEvent(e)) return sentence(e)
  return isVolumeEvent(e) ? volumeSentence(e) : otherSentence(e)
}
