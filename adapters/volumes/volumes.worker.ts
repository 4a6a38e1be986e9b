/** The thread that makes and removes volumes, one after another. */
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { classifyByErrno } from '../errors/effect-failure.ts'
import { SystemError } from '../errors/system-error.ts'
import { mountsAtOrBelow } from '../kernel/mountinfo.ts'
import { retire } from '../layers/retire.ts'
import { makeVolume } from './make-volume.ts'
import { Task, type Reply } from './tasks.ts'

/** Never deletes through a mount: a volume that a container has is not removed. */
const removeVolume = async (directory: string, staging: string): Promise<void> => {
  const [mounted] = [...mountsAtOrBelow(directory), ...mountsAtOrBelow(staging)]
  if (mounted !== undefined)
    throw new SystemError('EBUSY', `${mounted.mountPoint} is still mounted`)
  await retire(directory, staging)
}

const perform = async (task: Task): Promise<void> =>
  task._tag === 'Make' ? makeVolume(task) : removeVolume(task.directory, task.staging)

const reply = async (message: unknown): Promise<Reply> => {
  const task = Task.decode(message)
  if (E.isLeft(task)) return { _tag: 'NotApplied', errno: 'EINVAL', detail: 'not a task' }
  try {
    await perform(task.right)
    return { _tag: 'Applied' }
  } catch (error) {
    return classifyByErrno(error)
  }
}

// Linux has a nice value for each thread: bulk work yields to the thread that answers clients.
setPriority(5)

parentPort?.on('message', (message: unknown) => {
  void reply(message).then((answer) => parentPort?.postMessage(answer))
})
