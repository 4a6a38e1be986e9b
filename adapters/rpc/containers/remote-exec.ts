/** RemoteExec: exec with the client's streams on the call instead of FIFOs (spec 22.3). */
import type { Metadata } from '@grpc/grpc-js'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import type { Front } from '../front.ts'
import type { DuplexCall, DuplexWork } from '../server/duplex.ts'
import { trailersOf } from '../stdio/call-metadata.ts'
import { endOf, makeCallSession } from '../stdio/call-session.ts'
import type { ExecRequest, RemoteExecRequest, RemoteExecResponse } from '../wire/containers.ts'
import { execWith, refusedExec, runOf, submitExec, type ExecReply } from './exec.ts'

const requestKey = 'isulad-remote-exec'

/** The exec request of spec 22 section 7; its FIFO members mean nothing here. */
const Document = t.intersection([
  t.type({ container_id: t.string, argv: t.array(t.string) }),
  t.partial({
    suffix: t.string,
    tty: t.boolean,
    attach_stdin: t.boolean,
    attach_stdout: t.boolean,
    attach_stderr: t.boolean,
    env: t.array(t.string),
    user: t.string,
    workdir: t.string,
  }),
])

const parsed = (text: string): Either<string, unknown> =>
  E.tryCatch((): unknown => JSON.parse(text), String)

/** Left: what is wrong, for the client. */
const requestOf = (metadata: Metadata): Either<string, ExecRequest> => {
  const text = metadata.get(requestKey)[0]
  if (typeof text !== 'string') return E.left(`No metadata '${requestKey}' received`)
  return pipe(
    parsed(text),
    E.chainW((value) => Document.decode(value)),
    E.mapLeft(() => `Invalid remote exec container json: ${text}`),
    E.map((given) => ({
      container_id: given.container_id,
      argv: given.argv,
      suffix: given.suffix ?? '',
      tty: given.tty ?? false,
      open_stdin: given.attach_stdin ?? false,
      attach_stdin: given.attach_stdin ?? false,
      attach_stdout: given.attach_stdout ?? false,
      attach_stderr: given.attach_stderr ?? false,
      env: given.env ?? [],
      user: given.user ?? '',
      workdir: given.workdir ?? '',
      stdin: '',
      stdout: '',
      stderr: '',
    })),
  )
}

type Call = DuplexCall<RemoteExecRequest, RemoteExecResponse>

const serve = async (front: Front, call: Call, request: ExecRequest): Promise<ExecReply> => {
  const run = runOf(front, request)
  if (E.isLeft(run)) return refusedExec(run.left)
  const attached = {
    stdin: request.attach_stdin,
    stdout: request.attach_stdout,
    stderr: request.attach_stderr,
  }
  if (!attached.stdin && !attached.stdout && !attached.stderr)
    return submitExec(front, call.caller, run.right)
  const session = makeCallSession<RemoteExecRequest>({
    call,
    attached,
    inputOf: (message) => ({ input: Buffer.concat(message.cmd), finish: message.finish }),
    name: `exec ${run.right.exec} in ${run.right.container.id}`,
    log: front.log,
  })
  const reply = await execWith(front, call.caller, { ...run.right, session })
  if (reply.cc !== 0) return reply
  return { ...reply, ...(await endOf(session, call)) }
}

export const remoteExec =
  (front: Front): DuplexWork<RemoteExecRequest, RemoteExecResponse> =>
  async (call) => {
    const request = requestOf(call.metadata)
    return trailersOf(
      E.isLeft(request) ? refusedExec(request.left) : await serve(front, call, request.right),
    )
  }
