/** Attach: joins a running container's streams; output from now on (CLI-ATTACH-01, R-55). */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { containerRef, type Container } from '../../../domain/container/state.ts'
import { failure, type Front, type Verdict } from '../front.ts'
import type { DuplexCall, DuplexWork } from '../server/duplex.ts'
import { streamRequestOf, trailersOf, type StreamRequest } from '../stdio/call-metadata.ts'
import { endOf, makeCallSession } from '../stdio/call-session.ts'
import { attachRefusal, unequalOutputs } from '../texts.ts'
import type { AttachRequest, AttachResponse } from '../wire/containers.ts'
import { findContainer } from './find-container.ts'

interface Attachment {
  readonly container: Container
  readonly request: StreamRequest
}

const attachmentOf = (
  front: Front,
  asked: Either<string, StreamRequest>,
): Either<string, Attachment> => {
  if (E.isLeft(asked)) return asked
  const request = asked.right
  // Upstream knows no attach to one of the outputs alone.
  if (request.attached.stdout !== request.attached.stderr) return E.left(unequalOutputs)
  const found = findContainer(front.engine.world, request.container)
  if (E.isLeft(found)) return found
  const refusal = attachRefusal(found.right)
  return refusal === undefined ? E.right({ container: found.right, request }) : E.left(refusal)
}

const serve = async (
  front: Front,
  call: DuplexCall<AttachRequest, AttachResponse>,
  { container, request }: Attachment,
): Promise<Verdict> => {
  const session = makeCallSession<AttachRequest>({
    call,
    attached: request.attached,
    inputOf: (message) => ({ input: message.stdin, finish: message.finish }),
    name: `attach to ${container.id}`,
    log: front.log,
  })
  const stream = await front.streams.attach(containerRef(container))()
  if (E.isLeft(stream)) {
    session.close()
    const why = stream.left._tag === 'NotApplied' ? stream.left.detail : stream.left.reason
    return failure(`Attach container error: ${container.id}: ${why}`)
  }
  session.sink.attached(stream.right)
  return endOf(session, call)
}

export const attach =
  (front: Front): DuplexWork<AttachRequest, AttachResponse> =>
  async (call) => {
    const attachment = attachmentOf(front, streamRequestOf(call.metadata))
    const verdict = E.isLeft(attachment)
      ? failure(attachment.left)
      : await serve(front, call, attachment.right)
    return trailersOf(verdict)
  }
