/** `isula run`: create, then start (CLI-RUN-*). */
import * as E from 'fp-ts/lib/Either.js'
import { detachKeysOf } from '../streams/detach-keys.ts'
import { calls } from '../transport/calls.ts'
import { attachedStart } from './attached-start.ts'
import { change, fail, type Command, type CommandInput } from './command.ts'
import { createContainer } from './create-container.ts'
import { runFailureExit } from './start-failure.ts'

const failureExit =
  ({ flags }: CommandInput) =>
  (line: string): number =>
    runFailureExit(line, flags.text('entrypoint'))

/** The id comes first, also when the start fails (CLI-ERR-06). */
const startDetached = async (input: CommandInput, id: string): Promise<number> => {
  input.out(`${id}\n`)
  const started = await change(input, calls.start, { id })
  return E.isRight(started) ? 0 : fail(input, started.left, failureExit(input)(started.left))
}

export const run: Command = async (input) => {
  const { flags } = input
  const detach = flags.bool('detach')
  const stdin = flags.bool('interactive') && !detach
  const keys = detachKeysOf(flags.text('detach-keys'))
  if (E.isLeft(keys)) return fail(input, keys.left, 125)
  const autoRemove = flags.bool('rm')
  const created = await createContainer(input, {
    attached: { stdin, output: !detach },
    autoRemove,
  })
  if (E.isLeft(created)) return fail(input, created.left, 125)
  const id = created.right
  if (detach) return startDetached(input, id)
  return attachedStart(input, {
    id,
    tty: flags.bool('tty'),
    stdin,
    keys: keys.right,
    untilRemoved: autoRemove,
    failureExit: failureExit(input),
  })
}
