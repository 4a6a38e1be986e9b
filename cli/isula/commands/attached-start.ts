/** Start with the client's streams, wait for the end, and take the container's exit code. */
import * as E from 'fp-ts/lib/Either.js'
import { openSession, type Session } from '../streams/session.ts'
import { enterRawMode, followSize } from '../streams/terminal.ts'
import { calls } from '../transport/calls.ts'
import { change, fail, query, type CommandInput } from './command.ts'
import { forwardSignals } from './forward-signals.ts'
import { remoteStart } from './remote-start.ts'

export interface AttachedStart {
  readonly id: string
  readonly tty: boolean
  readonly stdin: boolean
  /** The keys that detach, where there is a terminal. */
  readonly keys: ReadonlyArray<number>
  /** Wait until the container is removed, as for `run --rm`. */
  readonly untilRemoved: boolean
  /** The exit code for a start that fails with this line. */
  readonly failureExit: (line: string) => number
}

const resizer = (input: CommandInput, id: string) => (size: { height: number; width: number }) =>
  query(input, calls.resize, { id, ...size }).then(E.isRight)

const startAndWait = async (
  input: CommandInput,
  wish: AttachedStart,
  session: Session,
): Promise<number> => {
  const { id } = wish
  const started = await change(input, calls.start, { id, ...session.fields })
  session.answered()
  if (E.isLeft(started)) return fail(input, started.left, wish.failureExit(started.left))
  const stopSize = wish.tty ? followSize(resizer(input, id)) : () => undefined
  const condition = wish.untilRemoved ? 1 : 0
  const waited = await query(input, calls.wait, { id, condition })
  stopSize()
  await session.drained()
  return E.isLeft(waited) ? fail(input, waited.left, 125) : waited.right.exit_code
}

/** On FIFOs, where the daemon is on this host. */
const localStart = async (input: CommandInput, wish: AttachedStart): Promise<number> => {
  const session = await openSession({
    containerId: wish.id,
    kind: 'start',
    stdin: wish.stdin,
    keys: wish.tty ? wish.keys : [],
    env: input.env,
  })
  try {
    const detached = session.detached.then(() => 0)
    return await Promise.race([startAndWait(input, wish, session), detached])
  } finally {
    session.close()
  }
}

export const attachedStart = async (input: CommandInput, wish: AttachedStart): Promise<number> => {
  const leave = wish.tty && wish.stdin ? enterRawMode() : () => undefined
  const stopSignals = forwardSignals(input, wish.id, leave)
  try {
    return await (input.address._tag === 'Tcp' ? remoteStart : localStart)(input, wish)
  } finally {
    stopSignals()
    leave()
  }
}
