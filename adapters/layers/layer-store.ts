/** The layer store of one daemon: both ports over the same threads. */
import type { Layout } from '../../domain/ports/layout.ts'
import type { LayerPort, RootfsPort } from '../../domain/ports/storage-ports.ts'
import { createLayerPort } from './layer-port.ts'
import { createLayerThreads } from './layer-threads.ts'
import { createRootfsPort } from './rootfs-port.ts'
import type { LayerLimits } from './unpack/layer-writer.ts'

export interface LayerStore {
  readonly layer: LayerPort
  readonly rootfs: RootfsPort
  /** Threads given up because a call did not end in time. */
  readonly lostThreads: () => number
  /** Ends the threads; work in progress is cut off and done again after the next start. */
  readonly close: () => void
}

export interface LayerStoreOptions {
  readonly layout: Layout
  readonly limits?: LayerLimits
}

export const layerStore = (options: LayerStoreOptions): LayerStore => {
  const threads = createLayerThreads()
  return {
    layer: createLayerPort({ ...options, threads }),
    rootfs: createRootfsPort({ layout: options.layout, threads }),
    lostThreads: threads.lost,
    close: threads.close,
  }
}
