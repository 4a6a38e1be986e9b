/** `isula diff`: what a container has added, changed and deleted of its image's files. */
import * as E from 'fp-ts/lib/Either.js'
import { calls } from '../transport/calls.ts'
import { failureText } from '../transport/failure.ts'
import { fail, type Command } from './command.ts'

const newLine = Buffer.from('\n')

export const diff: Command = async (input) => {
  const answer = await input.connection.unary(calls.diff, { id: input.operands[0] ?? '' })
  if (E.isLeft(answer)) return fail(input, failureText(answer.left))
  for (const line of answer.right.changes) input.out(Buffer.concat([line, newLine]))
  return 0
}
