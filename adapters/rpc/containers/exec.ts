/** Exec: answers when the command has ended, detached ones when it runs (CLI-EXEC-01..11). */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { startFailureCode } from '../../../domain/container/decide/ending.ts'
import type { Container } from '../../../domain/container/state.ts'
import { ExecId, type ExecId as Exec } from '../../../domain/identity.ts'
import type { Outcome } from '../../../domain/outcome.ts'
import { shownExitCode } from '../../../domain/ports/exit-record.ts'
import { streamKey } from '../../monitor/streams.ts'
import { failure, success, type Front } from '../front.ts'
import { submitterOf, type Caller } from '../server/caller.ts'
import type { UnaryWork } from '../server/handlers.ts'
import { openFifos, pathIf, wantsFifos, type FifoPaths } from '../stdio/fifo.ts'
import { makeSession, type StdioSession } from '../stdio/session.ts'
import { failureText, submitErrorText } from '../texts.ts'
import type { ExecRequest, ExecResponse } from '../wire/containers.ts'
import { findContainer } from './find-container.ts'

/** How long after the command's end its last output may take to reach the client, ms. */
const drainMs = 2_000
const engineFailed = 125

type Reply = Omit<ExecResponse, 'pid'>

const refused = (text: string, exitCode = engineFailed): Reply => ({
  ...failure(text),
  exit_code: exitCode,
})

const pathsOf = (request: ExecRequest): FifoPaths => ({
  stdin: pathIf(request.attach_stdin, request.stdin),
  stdout: pathIf(request.attach_stdout, request.stdout),
  stderr: pathIf(request.attach_stderr, request.stderr),
})

const isDetached = (request: ExecRequest): boolean =>
  !request.attach_stdin && !request.attach_stdout && !request.attach_stderr

const execIdOf = (front: Front, request: ExecRequest): Either<string, Exec> => {
  const decoded = ExecId.decode(request.suffix === '' ? front.entropy.hex(32) : request.suffix)
  return E.isRight(decoded) ? decoded : E.left(`Invalid exec suffix: ${request.suffix}`)
}

const replyOf = (outcome: Outcome): Reply => {
  switch (outcome._tag) {
    case 'Done':
      return { ...success, exit_code: 0 }
    case 'ExecDone':
      return { ...success, exit_code: shownExitCode(outcome.exit) }
    case 'Failed': {
      const text = failureText(outcome.failure)
      return outcome.failure._tag === 'EffectFailed'
        ? refused(text, startFailureCode(outcome.failure.errno, outcome.failure.error))
        : refused(text)
    }
  }
}

interface Run {
  readonly container: Container
  readonly exec: Exec
  readonly request: ExecRequest
}

const submitExec = async (front: Front, caller: Caller, run: Run): Promise<Reply> => {
  const { container, exec, request } = run
  const result = await front.engine.submit(
    {
      _tag: 'ExecInContainer',
      id: container.id,
      exec,
      detached: isDetached(request),
      process: {
        args: request.argv,
        env: request.env,
        user: request.user,
        workingDir: request.workdir,
        terminal: request.tty,
        openStdin: request.attach_stdin || request.open_stdin,
      },
    },
    submitterOf(caller, exec),
  )
  return E.isLeft(result) ? refused(submitErrorText(result.left)) : replyOf(result.right.outcome)
}

/** The session ends with its command, even if a background job holds its output (CLI-EXEC-08). */
const drain = async (session: StdioSession): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, drainMs)))
  await Promise.race([session.finished, late])
  clearTimeout(timer)
  session.close()
}

const execAttached = async (
  front: Front,
  caller: Caller,
  run: Run & { readonly paths: FifoPaths },
): Promise<Reply> => {
  const fifos = openFifos(run.paths, caller.uid)
  if (E.isLeft(fifos)) return refused(fifos.left)
  const name = `exec ${run.exec} in ${run.container.id}`
  const session = makeSession({ fifos: fifos.right, paths: run.paths, name, log: front.log })
  const withdraw = front.expected.announce(streamKey(run.container.id, run.exec), session.sink)
  const reply = await submitExec(front, caller, run)
  withdraw()
  if (session.isAttached()) await drain(session)
  else session.close()
  return reply
}

const perform = async (front: Front, caller: Caller, request: ExecRequest): Promise<Reply> => {
  const found = findContainer(front.engine.world, request.container_id)
  if (E.isLeft(found)) return refused(found.left)
  if (request.argv.length === 0) return refused('No command specified')
  const exec = execIdOf(front, request)
  if (E.isLeft(exec)) return refused(exec.left)
  const run = { container: found.right, exec: exec.right, request }
  const paths = pathsOf(request)
  return wantsFifos(paths)
    ? execAttached(front, caller, { ...run, paths })
    : submitExec(front, caller, run)
}

export const exec =
  (front: Front): UnaryWork<ExecRequest, ExecResponse> =>
  async (request, caller) => ({ ...(await perform(front, caller, request)), pid: 0 })
