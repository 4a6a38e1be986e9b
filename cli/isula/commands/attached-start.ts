/** Start with the client's streams, wait for the end, and take the container's exit code. */
import * as E from 'fp-ts/lib/Either.js'
import { openSession, type Session } from '../streams/session.ts'
import {
  catchSignals,
  enterRawMode,
  followSize,
  signalNumberOf,
  type Caught,
} from '../streams/terminal.ts'
import { calls } from '../transport/calls.ts'
import { change, fail, query, type CommandInput } from './command.ts'

export interface AttachedStart {
  readonly id: string
  readonly tty: boolean
  readonly stdin: boolean
  /** Wait until the container is removed, as for `run --rm`. */
  readonly untilRemoved: boolean
  /** The exit code for a start that fails with this line. */
  readonly failureExit: (line: string) => number
}

/** A container that ignores signals must not hold the client for ever (CLI-RUN-09). */
const signalsUntilExit = 3

const forwardSignals = (input: CommandInput, id: string, leave: () => void): (() => void) => {
  let count = 0
  return catchSignals((signal: Caught) => {
    if (signal === 'SIGINT' || signal === 'SIGTERM') count += 1
    if (count >= signalsUntilExit) {
      leave()
      process.exit(128 + signalNumberOf(signal))
    }
    void change(input, calls.kill, { id, signal: signalNumberOf(signal) })
  })
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

export const attachedStart = async (input: CommandInput, wish: AttachedStart): Promise<number> => {
  const session = await openSession({
    containerId: wish.id,
    kind: 'start',
    stdin: wish.stdin,
    env: input.env,
  })
  const leaveRawMode = wish.tty && wish.stdin ? enterRawMode() : () => undefined
  const leave = (): void => {
    leaveRawMode()
    session.close()
  }
  const stopSignals = forwardSignals(input, wish.id, leave)
  try {
    return await startAndWait(input, wish, session)
  } finally {
    stopSignals()
    leave()
  }
}
