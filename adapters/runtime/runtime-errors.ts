/** What the end of a runtime call means for the world: the one table of this adapter. */
import { indeterminate, notApplied, type EffectError } from '../../domain/ports/answer.ts'
import { errnoOf } from '../observe/process-table.ts'
import type { ProgramResult } from './run-program.ts'
import { runtimeMessage } from './runtime-message.ts'

/** Carries an answer out of a step that could not be completed. */
export class RuntimeFailure extends Error {
  readonly effect: EffectError
  constructor(effect: EffectError) {
    super(effect._tag === 'NotApplied' ? effect.detail : effect.reason)
    this.effect = effect
  }
}

type Failed =
  Exclude<ProgramResult, { _tag: 'Exited' }> | { _tag: 'Exited'; stderr: string; code: number }

/** A runtime that could not be started did nothing; one that was cut short may have done all. */
export const classifyResult = (call: string, result: Failed): EffectError => {
  switch (result._tag) {
    case 'NotStarted':
      return notApplied('ERUNTIME', `${call}: ${result.detail}`)
    case 'Late':
      return indeterminate(`${call}: no end after ${result.deadlineMs} ms`)
    case 'Killed':
      return indeterminate(`${call}: ended by ${result.signal}`)
    case 'Exited':
      return notApplied(
        'ERUNTIME',
        runtimeMessage(result.stderr) || `${call}: exit code ${result.code}`,
      )
  }
}

export const classifyRuntimeError = (error: unknown): EffectError => {
  if (error instanceof RuntimeFailure) return error.effect
  const errno = errnoOf(error)
  const text = error instanceof Error ? error.message : String(error)
  return errno === undefined ? indeterminate(text) : notApplied(errno, text)
}
