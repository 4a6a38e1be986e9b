/** A start whose streams travel on the call, for a daemon that shares no FIFOs with this host. */
import * as E from 'fp-ts/lib/Either.js'
import { showOutput } from '../streams/call-streams.ts'
import { calls } from '../transport/calls.ts'
import { mintRequestId } from '../transport/request-id.ts'
import { streamResult } from '../transport/stream-result.ts'
import type { AttachedStart } from './attached-start.ts'
import { fail, query, type CommandInput } from './command.ts'
import { followStreams } from './stream-call.ts'

/** Start, follow, then ask for the exit code: before the start there may be that of a last run. */
export const remoteStart = async (input: CommandInput, wish: AttachedStart): Promise<number> => {
  const { id, tty, stdin, keys } = wish
  const opened = await input.connection.duplex(calls.remoteStart, {
    requestId: mintRequestId(),
    metadata: {
      'container-id': id,
      'attach-stdin': String(stdin),
      'attach-stdout': 'true',
      'attach-stderr': 'true',
    },
    each: showOutput,
  })
  const ended = E.isLeft(opened)
    ? opened
    : await followStreams({
        call: opened.right,
        inputOf: (bytes, finish) => ({ stdin: bytes, finish }),
        tty,
        stdin,
        keys,
        resize: (size) => query(input, calls.resize, { id, ...size }).then(E.isRight),
      })
  if (ended === undefined) return 0
  const result = streamResult(ended)
  if (E.isLeft(result)) return fail(input, result.left, wish.failureExit(result.left))
  const waited = await query(input, calls.wait, { id, condition: wish.untilRemoved ? 1 : 0 })
  return E.isLeft(waited) ? fail(input, waited.left, 125) : waited.right.exit_code
}
