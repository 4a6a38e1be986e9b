/** Decides loading, tagging and removing images, and what a finished layer means for them. */
import { absurd } from '../absurd.ts'
import type { CommandOf } from '../command.ts'
import { accept, refuse, type CommandContext, type Decision } from '../decision.ts'
import type { DomainEvent } from '../event.ts'
import type { HostView } from '../host-view.ts'
import type { LayerId } from '../identity.ts'
import { orphanedLayers } from '../layer/references.ts'
import type { ArchivedImage } from '../ports/storage-ports.ts'
import type { ImageCommand } from './commands.ts'
import type { Image } from './state.ts'

/** References that `by` gets; `earlier`: images that become visible just before it. */
interface Taking {
  readonly by: Pick<Image, 'id'>
  readonly references: ReadonlyArray<string>
  readonly earlier: ReadonlyArray<Image>
}

/** A reference points to one image: whoever held it before loses it. */
const takenFromOthers = (
  view: HostView,
  { by: image, references, earlier }: Taking,
): ReadonlyArray<DomainEvent> =>
  references.flatMap((reference) => {
    const latest = earlier.filter((e) => e.references.includes(reference)).at(-1)
    const holder = latest ?? view.imageByReference(reference)
    return holder === undefined || holder.id === image.id
      ? []
      : [{ _tag: 'ImageUntagged', v: 1, id: holder.id, reference }]
  })

const committedSize = (view: HostView, layer: LayerId): number | undefined => {
  const phase = view.layer(layer)?.phase
  return phase?._tag === 'Committed' ? phase.sizeBytes : undefined
}

interface FreshLayer {
  readonly layer: LayerId
  readonly sizeBytes: number
}

/** Undefined while a layer other than `fresh` is missing. */
const wholeSize = (
  view: HostView,
  image: Image,
  fresh: FreshLayer | undefined,
): number | undefined =>
  image.layers.reduce<number | undefined>((sum, { layer }) => {
    const size = layer === fresh?.layer ? fresh.sizeBytes : committedSize(view, layer)
    return sum === undefined || size === undefined ? undefined : sum + size
  }, 0)

/** The events that make those of `images` visible that now have all their layers. */
export const completed = (
  view: HostView,
  images: ReadonlyArray<Image>,
  fresh: FreshLayer | undefined,
): ReadonlyArray<DomainEvent> => {
  const earlier: Array<Image> = []
  return images.flatMap((image): ReadonlyArray<DomainEvent> => {
    const { id, references, phase } = image
    const sizeBytes = wholeSize(view, image, fresh)
    if (phase._tag !== 'Loading' || sizeBytes === undefined) return []
    const taken = takenFromOthers(view, { by: image, references, earlier })
    earlier.push(image)
    return [...taken, { _tag: 'ImageStored', v: 1, id, operation: phase.operation, sizeBytes }]
  })
}

/** An image that still loads takes its references from others when it becomes visible. */
const tagged = (
  view: HostView,
  image: Image,
  references: ReadonlyArray<string>,
): ReadonlyArray<DomainEvent> => {
  const added = [...new Set(references)].filter((r) => !image.references.includes(r))
  const taking = { by: image, references: added, earlier: [] }
  return [
    ...(image.phase._tag === 'Stored' ? takenFromOthers(view, taking) : []),
    ...added.map((reference): DomainEvent => ({
      _tag: 'ImageTagged',
      v: 1,
      id: image.id,
      reference,
    })),
  ]
}

const unpacking = (view: HostView, image: ArchivedImage): ReadonlyArray<DomainEvent> =>
  image.layers
    .filter(({ layer }, i) => image.layers.findIndex((l) => l.layer === layer) === i)
    .filter(({ layer }) => {
      const phase = view.layer(layer)?.phase
      return phase === undefined || phase._tag === 'Retiring'
    })
    .map(({ layer, diff, source }) => ({
      _tag: 'LayerUnpackRequested',
      v: 1,
      id: layer,
      diff,
      source,
    }))

const decideLoad = (
  view: HostView,
  command: CommandOf<'LoadImage'>,
  context: CommandContext,
): Decision => {
  const { image, references } = command
  const present = view.image(image.id)
  if (present?.phase._tag === 'Loading')
    return accept(tagged(view, present, references), { whenResolved: present.phase.operation })
  if (present !== undefined) return accept(tagged(view, present, references))
  const layers = image.layers.map(({ layer, diff }) => ({ layer, diff }))
  const loading: Image = {
    id: image.id,
    config: image.config,
    references,
    layers,
    loaded: context.now,
    phase: { _tag: 'Loading', operation: context.operation },
  }
  const requested: DomainEvent = {
    _tag: 'ImageLoadRequested',
    v: 1,
    id: image.id,
    operation: context.operation,
    config: image.config,
    references,
    layers,
    origin: command.origin,
  }
  return accept([requested, ...unpacking(view, image), ...completed(view, [loading], undefined)], {
    whenResolved: context.operation,
  })
}

const decideTag = (view: HostView, command: CommandOf<'TagImage'>): Decision => {
  const image = view.image(command.id)
  if (image === undefined) return refuse({ _tag: 'NoSuchImage', reference: command.id })
  if (image.phase._tag !== 'Stored') return refuse({ _tag: 'ImageIncomplete', id: image.id })
  return accept(tagged(view, image, [command.reference]))
}

const decideRemove = (view: HostView, command: CommandOf<'RemoveImage'>): Decision => {
  const image = view.image(command.id)
  if (image === undefined) return refuse({ _tag: 'NoSuchImage', reference: command.id })
  if (image.phase._tag !== 'Stored') return refuse({ _tag: 'ImageIncomplete', id: image.id })
  const { reference } = command
  const others = image.references.filter((r) => r !== reference)
  if (reference !== '' && others.length > 0)
    return accept([{ _tag: 'ImageUntagged', v: 1, id: image.id, reference }])
  const users = view.containersOfImage(image.id).map((c) => c.id)
  if (users.length > 0 && !command.force) return refuse({ _tag: 'ImageInUse', id: image.id, users })
  const layers = image.layers.map((l) => l.layer)
  return accept([
    { _tag: 'ImageRemoved', v: 1, id: image.id },
    ...orphanedLayers(view, layers, { images: [image.id] }),
  ])
}

export const decideImage = (
  view: HostView,
  command: ImageCommand,
  context: CommandContext,
): Decision => {
  const id = command._tag === 'LoadImage' ? command.image.id : command.id
  const reason = view.quarantined(`image:${id}`)
  if (reason !== undefined) return refuse({ _tag: 'Quarantined', subject: `image ${id}`, reason })
  switch (command._tag) {
    case 'LoadImage':
      return decideLoad(view, command, context)
    case 'TagImage':
      return decideTag(view, command)
    case 'RemoveImage':
      return decideRemove(view, command)
    default:
      return absurd(command)
  }
}
