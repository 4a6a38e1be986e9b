/** What an errno of cgroupfs means for the world: the one table of this adapter. */
import { indeterminate, notApplied, type EffectError } from '../../domain/ports/answer.ts'
import { errnoOf } from '../observe/process-table.ts'

/** Carries an answer out of a step that could not be completed. */
export class CgroupFailure extends Error {
  readonly effect: EffectError
  constructor(effect: EffectError) {
    super(effect._tag === 'NotApplied' ? effect.detail : effect.reason)
    this.effect = effect
  }
}

/** Every cgroupfs call changes all or nothing; only an unknown failure is indeterminate. */
export const classifyCgroupError = (error: unknown): EffectError => {
  if (error instanceof CgroupFailure) return error.effect
  const errno = errnoOf(error)
  if (errno !== undefined) return notApplied(errno, error instanceof Error ? error.message : errno)
  return indeterminate(error instanceof Error ? error.message : String(error))
}
