/** What the end of a runtime call means for the world: beside what an errno says. */
import { indeterminate, notApplied, type EffectError } from '../../domain/ports/answer.ts'
import type { ProgramResult } from './run-program.ts'
import { runtimeMessage } from './runtime-message.ts'

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
