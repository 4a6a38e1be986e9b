/** The read-only view on all aggregates that `decide` gets: the head fold, durable or not. */
import type { Container } from './container/state.ts'
import type { ContainerId, ImageId, LayerId, VolumeName } from './identity.ts'
import type { Image } from './image/state.ts'
import type { Layer } from './layer/state.ts'
import type { Volume } from './volume/state.ts'

export interface HostView {
  readonly container: (id: ContainerId) => Container | undefined
  readonly containerByName: (name: string) => Container | undefined
  readonly image: (id: ImageId) => Image | undefined
  readonly imageByReference: (reference: string) => Image | undefined
  readonly layer: (id: LayerId) => Layer | undefined
  readonly volume: (id: VolumeName) => Volume | undefined
  /** Containers whose rootfs is made from that image. */
  readonly containersOfImage: (id: ImageId) => ReadonlyArray<Container>
  /** Images and containers that need that layer. */
  readonly imagesOfLayer: (id: LayerId) => ReadonlyArray<Image>
  readonly containersOfLayer: (id: LayerId) => ReadonlyArray<Container>
  readonly containersOfVolume: (id: VolumeName) => ReadonlyArray<Container>
  /** Why an entity is out of use (its events cannot be read), by stream name. */
  readonly quarantined: (stream: string) => string | undefined
}
