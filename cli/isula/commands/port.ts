/** `isula port`: what of a container the host publishes (spec 23 section 2). */
import * as E from 'fp-ts/lib/Either.js'
import { bindingsOf, parsePort, portLines } from '../format/ports.ts'
import { calls } from '../transport/calls.ts'
import { fail, query, type Command } from './command.ts'

const inspectSeconds = 120

export const port: Command = async (input) => {
  const [id = '', given] = input.operands
  const wanted = given === undefined ? E.right(undefined) : parsePort(given)
  if (E.isLeft(wanted)) return fail(input, wanted.left)
  const reply = await query(input, calls.inspect, { id, timeout: inspectSeconds })
  if (E.isLeft(reply)) return fail(input, reply.left)
  const bindings = bindingsOf(JSON.parse(reply.right.ContainerJSON))
  const lines = portLines(bindings, wanted.right)
  if (wanted.right !== undefined && lines.length === 0)
    return fail(input, `No public port '${wanted.right}' published for ${id}`)
  input.out(lines.map((line) => `${line}\n`).join(''))
  return 0
}
