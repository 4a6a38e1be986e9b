/** `isula info` and `isula version` (spec 60). */
import * as E from 'fp-ts/lib/Either.js'
import { clientBlock, infoText, serverBlock } from '../format/info.ts'
import { clientBuild } from '../build.ts'
import { calls } from '../transport/calls.ts'
import { fail, query, type Command } from './command.ts'

export const info: Command = async (input) => {
  const reply = await query(input, calls.info, {})
  if (E.isLeft(reply)) return fail(input, reply.left)
  input.out(infoText(reply.right))
  return 0
}

/** The client's block comes first, also without a daemon (CLI-GLOBAL-06). */
export const version: Command = async (input) => {
  input.out(clientBlock(clientBuild()))
  const reply = await query(input, calls.version, {})
  if (E.isLeft(reply)) return fail(input, reply.left)
  input.out(serverBlock(reply.right))
  return 0
}
