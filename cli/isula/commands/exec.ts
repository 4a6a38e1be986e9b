/** `isula exec` (CLI-EXEC-*). */
import * as E from 'fp-ts/lib/Either.js'
import type { ExecRequest } from '../../../adapters/rpc/wire/containers.ts'
import type { FlagValues } from '../grammar/values.ts'
import { environment } from '../request/custom-config.ts'
import { detachKeysOf } from '../streams/detach-keys.ts'
import { openSession } from '../streams/session.ts'
import {
  enterRawMode,
  followSize,
  isForeground,
  stdinIsTerminal,
  stdoutIsTerminal,
} from '../streams/terminal.ts'
import { calls } from '../transport/calls.ts'
import { mintExecSuffix, mintRequestId } from '../transport/request-id.ts'
import { checkReply, fail, query, type Command, type CommandInput } from './command.ts'
import { endOnSignals } from './forward-signals.ts'
import { inspectContainer } from './inspected-container.ts'
import { remoteExec, type RemoteExec } from './remote-exec.ts'
import { startFailureExit } from './start-failure.ts'

interface Mode {
  readonly tty: boolean
  readonly stdin: boolean
}

/** Without -d, -i and -t: a terminal where the user has one, else plain (spec README). */
const modeOf = (flags: FlagValues): Mode => {
  const [tty, stdin] = [flags.bool('tty'), flags.bool('interactive')]
  if (tty || stdin || flags.bool('detach')) return { tty, stdin }
  const both = stdinIsTerminal() && stdoutIsTerminal() && isForeground()
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

/** On FIFOs, where the daemon is on this host. */
const localExec = async (input: CommandInput, wish: RemoteExec): Promise<number> => {
  const { request, tty, stdin } = wish
  const { container_id: containerId = '', suffix = '' } = request
  const keys = tty ? wish.keys : []
  const session = await openSession({ containerId, kind: 'exec', stdin, keys, env: input.env })
  const stopSize = tty
    ? followSize((size) =>
        query(input, calls.resize, { id: containerId, suffix, ...size }).then(E.isRight),
      )
    : () => undefined
  try {
    const executed = execute(input, { ...request, ...session.fields }, () => {
      session.answered()
      return session.drained()
    })
    return await Promise.race([executed, session.detached.then(() => 0)])
  } finally {
    stopSize()
    session.close()
  }
}

const foreground = async (input: CommandInput, wish: RemoteExec): Promise<number> => {
  const leave = wish.tty && wish.stdin ? enterRawMode() : () => undefined
  const stopSignals = endOnSignals(leave)
  try {
    return await (input.address._tag === 'Tcp' ? remoteExec : localExec)(input, wish)
  } finally {
    stopSignals()
    leave()
  }
}

export const exec: Command = async (input) => {
  const { flags } = input
  const [name = '', ...argv] = input.operands
  const env = environment(flags.list('env'), input.env)
  if (E.isLeft(env)) return fail(input, env.left, 125)
  const keys = detachKeysOf(flags.text('detach-keys'))
  if (E.isLeft(keys)) return fail(input, keys.left)
  const container = await inspectContainer(input, name)
  if (E.isLeft(container)) return fail(input, container.left)
  const mode = modeOf(flags)
  const request: Partial<ExecRequest> = {
    container_id: container.right.id,
    tty: mode.tty,
    open_stdin: mode.stdin,
    argv,
    env: [...env.right],
    user: flags.text('user') ?? '',
    workdir: flags.text('workdir') ?? '',
    suffix: mintExecSuffix(),
  }
  return flags.bool('detach')
    ? execute(input, request, () => Promise.resolve())
    : foreground(input, { request, ...mode, keys: keys.right })
}
