/** `isula start` (CLI-START-01); with `-a` in the foreground. */
import * as E from 'fp-ts/lib/Either.js'
import { detachKeysOf } from '../streams/detach-keys.ts'
import { calls } from '../transport/calls.ts'
import { attachedStart } from './attached-start.ts'
import { change, fail, forEachOperand, type Command } from './command.ts'
import { inspectContainer } from './inspected-container.ts'
import { startFailureExit } from './start-failure.ts'

/** Upstream's code for `start -a` of an unknown container. */
const unknownContainerExit = 255

const foreground: Command = async (input) => {
  const [name, ...others] = input.operands
  if (name === undefined || others.length > 0)
    return fail(input, 'You can only attach to one container at once')
  const keys = detachKeysOf(input.flags.text('detach-keys'))
  if (E.isLeft(keys)) return fail(input, keys.left)
  const container = await inspectContainer(input, name)
  if (E.isLeft(container)) return fail(input, container.left, unknownContainerExit)
  const { id, tty, openStdin } = container.right
  const failureExit = (line: string): number => startFailureExit(line, 1)
  return attachedStart(input, {
    id,
    tty,
    stdin: openStdin,
    keys: keys.right,
    untilRemoved: false,
    failureExit,
  })
}

export const start: Command = (input) =>
  input.flags.bool('attach')
    ? foreground(input)
    : forEachOperand(input, async (id) => E.map(() => '')(await change(input, calls.start, { id })))
