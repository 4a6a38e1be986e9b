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
import { drain } from '../stdio/drain.ts'
import { makeSession, type StdioSession } from '../stdio/session.ts'
import { failureText, submitErrorText } from '../texts.ts'
import type { ExecRequest, ExecResponse } from '../wire/containers.ts'
import { findContainer } from './find-container.ts'

/** An error of the daemon, not of the command (spec 23 section 2). */
const daemonFailed = 1

export type ExecReply = Omit<ExecResponse, 'pid'>

export const refusedExec = (text: string, exitCode = daemonFailed): ExecReply => ({
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

const replyOf = (outcome: Outcome): ExecReply => {
  switch (outcome._tag) {
    case 'Done':
      return { ...success, exit_code: 0 }
    case 'ExecDone':
      return { ...success, exit_code: shownExitCode(outcome.exit) }
    case 'Failed': {
      const text = failureText(outcome.failure)
      return outcome.failure._tag === 'EffectFailed'
        ? refusedExec(text, startFailureCode(outcome.failure.errno, outcome.failure.error))
        : refusedExec(text)
    }
  }
}

export interface Run {
  readonly container: Container
  readonly exec: Exec
  readonly request: ExecRequest
}

export const submitExec = async (front: Front, caller: Caller, run: Run): Promise<ExecReply> => {
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
  return E.isLeft(result)
    ? refusedExec(submitErrorText(result.left))
    : replyOf(result.right.outcome)
}

/** With this client's session announced, so that no output is lost. */
export const execWith = async (
  front: Front,
  caller: Caller,
  run: Run & { readonly session: StdioSession },
): Promise<ExecReply> => {
  const { session } = run
  const withdraw = front.expected.announce(streamKey(run.container.id, run.exec), session.sink)
  const reply = await submitExec(front, caller, run)
  withdraw()
  if (session.isAttached()) await drain(session)
  else session.close()
  return reply
}

const execAttached = (
  front: Front,
  caller: Caller,
  run: Run & { readonly paths: FifoPaths },
): Promise<ExecReply> => {
  const fifos = openFifos(run.paths, { uid: caller.uid, below: front.clientFifos })
  if (E.isLeft(fifos)) return Promise.resolve(refusedExec(fifos.left))
  const name = `exec ${run.exec} in ${run.container.id}`
  const session = makeSession({ fifos: fifos.right, paths: run.paths, name, log: front.log })
  return execWith(front, caller, { ...run, session })
}

/** Left: the text for the client. */
export const runOf = (front: Front, request: ExecRequest): Either<string, Run> => {
  const found = findContainer(front.engine.world, request.container_id)
  if (E.isLeft(found)) return found
  if (request.argv.length === 0) return E.left('No command specified')
  const exec = execIdOf(front, request)
  if (E.isLeft(exec)) return exec
  return E.right({ container: found.right, exec: exec.right, request })
}

const perform = (front: Front, caller: Caller, request: ExecRequest): Promise<ExecReply> => {
  const run = runOf(front, request)
  if (E.isLeft(run)) return Promise.resolve(refusedExec(run.left))
  const paths = pathsOf(request)
  return wantsFifos(paths)
    ? execAttached(front, caller, { ...run.right, paths })
    : submitExec(front, caller, run.right)
}

export const exec =
  (front: Front): UnaryWork<ExecRequest, ExecResponse> =>
  async (request, caller) => ({ ...(await perform(front, caller, request)), pid: 0 })
