/** The copy port: bytes are not simulated, only whose they are, how often and how long. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ContainerId, CopyId } from '../../domain/identity.ts'
import { notApplied, type Answer } from '../../domain/ports/answer.ts'
import type { CopyPort } from '../../domain/ports/storage-ports.ts'
import type { DaemonLife } from './daemon-life.ts'
import { effective, type Part } from './port-call.ts'

/** A copy by that name takes its time. */
export const slowCopy = 'slow'
const slowMs = 3_000

const done = (): void => undefined

const begin =
  (d: DaemonLife, id: ContainerId, copy: CopyId): Part =>
  () => {
    const { notebook, volatile } = d.host
    if (!d.hasStream(copy)) return notApplied('ENOENT', 'no client waits for this copy')
    const times = (notebook.copies.get(`${id}/${copy}`) ?? 0) + 1
    notebook.copies.set(`${id}/${copy}`, times)
    if (times > 1) d.violated('W3', `copy ${copy} of ${id} was begun ${times} times`)
    return volatile.mounts.has(id) ? undefined : notApplied('ENOENT', 'nothing is mounted')
  }

const wait =
  (d: DaemonLife, ms: number): Answer<void> =>
  () =>
    new Promise((resolve) => {
      const atMs = d.scheduler.nowMs + ms
      const run = (): void => resolve(E.right(undefined))
      d.scheduler.add({ owner: d.owner, kind: 'work', atMs, run })
    })

export const copyDouble = (d: DaemonLife): CopyPort => ({
  transfer: (id, copy) =>
    pipe(
      effective(d, {
        label: `copy ${id}/${copy}`,
        intent: `copy ${id}/${copy}`,
        parts: [begin(d, id, copy)],
        value: done,
      }),
      TE.chain(() => wait(d, copy.startsWith(slowCopy) ? slowMs : 2)),
    ),
  end: () => TE.right(undefined),
})
