/** Folds one event into a volume. */
import { absurd } from '../absurd.ts'
import { operationId, type OperationId } from '../identity.ts'
import type { Now } from '../time.ts'
import type { VolumeEvent } from './events.ts'
import type { Volume } from './state.ts'

/** The create has its outcome with its failure; what it left behind is removed all the same. */
const undoOf = (create: OperationId): OperationId => operationId(`${create}/undo`)

const requested = (
  e: Extract<VolumeEvent, { _tag: 'VolumeCreateRequested' }>,
  at: Now,
): Volume => ({
  id: e.id,
  anonymous: e.anonymous,
  created: at,
  fresh: e.fill === null,
  phase: { _tag: 'Creating', operation: e.operation, fill: e.fill },
})

const delayed = (
  before: Volume,
  { errno, error, tries }: Extract<VolumeEvent, { _tag: 'VolumeRemoveDelayed' }>,
): Volume =>
  before.phase._tag === 'Removing'
    ? { ...before, phase: { ...before.phase, delay: { errno, error, tries } } }
    : before

export const evolveVolume = (
  before: Volume | undefined,
  e: VolumeEvent,
  at: Now,
): Volume | undefined => {
  if (e._tag === 'VolumeCreateRequested') return before ?? requested(e, at)
  if (before === undefined) return undefined
  switch (e._tag) {
    case 'VolumeCreated':
    case 'VolumeFillFailed':
      return { ...before, phase: { _tag: 'Ready' } }
    case 'VolumeFilled':
      return { ...before, fresh: false, phase: { _tag: 'Ready' } }
    case 'VolumeFillRequested':
      return {
        ...before,
        phase: { _tag: 'Filling', operation: e.operation, fill: e.fill },
      }
    case 'VolumeCreateFailed':
      return {
        ...before,
        phase: { _tag: 'Removing', operation: undoOf(e.operation), delay: null },
      }
    case 'VolumeRemoveRequested':
      return { ...before, phase: { _tag: 'Removing', operation: e.operation, delay: null } }
    case 'VolumeRemoveDelayed':
      return delayed(before, e)
    case 'VolumeRemoved':
      return undefined
    default:
      return absurd(e)
  }
}

/** D2 for volumes. */
export const isLegalForVolume = (before: Volume | undefined, e: VolumeEvent): boolean => {
  const phase = before?.phase._tag
  switch (e._tag) {
    case 'VolumeCreateRequested':
      return before === undefined
    case 'VolumeCreated':
    case 'VolumeCreateFailed':
      return phase === 'Creating'
    case 'VolumeFilled':
    case 'VolumeFillFailed':
      return phase === 'Filling'
    case 'VolumeFillRequested':
    case 'VolumeRemoveRequested':
      return phase === 'Ready'
    case 'VolumeRemoveDelayed':
    case 'VolumeRemoved':
      return phase === 'Removing'
    default:
      return absurd(e)
  }
}
