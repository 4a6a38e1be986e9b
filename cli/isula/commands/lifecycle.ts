/** The commands that change containers by one call each (spec 20 section 5). */
import * as E from 'fp-ts/lib/Either.js'
import { signalNumber } from '../../../domain/oci/signals.ts'
import { flagErrorExit } from '../grammar/parse.ts'
import { calls } from '../transport/calls.ts'
import { change, echoEach, fail, forEachOperand, query, type Command } from './command.ts'

const graceSeconds = 10

export const stop: Command = (input) => {
  const force = input.flags.bool('force')
  const timeout = input.flags.int('time') ?? graceSeconds
  return echoEach(input, calls.stop, (id) => ({ id, force, timeout }))
}

export const restart: Command = (input) => {
  const timeout = input.flags.int('time') ?? graceSeconds
  return echoEach(input, calls.restart, (id) => ({ id, timeout }))
}

/** Names with or without SIG, or a number (CLI-KILL-01). */
export const kill: Command = async (input) => {
  const text = input.flags.text('signal') ?? 'SIGKILL'
  const signal = signalNumber(text)
  if (signal === undefined) return fail(input, `Invalid signal: ${text}`, flagErrorExit)
  return echoEach(input, calls.kill, (id) => ({ id, signal }))
}

export const pause: Command = (input) => echoEach(input, calls.pause, (id) => ({ id }))

export const unpause: Command = (input) => echoEach(input, calls.resume, (id) => ({ id }))

/** Prints the full id (spec 23). */
export const rm: Command = (input) => {
  const force = input.flags.bool('force')
  const volumes = input.flags.bool('volumes')
  return forEachOperand(input, async (name) =>
    E.map(({ id }: { readonly id: string }) => `${id === '' ? name : id}\n`)(
      await change(input, calls.delete, { id: name, force, volumes }),
    ),
  )
}

export const rename: Command = async (input) => {
  const [oldname = '', newname = ''] = input.operands
  const renamed = await change(input, calls.rename, { oldname, newname })
  return E.isRight(renamed) ? 0 : fail(input, renamed.left)
}

/** Prints each exit code (CLI-WAIT-01). */
export const wait: Command = (input) =>
  forEachOperand(input, async (id) =>
    E.map((reply: { readonly exit_code: number }) => `${reply.exit_code}\n`)(
      await query(input, calls.wait, { id, condition: 0 }),
    ),
  )
