/** ArchivePort: image archives in `docker save` format, plain or gzip. */
import * as E from 'fp-ts/lib/Either.js'
import { indeterminate } from '../../domain/ports/answer.ts'
import type { ArchivePort } from '../../domain/ports/storage-ports.ts'
import { createWorkerPool, type WorkerPool } from '../threads/worker-pool.ts'
import { ArchiveReply } from './archive-reply.ts'

/** Reading the directory of a compressed archive means inflating all of it. */
const deadlineMs = 600_000

let pool: WorkerPool | undefined

const threads = (): WorkerPool =>
  (pool ??= createWorkerPool({ name: 'images', base: import.meta.url, size: 1 }))

/** `EINVAL`: not such an archive; `EVERIFY`: it is damaged; `ENOENT`, `EACCES`: no such file. */
export const archivePort: ArchivePort = {
  read: (path) => async () => {
    const answer = await threads().run(path, deadlineMs)
    if (answer._tag === 'NoReply') return E.left(indeterminate(answer.reason))
    const reply = ArchiveReply.decode(answer.reply)
    if (E.isLeft(reply)) return E.left(indeterminate('the thread answered nonsense'))
    return reply.right._tag === 'Read' ? E.right(reply.right.images) : E.left(reply.right)
  },
}
