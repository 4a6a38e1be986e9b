/** Which open operations a volume's event ends. */
import { absurd } from '../absurd.ts'
import { done, failed, type Resolution } from '../outcome.ts'
import type { VolumeEvent } from './events.ts'
import type { Volume } from './state.ts'

export const volumeResolutions = (
  before: Volume | undefined,
  e: VolumeEvent,
): ReadonlyArray<Resolution> => {
  switch (e._tag) {
    case 'VolumeCreated':
    case 'VolumeFilled':
      return [{ operation: e.operation, outcome: done }]
    case 'VolumeCreateFailed':
    case 'VolumeFillFailed': {
      const { id: subject, errno, error } = e
      const outcome = failed({
        _tag: 'EffectFailed',
        action: 'volume',
        ...{ subject, errno, error, exitCode: 1 },
      })
      return [{ operation: e.operation, outcome }]
    }
    case 'VolumeRemoved':
      return before?.phase._tag === 'Removing'
        ? [{ operation: before.phase.operation, outcome: done }]
        : []
    case 'VolumeCreateRequested':
    case 'VolumeFillRequested':
    case 'VolumeRemoveRequested':
    case 'VolumeRemoveDelayed':
      return []
    default:
      return absurd(e)
  }
}
