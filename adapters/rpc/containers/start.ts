/** Start, with the client's FIFOs where it attaches (CLI-START-01, spec 22 section 5). */
import * as E from 'fp-ts/lib/Either.js'
import { containerRef, type Container } from '../../../domain/container/state.ts'
import { streamKey } from '../../monitor/streams.ts'
import { failure, perform, verdictOf, type Front, type Performed } from '../front.ts'
import type { Caller } from '../server/caller.ts'
import type { UnaryWork } from '../server/handlers.ts'
import { openFifos, pathIf, wantsFifos, type FifoPaths } from '../stdio/fifo.ts'
import { makeSession, type StdioSession } from '../stdio/session.ts'
import type { StartRequest, StartResponse } from '../wire/containers.ts'
import { findContainer } from './find-container.ts'

const pathsOf = (request: StartRequest): FifoPaths => ({
  stdin: pathIf(request.attach_stdin, request.stdin),
  stdout: pathIf(request.attach_stdout, request.stdout),
  stderr: pathIf(request.attach_stderr, request.stderr),
})

export const submitStart = (
  front: Front,
  caller: Caller,
  container: Container,
): Promise<Performed> =>
  perform(front, caller, {
    _tag: 'StartContainer',
    id: container.id,
    timeoutMs: front.startTimeoutMs,
  })

/** It ran already, or another client waits for its stream: output from now on. */
const join = async (front: Front, given: Container, session: StdioSession): Promise<void> => {
  const container = front.engine.world.container(given.id)
  if (container === undefined) return session.close()
  const stream = await front.streams.attach(containerRef(container))()
  if (E.isRight(stream)) session.sink.attached(stream.right)
  else session.close()
}

/** Starts with this client's session announced, so that no output is lost. */
export const startWith = async (
  front: Front,
  caller: Caller,
  { container, session }: { readonly container: Container; readonly session: StdioSession },
): Promise<Performed> => {
  const withdraw = front.expected.announce(streamKey(container.id), session.sink)
  const performed = await submitStart(front, caller, container)
  withdraw()
  if (E.isLeft(performed)) session.close()
  else if (!session.isAttached()) await join(front, container, session)
  return performed
}

const startAttached = async (
  front: Front,
  caller: Caller,
  { container, paths }: { readonly container: Container; readonly paths: FifoPaths },
): Promise<Performed> => {
  const fifos = openFifos(paths, { uid: caller.uid, below: front.clientFifos })
  if (E.isLeft(fifos)) return fifos
  const name = `start of ${container.id}`
  const session = makeSession({ fifos: fifos.right, paths, name, log: front.log })
  return startWith(front, caller, { container, session })
}

export const start =
  (front: Front): UnaryWork<StartRequest, StartResponse> =>
  async (request, caller) => {
    const found = findContainer(front.engine.world, request.id)
    if (E.isLeft(found)) return { ...failure(found.left), id: request.id }
    const container = found.right
    const paths = pathsOf(request)
    const performed = wantsFifos(paths)
      ? await startAttached(front, caller, { container, paths })
      : await submitStart(front, caller, container)
    return { ...verdictOf(performed), id: container.id }
  }
