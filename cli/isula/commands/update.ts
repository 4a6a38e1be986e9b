/** `isula update`: limits and restart policy of containers, at once (CLI-UPDATE-01). */
import * as E from 'fp-ts/lib/Either.js'
import { flagErrorExit } from '../grammar/parse.ts'
import { updateMembers } from '../request/update-request.ts'
import { calls } from '../transport/calls.ts'
import { echoEach, fail, type Command } from './command.ts'

export const update: Command = async (input) => {
  const members = updateMembers(input.flags)
  if (E.isLeft(members)) return fail(input, members.left, flagErrorExit)
  if (Object.keys(members.right).length === 0)
    return fail(input, 'You must provide one or more flags when using this command.')
  const hostconfig = JSON.stringify(members.right)
  return echoEach(input, calls.update, (id) => ({ id, hostconfig }))
}
