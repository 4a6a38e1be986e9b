/** What a failure around the monitor means for the world: the one table of this adapter. */
import { indeterminate, notApplied, type EffectError } from '../../domain/ports/answer.ts'
import { errnoOf } from '../observe/process-table.ts'
import { RuntimeFailure } from '../runtime/runtime-errors.ts'

/** Carries an answer out of a step that could not be completed. */
export class MonitorFailure extends Error {
  readonly effect: EffectError
  constructor(effect: EffectError) {
    super(effect._tag === 'NotApplied' ? effect.detail : effect.reason)
    this.effect = effect
  }
}

/** For work on files and for what happens before conmon is spawned: an errno means not applied. */
export const classifyMonitorError = (error: unknown): EffectError => {
  if (error instanceof MonitorFailure || error instanceof RuntimeFailure) return error.effect
  const errno = errnoOf(error)
  const text = error instanceof Error ? error.message : String(error)
  return errno === undefined ? indeterminate(text) : notApplied(errno, text)
}

/** From the moment conmon was spawned, an unknown failure says nothing about what it did. */
export const classifyAfterSpawn = (error: unknown): EffectError =>
  error instanceof MonitorFailure
    ? error.effect
    : indeterminate(error instanceof Error ? error.message : String(error))
