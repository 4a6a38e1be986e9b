/** `isula export`: a container's file system as a tar archive, which the daemon writes. */
import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { flagErrorExit } from '../grammar/parse.ts'
import { calls } from '../transport/calls.ts'
import { change, fail, type Command } from './command.ts'

export const exportContainer: Command = async (input) => {
  const output = input.flags.text('output') ?? ''
  if (output === '')
    return fail(input, 'Missing output file, use -o,--output option', flagErrorExit)
  const request = { id: input.operands[0] ?? '', file: resolve(output) }
  const reply = await change(input, calls.export, request)
  return E.isRight(reply) ? 0 : fail(input, reply.left)
}
