/** RemoteStart: start with the client's streams on the call instead of FIFOs (spec 22.3). */
import * as E from 'fp-ts/lib/Either.js'
import { failure, verdictOf, type Front, type Verdict } from '../front.ts'
import type { DuplexCall, DuplexWork } from '../server/duplex.ts'
import { streamRequestOf, trailersOf, type StreamRequest } from '../stdio/call-metadata.ts'
import { endOf, makeCallSession } from '../stdio/call-session.ts'
import type { RemoteStartRequest, RemoteStartResponse } from '../wire/containers.ts'
import { findContainer } from './find-container.ts'
import { startWith, submitStart } from './start.ts'

type Call = DuplexCall<RemoteStartRequest, RemoteStartResponse>

const serve = async (front: Front, call: Call, request: StreamRequest): Promise<Verdict> => {
  const found = findContainer(front.engine.world, request.container)
  if (E.isLeft(found)) return failure(found.left)
  const container = found.right
  const { attached } = request
  if (!attached.stdin && !attached.stdout && !attached.stderr)
    return verdictOf(await submitStart(front, call.caller, container))
  const session = makeCallSession<RemoteStartRequest>({
    call,
    attached,
    inputOf: (message) => ({ input: message.stdin, finish: message.finish }),
    name: `start of ${container.id}`,
    log: front.log,
  })
  const performed = await startWith(front, call.caller, { container, session })
  return E.isLeft(performed) ? verdictOf(performed) : endOf(session, call)
}

export const remoteStart =
  (front: Front): DuplexWork<RemoteStartRequest, RemoteStartResponse> =>
  async (call) => {
    const request = streamRequestOf(call.metadata)
    const verdict = E.isLeft(request)
      ? failure(request.left)
      : await serve(front, call, request.right)
    return trailersOf(verdict)
  }
