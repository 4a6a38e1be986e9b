/** The engine's own commands: explain, audit, recovery. What the daemon tells is JSON. */
import * as E from 'fp-ts/lib/Either.js'
import { parseExact, printExact } from '../format/exact-json.ts'
import { calls } from '../transport/calls.ts'
import { failureText, type CallFailure } from '../transport/failure.ts'
import { fail, type Command, type CommandInput } from './command.ts'

const print = (
  input: CommandInput,
  answer: E.Either<CallFailure, { readonly json: string }>,
): number => {
  if (E.isLeft(answer)) return fail(input, failureText(answer.left))
  input.out(`${printExact(parseExact(answer.right.json), 4)}\n`)
  return 0
}

export const explain: Command = async (input) =>
  print(input, await input.connection.unary(calls.explain, { id: input.operands[0] ?? '' }))

const onlyWord = (input: CommandInput, word: string): number | undefined =>
  input.operands[0] === word
    ? undefined
    : fail(input, `isula ${input.spec.name}: '${input.operands[0] ?? ''}' is not a subcommand`)

/** Exit 1 when the journal has findings. */
export const audit: Command = async (input) => {
  const wrong = onlyWord(input, 'verify')
  if (wrong !== undefined) return wrong
  const answer = await input.connection.unary(calls.audit, {})
  const exitCode = print(input, answer)
  return E.isRight(answer) && !answer.right.clean ? 1 : exitCode
}

export const recovery: Command = async (input) => {
  const wrong = onlyWord(input, 'show')
  return wrong ?? print(input, await input.connection.unary(calls.recovery, {}))
}
