/** Runs tasks of the layer store on threads and decodes their answers. */
import * as E from 'fp-ts/lib/Either.js'
import { indeterminate, type Answer, type EffectError } from '../../domain/ports/answer.ts'
import { createWorkerPool, type PoolAnswer } from '../threads/worker-pool.ts'
import { Reply, type Task } from './tasks.ts'

export interface LayerThreads {
  readonly run: (task: Task, deadlineMs: number) => Answer<number>
  /** Threads given up because a call did not end in time. */
  readonly lost: () => number
  /** Does not wait: a blocked thread may never end. */
  readonly close: () => void
}

const decoded = (answer: PoolAnswer): E.Either<EffectError, number> => {
  if (answer._tag === 'NoReply') return E.left(indeterminate(answer.reason))
  const reply = Reply.decode(answer.reply)
  if (E.isLeft(reply)) return E.left(indeterminate('the thread answered nonsense'))
  return reply.right._tag === 'Applied' ? E.right(reply.right.value) : E.left(reply.right)
}

/** Unpacking may take an hour: short tasks have threads of their own and do not wait behind it. */
export const createLayerThreads = (): LayerThreads => {
  const pool = () => createWorkerPool({ name: 'layers', base: import.meta.url, size: 2 })
  const [long, short] = [pool(), pool()]
  return {
    run: (task, deadlineMs) => async () =>
      decoded(await (task._tag === 'Unpack' ? long : short).run(task, deadlineMs)),
    lost: () => long.lost() + short.lost(),
    close: () => {
      long.close()
      short.close()
    },
  }
}
