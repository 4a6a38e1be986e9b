/** What is due for a layer. */
import { absurd } from '../absurd.ts'
import { duePlan, idle, type Due } from '../plan.ts'
import type { Layer } from './state.ts'

export const dueLayer = (layer: Layer): Due => {
  const lane = `layer:${layer.id}`
  switch (layer.phase._tag) {
    case 'Unpacking':
      return duePlan({
        key: `${layer.id}/unpack/${layer.phase.source.archive}`,
        lane,
        steps: [
          {
            _tag: 'UnpackLayer',
            request: { layer: layer.id, diff: layer.phase.diff, source: layer.phase.source },
          },
        ],
        subject: { _tag: 'Unpack', layer: layer.id },
        onFailure: 'conclude',
      })
    case 'Committed':
      return idle
    case 'Retiring':
      return duePlan({
        key: `${layer.id}/retire`,
        lane,
        steps: [{ _tag: 'RemoveLayer', layer: layer.id }],
        subject: { _tag: 'Retire', layer: layer.id },
        onFailure: 'retry',
      })
    default:
      return absurd(layer.phase)
  }
}
