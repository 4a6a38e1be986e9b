/** ArchivePort: docker-archives, OCI layouts and root file systems, plain or compressed. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { indeterminate, type Answer, type EffectError } from '../../domain/ports/answer.ts'
import type { ArchivePort } from '../../domain/ports/storage-ports.ts'
import { createWorkerPool, type WorkerPool } from '../threads/worker-pool.ts'
import { ArchiveReply, type ArchiveQuestion } from './archive-reply.ts'

/** Reading the directory of a compressed archive means inflating all of it. */
const deadlineMs = 600_000

const nonsense: EffectError = indeterminate('the thread answered nonsense')

let pool: WorkerPool | undefined

const threads = (): WorkerPool =>
  (pool ??= createWorkerPool({ name: 'images', base: import.meta.url, size: 1 }))

type Answered = Exclude<ArchiveReply, EffectError>

const ask =
  (question: ArchiveQuestion): Answer<Answered> =>
  async () => {
    const answer = await threads().run(question, deadlineMs)
    if (answer._tag === 'NoReply') return E.left(indeterminate(answer.reason))
    const reply = ArchiveReply.decode(answer.reply)
    if (E.isLeft(reply)) return E.left(nonsense)
    const { right } = reply
    return right._tag === 'Read' || right._tag === 'Digested' ? E.right(right) : E.left(right)
  }

/** `EINVAL`: not such an archive; `EVERIFY`: it is damaged; `ENOENT`, `EACCES`: no such file. */
export const archivePort: ArchivePort = {
  read: (path) =>
    pipe(
      ask({ _tag: 'Read', path }),
      TE.chain((a) => (a._tag === 'Read' ? TE.right(a.images) : TE.left(nonsense))),
    ),
  diffOf: (path) =>
    pipe(
      ask({ _tag: 'Digest', path }),
      TE.chain((a) => (a._tag === 'Digested' ? TE.right(a.diff) : TE.left(nonsense))),
    ),
}
