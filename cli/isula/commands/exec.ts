/** `isula exec` (CLI-EXEC-*). */
import * as E from 'fp-ts/lib/Either.js'
import type { ExecRequest } from '../../../adapters/rpc/wire/containers.ts'
import type { FlagValues } from '../grammar/values.ts'
import { environment } from '../request/custom-config.ts'
import { openSession } from '../streams/session.ts'
import {
  catchSignals,
  enterRawMode,
  followSize,
  signalNumberOf,
  stdinIsTerminal,
  stdoutIsTerminal,
} from '../streams/terminal.ts'
import { calls } from '../transport/calls.ts'
import { mintExecSuffix, mintRequestId } from '../transport/request-id.ts'
import { checkReply, fail, query, type Command, type CommandInput } from './command.ts'
import { inspectContainer } from './inspected-container.ts'
import { startFailureExit } from './start-failure.ts'

interface Mode {
  readonly tty: boolean
  readonly stdin: boolean
}

/** Without -d, -i and -t: a terminal where the user has one, else plain (spec README). */
const modeOf = (flags: FlagValues): Mode => {
  const [tty, stdin] = [flags.bool('tty'), flags.bool('interactive')]
  if (tty || stdin || flags.bool('detach')) return { tty, stdin }
  const both = stdinIsTerminal() && stdoutIsTerminal()
  return { tty: both, stdin: both }
}

const execute = async (
  input: CommandInput,
  request: Partial<ExecRequest>,
  answered: () => Promise<void>,
): Promise<number> => {
  const answer = await input.connection.unary(calls.exec, request, { requestId: mintRequestId() })
  await answered()
  const reply = checkReply(answer)
  if (E.isRight(reply)) return reply.right.exit_code
  const code = E.isRight(answer) ? answer.right.exit_code : 0
  return fail(input, reply.left, startFailureExit(reply.left, code || 1))
}

interface ForegroundExec {
  readonly containerId: string
  readonly suffix: string
  readonly request: Partial<ExecRequest>
  readonly mode: Mode
}

const foreground = async (
  input: CommandInput,
  { containerId, suffix, request, mode }: ForegroundExec,
): Promise<number> => {
  const { env } = input
  const session = await openSession({ containerId, kind: 'exec', stdin: mode.stdin, env })
  const leaveRawMode = mode.tty && mode.stdin ? enterRawMode() : () => undefined
  const leave = (): void => {
    leaveRawMode()
    session.close()
  }
  const stopSignals = catchSignals((signal) => {
    leave()
    process.exit(128 + signalNumberOf(signal))
  })
  const stopSize = mode.tty
    ? followSize((size) =>
        query(input, calls.resize, { id: containerId, suffix, ...size }).then(E.isRight),
      )
    : () => undefined
  try {
    return await execute(input, { ...request, ...session.fields }, () => {
      session.answered()
      return session.drained()
    })
  } finally {
    stopSize()
    stopSignals()
    leave()
  }
}

export const exec: Command = async (input) => {
  const { flags } = input
  const [name = '', ...argv] = input.operands
  const env = environment(flags.list('env'), input.env)
  if (E.isLeft(env)) return fail(input, env.left, 125)
  const container = await inspectContainer(input, name)
  if (E.isLeft(container)) return fail(input, container.left)
  const mode = modeOf(flags)
  const containerId = container.right.id
  const suffix = mintExecSuffix()
  const request: Partial<ExecRequest> = {
    container_id: containerId,
    tty: mode.tty,
    open_stdin: mode.stdin,
    argv,
    env: [...env.right],
    user: flags.text('user') ?? '',
    workdir: flags.text('workdir') ?? '',
    suffix,
  }
  return flags.bool('detach')
    ? execute(input, request, () => Promise.resolve())
    : foreground(input, { containerId, suffix, request, mode })
}
