/** `isula top`: the processes of a container, as the host's ps shows them (CLI-TOP-01). */
import * as E from 'fp-ts/lib/Either.js'
import { calls } from '../transport/calls.ts'
import { fail, query, type Command } from './command.ts'

export const top: Command = async (input) => {
  const [id = '', ...args] = input.operands
  const reply = await query(input, calls.top, { id, args })
  if (E.isLeft(reply)) return fail(input, reply.left)
  for (const line of [reply.right.titles, ...reply.right.processes]) input.out(`${String(line)}\n`)
  return 0
}
