/** An exec whose streams travel on the call, for a daemon that shares no FIFOs with this host. */
import * as E from 'fp-ts/lib/Either.js'
import type { ExecRequest } from '../../../adapters/rpc/wire/containers.ts'
import { showOutput } from '../streams/call-streams.ts'
import { calls } from '../transport/calls.ts'
import { mintRequestId } from '../transport/request-id.ts'
import { streamResult } from '../transport/stream-result.ts'
import { fail, query, type CommandInput } from './command.ts'
import { startFailureExit } from './start-failure.ts'
import { followStreams } from './stream-call.ts'

/** A header holds ASCII alone. */
const asciiJson = (value: object): string =>
  JSON.stringify(value).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

export interface RemoteExec {
  readonly request: Partial<ExecRequest>
  readonly tty: boolean
  readonly stdin: boolean
  readonly keys: ReadonlyArray<number>
}

/** The document of spec 22 section 7 has no `open_stdin`: it is `attach_stdin`. */
const metadataOf = ({ request, stdin }: RemoteExec): Readonly<Record<string, string>> => {
  const { container_id, suffix, tty, argv, env, user, workdir } = request
  const attached = { attach_stdin: stdin, attach_stdout: true, attach_stderr: true }
  const document = { container_id, suffix, tty, ...attached, argv, env, user, workdir }
  return { 'isulad-remote-exec': asciiJson(document) }
}

export const remoteExec = async (input: CommandInput, wish: RemoteExec): Promise<number> => {
  const { tty, stdin, keys, request } = wish
  const { container_id: id = '', suffix = '' } = request
  const opened = await input.connection.duplex(calls.remoteExec, {
    requestId: mintRequestId(),
    metadata: metadataOf(wish),
    each: showOutput,
  })
  const ended = E.isLeft(opened)
    ? opened
    : await followStreams({
        call: opened.right,
        inputOf: (bytes, finish) => ({ cmd: [bytes], finish }),
        tty,
        stdin,
        keys,
        resize: (size) => query(input, calls.resize, { id, suffix, ...size }).then(E.isRight),
      })
  if (ended === undefined) return 0
  const result = streamResult(ended)
  return E.isLeft(result)
    ? fail(input, result.left, startFailureExit(result.left, 1))
    : result.right
}
