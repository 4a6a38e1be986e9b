/** The thread's side of calls: carries out what is asked, and answers under the call's number. */
import { parentPort } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { notApplied, type Answer } from '../../domain/ports/answer.ts'
import type { Call, FromThread } from './call-thread.ts'

export type Methods = Readonly<Record<string, (argument: never) => Answer<unknown>>>

const post = (message: FromThread): void => parentPort?.postMessage(message)

/** News for the starter of this thread that belong to no call. */
export const tell = (news: unknown): void => post({ _tag: 'Told', news })

/** Calls come from this program's own types alone: the arguments are not decoded again. */
export const serveCalls = (methods: Methods): void => {
  parentPort?.on('message', ({ number, method, argument }: Call) => {
    const run = methods[method]
    if (run === undefined) {
      const answer = E.left(notApplied('EINVAL', `the thread has no method ${method}`))
      return post({ _tag: 'Answered', number, answer })
    }
    void run(argument as never)().then((answer) => post({ _tag: 'Answered', number, answer }))
  })
}
