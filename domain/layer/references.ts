/** The reference graph of layers: what nobody needs any more is retired. */
import type { DomainEvent } from '../event.ts'
import type { HostView } from '../host-view.ts'
import type { ContainerId, ImageId, LayerId } from '../identity.ts'

/** Users that are about to go, all at once, and do not count. */
export interface Leaving {
  readonly container?: ContainerId
  readonly images?: ReadonlyArray<ImageId>
}

const isNeeded = (view: HostView, layer: LayerId, leaving: Leaving): boolean =>
  view.imagesOfLayer(layer).some((i) => !(leaving.images ?? []).includes(i.id)) ||
  view.containersOfLayer(layer).some((c) => c.id !== leaving.container)

/** Retirement of those of `layers` that only `leaving` needs. Unpacking ones end by themselves. */
export const orphanedLayers = (
  view: HostView,
  layers: ReadonlyArray<LayerId>,
  leaving: Leaving,
): ReadonlyArray<DomainEvent> =>
  [...new Set(layers)]
    .filter((layer) => view.layer(layer)?.phase._tag === 'Committed')
    .filter((layer) => !isNeeded(view, layer, leaving))
    .map((layer) => ({ _tag: 'LayerRetireRequested', v: 1, id: layer }))
