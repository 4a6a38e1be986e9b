/** VolumePort on a directory of this host; the work is done on threads of its own. */
import { realpathSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { indeterminate, type Answer, type EffectError } from '../../domain/ports/answer.ts'
import { effectTable } from '../../domain/ports/effects.ts'
import {
  layerDirectory,
  volumeDirectory,
  volumeStaging,
  type Layout,
} from '../../domain/ports/layout.ts'
import type { VolumePort } from '../../domain/ports/storage-ports.ts'
import { hasErrno } from '../errors/errno.ts'
import { createWorkerPool, type PoolAnswer } from '../threads/worker-pool.ts'
import { Reply, type Task } from './tasks.ts'

export interface Volumes {
  readonly port: VolumePort
  /** Ends the threads; work in progress is cut off and done again after the next start. */
  readonly close: () => void
}

/** A fill may copy gigabytes: another volume does not wait behind it. */
const threads = 2

const decoded = (answer: PoolAnswer): E.Either<EffectError, void> => {
  if (answer._tag === 'NoReply') return E.left(indeterminate(answer.reason))
  const reply = Reply.decode(answer.reply)
  if (E.isLeft(reply)) return E.left(indeterminate('the thread answered nonsense'))
  return reply.right._tag === 'Applied' ? E.right(undefined) : E.left(reply.right)
}

/** The mount table has paths without symbolic links: the root may be reached through one. */
const realLayout = (layout: Layout): Layout => {
  try {
    return { ...layout, root: realpathSync(layout.root) }
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return layout
    throw error
  }
}

export const openVolumes = (given: Layout): Volumes => {
  const pool = createWorkerPool({ name: 'volumes', base: import.meta.url, size: threads })
  const run =
    (task: (layout: Layout) => Task, deadlineMs: number): Answer<void> =>
    async () =>
      decoded(await pool.run(task(realLayout(given)), deadlineMs))
  return {
    port: {
      create: ({ volume, fill }) =>
        run(
          (layout) => ({
            _tag: 'Make',
            directory: volumeDirectory(layout, volume),
            staging: volumeStaging(layout, volume),
            fill:
              fill === null
                ? null
                : {
                    layers: fill.layers.map((layer) => `${layerDirectory(layout, layer)}/diff`),
                    path: fill.path,
                  },
          }),
          effectTable.CreateVolume.deadlineMs,
        ),
      remove: (volume) =>
        run(
          (layout) => ({
            _tag: 'Remove',
            directory: volumeDirectory(layout, volume),
            staging: volumeStaging(layout, volume),
          }),
          effectTable.RemoveVolume.deadlineMs,
        ),
    },
    close: pool.close,
  }
}
