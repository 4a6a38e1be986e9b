/** All aggregates of one fold with their indexes: updated in place, never held across an await. */
import { evolveContainer } from '../../domain/container/evolve.ts'
import { isLegal } from '../../domain/container/legality.ts'
import { containerResolutions } from '../../domain/container/resolutions.ts'
import type { Container } from '../../domain/container/state.ts'
import type { DecidingView } from '../../domain/decide.ts'
import { evolveEngine, noEngine, type EngineState } from '../../domain/engine/state.ts'
import {
  isContainerEvent,
  isImageEvent,
  isLayerEvent,
  isVolumeEvent,
  type DomainEvent,
} from '../../domain/event.ts'
import type { ContainerId, ImageId, LayerId, VolumeName } from '../../domain/identity.ts'
import { evolveImage, isLegalForImage } from '../../domain/image/evolve.ts'
import { imageResolutions } from '../../domain/image/resolutions.ts'
import type { Image } from '../../domain/image/state.ts'
import { evolveLayer, isLegalForLayer } from '../../domain/layer/evolve.ts'
import type { Layer } from '../../domain/layer/state.ts'
import type { Resolution } from '../../domain/outcome.ts'
import type { Now } from '../../domain/time.ts'
import { evolveVolume, isLegalForVolume } from '../../domain/volume/evolve.ts'
import { volumeResolutions } from '../../domain/volume/resolutions.ts'
import { volumesOf } from '../../domain/volume/references.ts'
import type { Volume } from '../../domain/volume/state.ts'
import { GroupIndex } from './group-index.ts'

/** One aggregate's new value: what a committed event changes in the durable fold. */
export type Change =
  | { readonly kind: 'container'; readonly id: ContainerId; readonly after: Container | undefined }
  | { readonly kind: 'image'; readonly id: ImageId; readonly after: Image | undefined }
  | { readonly kind: 'layer'; readonly id: LayerId; readonly after: Layer | undefined }
  | { readonly kind: 'volume'; readonly id: VolumeName; readonly after: Volume | undefined }
  | { readonly kind: 'engine'; readonly after: EngineState }

/** An evolved event: the change, whether it was legal (D2), and the operations that it ends. */
export interface Step {
  readonly change: Change
  readonly legal: boolean
  readonly resolutions: ReadonlyArray<Resolution>
}

export class World implements DecidingView {
  readonly containers = new Map<ContainerId, Container>()
  readonly images = new Map<ImageId, Image>()
  readonly layers = new Map<LayerId, Layer>()
  readonly volumes = new Map<VolumeName, Volume>()
  /** Streams whose events cannot be read, with the reason (I8: only these are out of use). */
  readonly quarantine = new Map<string, string>()
  #engine: EngineState = noEngine
  readonly #names = new Map<string, ContainerId>()
  readonly #references = new Map<string, ImageId>()
  readonly #containersOfImage = new GroupIndex<ImageId, ContainerId>()
  readonly #containersOfLayer = new GroupIndex<LayerId, ContainerId>()
  readonly #containersOfVolume = new GroupIndex<VolumeName, ContainerId>()
  readonly #imagesOfLayer = new GroupIndex<LayerId, ImageId>()

  container = (id: ContainerId): Container | undefined => this.containers.get(id)
  image = (id: ImageId): Image | undefined => this.images.get(id)
  layer = (id: LayerId): Layer | undefined => this.layers.get(id)
  volume = (id: VolumeName): Volume | undefined => this.volumes.get(id)
  engine = (): EngineState => this.#engine
  quarantined = (stream: string): string | undefined => this.quarantine.get(stream)

  containerByName = (name: string): Container | undefined => {
    const id = this.#names.get(name)
    return id === undefined ? undefined : this.containers.get(id)
  }

  imageByReference = (reference: string): Image | undefined => {
    const id = this.#references.get(reference)
    return id === undefined ? undefined : this.images.get(id)
  }

  containersOfImage = (id: ImageId): ReadonlyArray<Container> =>
    this.#containersOfImage.get(id).flatMap((c) => this.containers.get(c) ?? [])

  containersOfLayer = (id: LayerId): ReadonlyArray<Container> =>
    this.#containersOfLayer.get(id).flatMap((c) => this.containers.get(c) ?? [])

  containersOfVolume = (id: VolumeName): ReadonlyArray<Container> =>
    this.#containersOfVolume.get(id).flatMap((c) => this.containers.get(c) ?? [])

  imagesOfLayer = (id: LayerId): ReadonlyArray<Image> =>
    this.#imagesOfLayer.get(id).flatMap((i) => this.images.get(i) ?? [])

