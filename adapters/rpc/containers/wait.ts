/** Wait: the exit code of a container's end, also of one that is already gone (CLI-WAIT-01). */
import * as E from 'fp-ts/lib/Either.js'
import type { Container } from '../../../domain/container/state.ts'
import type { ContainerId } from '../../../domain/identity.ts'
import { shownExitCode } from '../../../domain/ports/exit-record.ts'
import { failure, success, type Front } from '../front.ts'
import { stopping, type UnaryWork } from '../server/handlers.ts'
import type { WaitRequest, WaitResponse } from '../wire/containers.ts'
import { exitCodeFromJournal } from './exit-book.ts'
import { findContainer } from './find-container.ts'

const untilRemoved = 1

const lastCode = (c: Container): number => (c.lastRun === null ? 0 : shownExitCode(c.lastRun.exit))

/** A container that the policy starts again has not stopped; one that never ran is waited for. */
const codeOfStopped = (c: Container): number | undefined => {
  switch (c.phase._tag) {
    case 'Exited':
      return c.phase.restart === null ? lastCode(c) : undefined
    case 'Removing':
      return c.phase.processes === null ? lastCode(c) : undefined
    case 'Creating':
    case 'Created':
    case 'Starting':
    case 'Running':
      return undefined
  }
}

/** Undefined when the client has gone before. */
const waitForEnd = (
  front: Front,
  id: ContainerId,
  { condition, signal }: { readonly condition: number; readonly signal: AbortSignal },
): Promise<number | undefined> =>
  new Promise((resolve) => {
    const answer = (code: number | undefined): void => {
      unsubscribe()
      signal.removeEventListener('abort', onAbort)
      resolve(code)
    }
    const onAbort = (): void => answer(undefined)
    const check = (): void => {
      const container = front.engine.world.container(id)
      if (container === undefined) return answer(front.exits.find(id) ?? 0)
      const code = condition === untilRemoved ? undefined : codeOfStopped(container)
      if (code !== undefined) answer(code)
    }
    // Subscribed before the first look: nothing falls between. The events of one batch are one
    // change, so the world is looked at after the last of them.
    const unsubscribe = front.engine.feed.subscribe(({ event }) => {
      if ('id' in event && event.id === id) queueMicrotask(check)
    })
    signal.addEventListener('abort', onAbort)
    check()
  })

const ofRemoved = async (front: Front, given: string): Promise<number | undefined> => {
  const remembered = front.exits.find(given)
  if (remembered !== undefined || !/^[0-9a-f]{64}$/.test(given)) return remembered
  return exitCodeFromJournal(front.engine, front.codec, given)
}

export const wait =
  (front: Front): UnaryWork<WaitRequest, WaitResponse> =>
  async ({ id, condition }, { signal }) => {
    const found = findContainer(front.engine.world, id)
    const code = E.isRight(found)
      ? await waitForEnd(front, found.right.id, { condition, signal })
      : await ofRemoved(front, id)
    // The client asks again: the answer is in the journal.
    if (code === undefined && front.closing.aborted) throw stopping
    if (code !== undefined) return { ...success, exit_code: code }
    return { ...failure(E.isLeft(found) ? found.left : 'the client has gone'), exit_code: 0 }
  }
