/** Which open operations an image's event ends. */
import { done, failed, type Resolution } from '../outcome.ts'
import type { ImageEvent } from './events.ts'

export const imageResolutions = (e: ImageEvent): ReadonlyArray<Resolution> => {
  switch (e._tag) {
    case 'ImageStored':
      return [{ operation: e.operation, outcome: done }]
    case 'ImageLoadFailed':
      return [
        {
          operation: e.operation,
          outcome: failed({
            _tag: 'EffectFailed',
            action: 'load',
            subject: e.id,
            errno: e.errno,
            error: e.error,
            exitCode: 1,
          }),
        },
      ]
    case 'ImageLoadRequested':
    case 'ImageTagged':
    case 'ImageUntagged':
    case 'ImageRemoved':
      return []
  }
}
