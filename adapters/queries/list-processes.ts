/** The host's ps(1), run without a shell (CLI-TOP-01). */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { runProgram } from '../runtime/run-program.ts'
import type { ProgramResult } from '../runtime/run-program.ts'

const deadlineMs = 10_000
/** Command lines of a whole host; more than this is refused, never cut in silence. */
const outputLimitChars = 32 * 1024 * 1024

const outputOf = (result: ProgramResult): Either<string, string> => {
  switch (result._tag) {
    case 'Exited':
      if (result.stdout.length >= outputLimitChars) return E.left('ps printed too much')
      return result.code === 0
        ? E.right(result.stdout)
        : E.left(result.stderr.trim() || `ps ended with code ${result.code}`)
    case 'Killed':
      return E.left(`ps was ended by ${result.signal}`)
    case 'Late':
      return E.left(`ps did not end within ${result.deadlineMs / 1000} s`)
    case 'NotStarted':
      return E.left(`the host's ps cannot be run: ${result.errno}`)
  }
}

/** Left: in ps' own words where it has any. Ends with the call that asked for it. */
export const listProcesses = async (
  options: ReadonlyArray<string>,
  signal: AbortSignal,
): Promise<Either<string, string>> =>
  outputOf(await runProgram({ file: 'ps', args: options, deadlineMs, outputLimitChars, signal }))
