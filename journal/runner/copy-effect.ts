/** A copy between a client and a container: what was taken for its time is always given back. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { noValue, type StepValue } from '../../domain/conclusion.ts'
import { indeterminate, type Answer } from '../../domain/ports/answer.ts'
import { effectTable } from '../../domain/ports/effects.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import type { CopyRequest } from '../../domain/ports/storage-ports.ts'
import { retryDelayMs, type Probed } from './machine.ts'

/** A call of several that are one effect has a deadline of its own. */
const within =
  <A>({ clock, timer }: Ports, deadlineMs: number, call: Answer<A>): Answer<A> =>
  () =>
    new Promise((resolve) => {
      const cancel = timer.at(clock.now().monoMs + deadlineMs, () =>
        resolve(E.left(indeterminate(`no answer within ${deadlineMs} ms`))),
      )
      void call().then((answer) => {
        cancel()
        resolve(answer)
      })
    })

const later =
  ({ clock, timer }: Ports, delayMs: number): Answer<void> =>
  () =>
    new Promise((resolve) => {
      timer.at(clock.now().monoMs + delayMs, () => resolve(E.right(undefined)))
    })

/** Together some four minutes; after that the effect is observed, which insists again. */
const mostTries = 15

/** A container that stays frozen or mounted would be worse than a late answer. */
const insist = (ports: Ports, call: Answer<void>, tries = 1): Answer<void> =>
  pipe(
    call,
    TE.orElse((error) =>
      tries >= mostTries
        ? TE.left(error)
        : pipe(
            later(ports, retryDelayMs(tries)),
            TE.chain(() => insist(ports, call, tries + 1)),
          ),
    ),
  )

/** The cgroup goes with the container: then there is nothing to freeze or to thaw. */
const unlessGone = (answer: Answer<void>): Answer<void> =>
  pipe(
    answer,
    TE.orElse((error) =>
      error._tag === 'NotApplied' && error.errno === 'ENOENT'
        ? TE.right(undefined)
        : TE.left(error),
    ),
  )

const applied: Answer<void> = TE.right(undefined)

const take = (
  ports: Ports,
  { ref, freeze, mount, layers, external }: CopyRequest,
): Answer<void> => {
  if (mount)
    return within(
      ports,
      effectTable.MountRootfs.deadlineMs,
      ports.rootfs.mount({ id: ref.id, layers, ...(external === undefined ? {} : { external }) }),
    )
  return freeze
    ? within(ports, effectTable.FreezeCgroup.deadlineMs, unlessGone(ports.cgroup.freeze(ref)))
    : applied
}

const giveBack = (ports: Ports, { ref, freeze, mount }: CopyRequest): Answer<void> => {
  const { ThawCgroup, UnmountRootfs } = effectTable
  if (mount)
    return insist(ports, within(ports, UnmountRootfs.deadlineMs, ports.rootfs.unmount(ref.id)))
  return freeze
    ? insist(ports, within(ports, ThawCgroup.deadlineMs, unlessGone(ports.cgroup.thaw(ref))))
    : applied
}

/** Answers as the transfer did, once everything is as it was before. */
export const runCopy =
  (ports: Ports, request: CopyRequest): Answer<StepValue> =>
  async () => {
    const taken = await take(ports, request)()
    const moved = E.isLeft(taken)
      ? taken
      : await ports.copy.transfer(request.ref.id, request.copy)()
    const given = await giveBack(ports, request)()
    return E.isLeft(given) ? given : E.map(() => noValue)(moved)
  }

/** Nobody can tell how far it came, and its client is gone: it is given up (`maybe applied`). */
export const probeCopy = (ports: Ports, request: CopyRequest): Answer<Probed> =>
  pipe(
    ports.copy.end(request.copy),
    TE.chain(() => giveBack(ports, request)),
    TE.map(() => ({ _tag: 'CannotTell', reason: 'the copy was cut off' })),
  )
