/** The thread that reads image archives: a compressed one takes as long as it is big. */
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { classify } from '../layers/tasks.ts'
import { ArchiveQuestion, type ArchiveReply } from './archive-reply.ts'
import { readImageArchive } from './image-archive.ts'
import { rootfsDigest } from './rootfs-archive.ts'

const reply = async (message: unknown): Promise<ArchiveReply> => {
  if (!ArchiveQuestion.is(message))
    return { _tag: 'NotApplied', errno: 'EINVAL', detail: 'not a question' }
  const { path } = message
  try {
    return message._tag === 'Read'
      ? { _tag: 'Read', images: await readImageArchive(path) }
      : { _tag: 'Digested', diff: await rootfsDigest(path) }
  } catch (error) {
    return classify(error)
  }
}

// Linux has a nice value for each thread: bulk work yields to the thread that answers clients.
setPriority(5)

parentPort?.on('message', (message: unknown) => {
  void reply(message).then((answer) => parentPort?.postMessage(answer))
})
