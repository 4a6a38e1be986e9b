/** Port calls carried out by a thread of their own: many at once, each a message and its answer. */
import type { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { indeterminate, type Answer, type EffectError } from '../../domain/ports/answer.ts'
import { startWorker } from './worker-entry.ts'

/** What goes to the thread. */
export interface Call {
  readonly number: number
  readonly method: string
  readonly argument: unknown
}

/** What comes back: an answer, or news that belong to no call. */
export type FromThread =
  | {
      readonly _tag: 'Answered'
      readonly number: number
      readonly answer: Either<EffectError, unknown>
    }
  | { readonly _tag: 'Told'; readonly news: unknown }

export interface CallThread {
  /** The reply is what the thread's method of that name answers. Never rejects. */
  readonly call: (method: string, argument: unknown) => Answer<unknown>
  /** Threads that were given up because a call did not end in time. */
  readonly lost: () => number
  readonly close: () => void
}

export interface CallThreadOptions {
  /** Of `<name>.worker.ts`, beside the module whose `import.meta.url` is `base`. */
  readonly name: string
  readonly base: string
  readonly workerData: unknown
  /** A thread that leaves a call without an answer for so long is replaced (ms). */
  readonly deadlineMs: number
  readonly onTold: (news: unknown) => void
}

interface Open {
  readonly settle: (answer: Either<EffectError, unknown>) => void
  readonly timer: NodeJS.Timeout
}

class Serving {
  readonly #worker: Worker
  readonly #open = new Map<number, Open>()
  readonly #onTold: (news: unknown) => void

  constructor(options: CallThreadOptions, ended: () => void) {
    const { name, base, workerData, onTold } = options
    this.#onTold = onTold
    this.#worker = startWorker(name, base, { workerData })
    this.#worker.unref()
    this.#worker.on('message', (message: FromThread) => this.#take(message))
    this.#worker.on('error', (error) => this.giveUp(String(error)))
    this.#worker.on('exit', () => {
      this.giveUp('the thread ended')
      ended()
    })
  }

  #take(message: FromThread): void {
    if (message._tag === 'Told') return this.#onTold(message.news)
    const open = this.#open.get(message.number)
    if (open === undefined) return
    this.#open.delete(message.number)
    clearTimeout(open.timer)
    open.settle(message.answer)
    if (this.#open.size === 0) this.#worker.unref()
  }

  send(call: Call, open: Open): void {
    this.#open.set(call.number, open)
    this.#worker.ref()
    this.#worker.postMessage(call)
  }

  /** What it was doing may have been done. */
  giveUp(reason: string): void {
    for (const { settle, timer } of this.#open.values()) {
      clearTimeout(timer)
      settle(E.left(indeterminate(reason)))
    }
    this.#open.clear()
    // Its end may never come while it is blocked in a call: nobody waits for it.
    void this.#worker.terminate()
  }
}

export const createCallThread = (options: CallThreadOptions): CallThread => {
  let serving: Serving | undefined
  let [numbers, lost, open] = [0, 0, true]

  const present = (): Serving => {
    if (serving !== undefined) return serving
    const begun: Serving = new Serving(options, () => {
      if (serving === begun) serving = undefined
    })
    return (serving = begun)
  }

  const expire = (late: Serving): void => {
    lost += 1
    if (serving === late) serving = undefined
    late.giveUp(`no answer after ${options.deadlineMs} ms`)
  }

  // The first call is not to wait for the thread's start.
  present()
  return {
    call: (method, argument) => () =>
      new Promise((settle) => {
        if (!open) return settle(E.left(indeterminate('the thread is closed')))
        const thread = present()
        const timer = setTimeout(() => expire(thread), options.deadlineMs)
        thread.send({ number: (numbers += 1), method, argument }, { settle, timer })
      }),
    lost: () => lost,
    close: () => {
      open = false
      serving?.giveUp('closing')
      serving = undefined
    },
  }
}
