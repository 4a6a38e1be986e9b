/** The thread that reads image archives: a compressed one takes as long as it is big. */
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import * as t from 'io-ts'
import { classify } from '../layers/tasks.ts'
import { readDockerArchive } from './docker-archive.ts'
import type { ArchiveReply } from './archive-reply.ts'

const reply = async (message: unknown): Promise<ArchiveReply> => {
  if (!t.string.is(message)) return { _tag: 'NotApplied', errno: 'EINVAL', detail: 'not a path' }
  try {
    return { _tag: 'Read', images: await readDockerArchive(message) }
  } catch (error) {
    return classify(error)
  }
}

// Linux has a nice value for each thread: bulk work yields to the thread that answers clients.
setPriority(5)

parentPort?.on('message', (message: unknown) => {
  void reply(message).then((answer) => parentPort?.postMessage(answer))
})
