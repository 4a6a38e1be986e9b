/** Folds one event into a layer. */
import { absurd } from '../absurd.ts'
import type { LayerEvent } from './events.ts'
import type { Layer } from './state.ts'

const retired = (before: Layer): Layer | undefined =>
  before.phase._tag === 'Retiring' && before.phase.next !== null
    ? { id: before.id, phase: { _tag: 'Unpacking', ...before.phase.next } }
    : undefined

const unpackRequested = (
  before: Layer | undefined,
  e: Extract<LayerEvent, { _tag: 'LayerUnpackRequested' }>,
): Layer => {
  const next = { diff: e.diff, source: e.source }
  if (before === undefined) return { id: e.id, phase: { _tag: 'Unpacking', ...next } }
  return before.phase._tag === 'Retiring' ? { id: e.id, phase: { ...before.phase, next } } : before
}

export const evolveLayer = (before: Layer | undefined, e: LayerEvent): Layer | undefined => {
  if (e._tag === 'LayerUnpackRequested') return unpackRequested(before, e)
  if (before === undefined) return undefined
  switch (e._tag) {
    case 'LayerCommitted':
      return { id: e.id, phase: { _tag: 'Committed', sizeBytes: e.sizeBytes } }
    // An earlier try, its answer lost, may have left a whole layer: the failure clears it.
    case 'LayerUnpackFailed':
    case 'LayerRetireRequested':
      return { id: e.id, phase: { _tag: 'Retiring', delay: null, next: null } }
    case 'LayerRetireDelayed':
      return before.phase._tag === 'Retiring'
        ? {
            id: e.id,
            phase: {
              ...before.phase,
              delay: { errno: e.errno, error: e.error, tries: e.tries },
            },
          }
        : before
    case 'LayerRetired':
      return retired(before)
    default:
      return absurd(e)
  }
}

/** D2 for layers. */
export const isLegalForLayer = (before: Layer | undefined, e: LayerEvent): boolean => {
  switch (e._tag) {
    case 'LayerUnpackRequested':
      return before === undefined || before.phase._tag === 'Retiring'
    case 'LayerCommitted':
    case 'LayerUnpackFailed':
      return before?.phase._tag === 'Unpacking'
    case 'LayerRetireRequested':
      return before?.phase._tag === 'Committed'
    case 'LayerRetireDelayed':
    case 'LayerRetired':
      return before?.phase._tag === 'Retiring'
    default:
      return absurd(e)
  }
}
