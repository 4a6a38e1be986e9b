/** Folds one event into an image. */
import { absurd } from '../absurd.ts'
import type { Now } from '../time.ts'
import type { ImageEvent } from './events.ts'
import type { Image } from './state.ts'

export const evolveImage = (
  before: Image | undefined,
  e: ImageEvent,
  at: Now,
): Image | undefined => {
  if (e._tag === 'ImageLoadRequested')
    return {
      id: e.id,
      config: e.config,
      references: e.references,
      layers: e.layers,
      loaded: at,
      phase: { _tag: 'Loading', operation: e.operation },
    }
  if (before === undefined) return undefined
  switch (e._tag) {
    case 'ImageStored':
      return { ...before, loaded: at, phase: { _tag: 'Stored', sizeBytes: e.sizeBytes } }
    case 'ImageLoadFailed':
    case 'ImageRemoved':
      return undefined
    case 'ImageTagged':
      return before.references.includes(e.reference)
        ? before
        : { ...before, references: [...before.references, e.reference] }
    case 'ImageUntagged':
      return { ...before, references: before.references.filter((r) => r !== e.reference) }
    default:
      return absurd(e)
  }
}

/** D2 for images. */
export const isLegalForImage = (before: Image | undefined, e: ImageEvent): boolean => {
  switch (e._tag) {
    case 'ImageLoadRequested':
      return before === undefined
    case 'ImageStored':
    case 'ImageLoadFailed':
      return before?.phase._tag === 'Loading'
    case 'ImageTagged':
    case 'ImageUntagged':
      return before !== undefined
    case 'ImageRemoved':
      return before?.phase._tag === 'Stored'
    default:
      return absurd(e)
  }
}
