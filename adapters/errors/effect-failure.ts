/** Answers of a port on their way out of a step that could not be completed. */
import { indeterminate, notApplied, type EffectError } from '../../domain/ports/answer.ts'
import { errnoOf } from './errno.ts'

/** Carries an answer. */
export class EffectFailure extends Error {
  readonly effect: EffectError

  constructor(effect: EffectError) {
    super(effect._tag === 'NotApplied' ? effect.detail : effect.reason)
    this.effect = effect
  }
}

/** For calls that change all or nothing: an errno says that nothing was changed. */
export const classifyByErrno = (error: unknown): EffectError => {
  if (error instanceof EffectFailure) return error.effect
  const errno = errnoOf(error)
  const text = error instanceof Error ? error.message : String(error)
  return errno === undefined ? indeterminate(text) : notApplied(errno, text)
}
