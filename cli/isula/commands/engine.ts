/** The engine's own commands: explain, audit, recovery. */
import * as E from 'fp-ts/lib/Either.js'
import { parseExact, printExact } from '../format/exact-json.ts'
import { showExplanation, showRecovery, showVerdict } from '../format/journal-report.ts'
import { calls } from '../transport/calls.ts'
import { failureText, type CallFailure } from '../transport/failure.ts'
import { fail, type Command, type CommandInput } from './command.ts'

const print = (
  input: CommandInput,
  answer: E.Either<CallFailure, { readonly json: string }>,
  show: (value: unknown) => string | undefined,
): number => {
  if (E.isLeft(answer)) return fail(input, failureText(answer.left))
  const value = parseExact(answer.right.json)
  const text = input.flags.bool('json') ? undefined : show(value)
  input.out(text ?? `${printExact(value, 4)}\n`)
  return 0
}

export const explain: Command = async (input) => {
  const answer = await input.connection.unary(calls.explain, { id: input.operands[0] ?? '' })
  return print(input, answer, showExplanation)
}

const onlyWord = (input: CommandInput, word: string): number | undefined =>
  input.operands[0] === word
    ? undefined
    : fail(input, `isula ${input.spec.name}: '${input.operands[0] ?? ''}' is not a subcommand`)

/** Exit 1 when the journal has findings. */
export const audit: Command = async (input) => {
  const wrong = onlyWord(input, 'verify')
  if (wrong !== undefined) return wrong
  const answer = await input.connection.unary(calls.audit, {})
  const exitCode = print(input, answer, showVerdict)
  return E.isRight(answer) && !answer.right.clean ? 1 : exitCode
}

export const recovery: Command = async (input) => {
  const wrong = onlyWord(input, 'show')
  if (wrong !== undefined) return wrong
  return print(input, await input.connection.unary(calls.recovery, {}), showRecovery)
}
