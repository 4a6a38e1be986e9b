/** Decides the engine's records about layers, and what they mean for the images that wait. */
import { absurd } from '../absurd.ts'
import type { CommandOf } from '../command.ts'
import { isNews } from '../container/decide/records.ts'
import { accept, nothing, type Decision } from '../decision.ts'
import type { DomainEvent } from '../event.ts'
import type { HostView } from '../host-view.ts'
import { completed } from '../image/decide.ts'
import type { LayerCommand } from './commands.ts'
import { orphanedLayers } from './references.ts'

const decideCommitted = (view: HostView, command: CommandOf<'RecordLayerCommitted'>): Decision => {
  const { layer, sizeBytes } = command
  if (view.layer(layer)?.phase._tag !== 'Unpacking') return nothing
  const images = view.imagesOfLayer(layer)
  const unwanted = images.length === 0 && view.containersOfLayer(layer).length === 0
  return accept([
    { _tag: 'LayerCommitted', v: 1, id: layer, sizeBytes },
    ...completed(view, images, { layer, sizeBytes }),
    ...(unwanted ? [{ _tag: 'LayerRetireRequested', v: 1, id: layer } as const] : []),
  ])
}

const decideFailed = (view: HostView, command: CommandOf<'RecordLayerFailed'>): Decision => {
  const { layer, errno, error } = command
  if (view.layer(layer)?.phase._tag !== 'Unpacking') return nothing
  const images = view.imagesOfLayer(layer).filter((i) => i.phase._tag === 'Loading')
  const failures = images.flatMap(({ id, phase }): ReadonlyArray<DomainEvent> =>
    phase._tag === 'Loading'
      ? [{ _tag: 'ImageLoadFailed', v: 1, id, operation: phase.operation, errno, error }]
      : [],
  )
  const others = images.flatMap((i) => i.layers.map((l) => l.layer)).filter((l) => l !== layer)
  return accept([
    { _tag: 'LayerUnpackFailed', v: 1, id: layer, errno, error },
    ...failures,
    // All of them go at once: what only they share has no user left either.
    ...orphanedLayers(view, others, { images: images.map((i) => i.id) }),
  ])
}

export const decideLayer = (view: HostView, command: LayerCommand): Decision => {
  const phase = view.layer(command.layer)?.phase
  switch (command._tag) {
    case 'RecordLayerCommitted':
      return decideCommitted(view, command)
    case 'RecordLayerFailed':
      return decideFailed(view, command)
    case 'RecordLayerRetired':
      return phase?._tag === 'Retiring'
        ? accept([{ _tag: 'LayerRetired', v: 1, id: command.layer }])
        : nothing
    case 'RecordLayerRetireDelayed':
      return phase?._tag === 'Retiring' && isNews(phase.delay, command)
        ? accept([
            {
              _tag: 'LayerRetireDelayed',
              v: 1,
              id: command.layer,
              errno: command.errno,
              error: command.error,
              tries: command.tries,
            },
          ])
        : nothing
    default:
      return absurd(command)
  }
}