  /** What an event makes of this fold, without applying it. */
  evolve(event: DomainEvent, at: Now): Change {
    if (isContainerEvent(event)) {
      const { id } = event
      return { kind: 'container', id, after: evolveContainer(this.containers.get(id), event, at) }
    }
    if (isImageEvent(event)) {
      const { id } = event
      return { kind: 'image', id, after: evolveImage(this.images.get(id), event, at) }
    }
    if (isLayerEvent(event)) {
      const { id } = event
      return { kind: 'layer', id, after: evolveLayer(this.layers.get(id), event) }
    }
    if (isVolumeEvent(event)) {
      const { id } = event
      return { kind: 'volume', id, after: evolveVolume(this.volumes.get(id), event, at) }
    }
    return { kind: 'engine', after: evolveEngine(this.#engine, event, at) }
  }

  /** Computes an event's effect on this fold without applying it. */
  step(event: DomainEvent, at: Now): Step {
    return { change: this.evolve(event, at), ...this.#judge(event) }
  }

  #judge(event: DomainEvent): Omit<Step, 'change'> {
    if (isContainerEvent(event)) {
      const before = this.containers.get(event.id)
      const resolutions = containerResolutions(before, event)
      return { legal: isLegal(before, event), resolutions }
    }
    if (isImageEvent(event)) {
      const legal = isLegalForImage(this.images.get(event.id), event)
      return { legal, resolutions: imageResolutions(event) }
    }
    if (isLayerEvent(event))
      return { legal: isLegalForLayer(this.layers.get(event.id), event), resolutions: [] }
    if (isVolumeEvent(event)) {
      const before = this.volumes.get(event.id)
      const resolutions = volumeResolutions(before, event)
      return { legal: isLegalForVolume(before, event), resolutions }
    }
    return { legal: true, resolutions: [] }
  }

  apply(change: Change): void {
    switch (change.kind) {
      case 'container':
        return this.#putContainer(change.id, change.after)
      case 'image':
        return this.#putImage(change.id, change.after)
      case 'layer':
        if (change.after === undefined) this.layers.delete(change.id)
        else this.layers.set(change.id, change.after)
        return
      case 'volume':
        if (change.after === undefined) this.volumes.delete(change.id)
        else this.volumes.set(change.id, change.after)
        return
      case 'engine':
        this.#engine = change.after
    }
  }

  /** A second fold with the same (immutable) aggregates. */
  copy(): World {
    const world = new World()
    for (const [id, after] of this.layers) world.layers.set(id, after)
    for (const [id, after] of this.volumes) world.volumes.set(id, after)
    for (const [id, after] of this.images) world.#putImage(id, after)
    for (const [id, after] of this.containers) world.#putContainer(id, after)
    for (const [stream, reason] of this.quarantine) world.quarantine.set(stream, reason)
    world.#engine = this.#engine
    return world
  }

  #putContainer(id: ContainerId, after: Container | undefined): void {
    const before = this.containers.get(id)
    if (before !== undefined && before.name !== after?.name) this.#names.delete(before.name)
    if (after === undefined) {
      this.containers.delete(id)
      if (before !== undefined) this.#unindex(before)
      return
    }
    this.containers.set(id, after)
    if (before?.name !== after.name) this.#names.set(after.name, id)
    if (before === undefined) {
      this.#containersOfImage.add(after.image.id, id)
      for (const layer of after.layers) this.#containersOfLayer.add(layer, id)
      for (const volume of volumesOf(after)) this.#containersOfVolume.add(volume, id)
    }
  }

  #unindex(container: Container): void {
    this.#containersOfImage.remove(container.image.id, container.id)
    for (const layer of container.layers) this.#containersOfLayer.remove(layer, container.id)
    for (const volume of volumesOf(container)) this.#containersOfVolume.remove(volume, container.id)
  }

  #putImage(id: ImageId, after: Image | undefined): void {
    const before = this.images.get(id)
    for (const reference of before?.references ?? [])
      if (this.#references.get(reference) === id) this.#references.delete(reference)
    if (after === undefined) {
      this.images.delete(id)
      for (const { layer } of before?.layers ?? []) this.#imagesOfLayer.remove(layer, id)
      return
    }
    this.images.set(id, after)
    for (const { layer } of after.layers) this.#imagesOfLayer.add(layer, id)
    // A reference is taken only by a visible image: a load that fails must not have moved it.
    if (after.phase._tag === 'Stored')
      for (const reference of after.references) this.#references.set(reference, id)
  }
}
