/** The thread that does the blocking and bulk work of the layer store, one task after another. */
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { retire } from './retire.ts'
import { classify, Task, type Reply } from './tasks.ts'
import { unpackLayer } from './unpack/unpack-layer.ts'
import { removeWritable, unmountAll } from './writable-layer.ts'

const perform = async (task: Task): Promise<number> => {
  switch (task._tag) {
    case 'Unpack':
      return await unpackLayer(task)
    case 'RemoveLayer':
      await retire(task.directory, task.staging)
      return 0
    case 'Unmount':
      unmountAll(task.mountPoint)
      return 0
    case 'RemoveWritable':
      await removeWritable(task.directory, task.staging)
      return 0
  }
}

const reply = async (message: unknown): Promise<Reply> => {
  const task = Task.decode(message)
  if (E.isLeft(task)) return { _tag: 'NotApplied', errno: 'EINVAL', detail: 'not a task' }
  try {
    return { _tag: 'Applied', value: await perform(task.right) }
  } catch (error) {
    return classify(error)
  }
}

// Linux has a nice value for each thread: bulk work yields to the thread that answers clients.
setPriority(5)

parentPort?.on('message', (message: unknown) => {
  void reply(message).then((answer) => parentPort?.postMessage(answer))
})
