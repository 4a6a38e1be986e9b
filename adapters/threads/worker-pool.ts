/** A small pool of threads for calls that block and for bulk work; started when first needed. */
import type { Worker } from 'node:worker_threads'
import { startWorker } from './worker-entry.ts'

/** What became of a task: its reply, or no reply at all. */
export type PoolAnswer =
  | { readonly _tag: 'Replied'; readonly reply: unknown }
  | { readonly _tag: 'NoReply'; readonly reason: string }

export interface WorkerPool {
  /** Never rejects. A task past its deadline loses its thread, which is replaced. */
  readonly run: (task: unknown, deadlineMs: number) => Promise<PoolAnswer>
  /** Threads that were given up because their task did not end in time. */
  readonly lost: () => number
  /** Ends the threads without waiting: a blocked one may never end. */
  readonly close: () => void
}

export interface PoolOptions {
  /** Of `<name>.worker.ts`, beside the module whose `import.meta.url` is `base`. */
  readonly name: string
  readonly base: string
  readonly size: number
}

interface Job {
  readonly task: unknown
  readonly deadlineMs: number
  readonly answer: (answer: PoolAnswer) => void
}

/** The longest delay that a timer of Node can hold. */
const maxTimerMs = 2_147_483_647

class Thread {
  readonly #worker: Worker
  #settle: ((answer: PoolAnswer) => void) | undefined
  #timer: NodeJS.Timeout | undefined

  constructor({ name, base }: PoolOptions) {
    this.#worker = startWorker(name, base)
    this.#worker.unref()
    this.#worker.on('message', (reply: unknown) => this.#end({ _tag: 'Replied', reply }))
    this.#worker.on('error', (error) => this.#end({ _tag: 'NoReply', reason: String(error) }))
    this.#worker.on('exit', () => this.#end({ _tag: 'NoReply', reason: 'the thread ended' }))
  }

  #end(answer: PoolAnswer): void {
    clearTimeout(this.#timer)
    this.#worker.unref()
    const settle = this.#settle
    this.#settle = undefined
    settle?.(answer)
  }

  run({ task, deadlineMs }: Job): Promise<PoolAnswer> {
    return new Promise((resolve) => {
      this.#settle = resolve
      this.#worker.ref()
      this.#timer = setTimeout(
        () => this.#end({ _tag: 'NoReply', reason: `no answer after ${deadlineMs} ms` }),
        Math.min(deadlineMs, maxTimerMs),
      )
      this.#worker.postMessage(task)
    })
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }
}

export const createWorkerPool = (options: PoolOptions): WorkerPool => {
  const queue: Array<Job> = []
  const idle: Array<Thread> = []
  const busy = new Set<Thread>()
  let [lost, open] = [0, true]

  const work = async (thread: Thread, job: Job): Promise<void> => {
    busy.add(thread)
    const answer = await thread.run(job)
    busy.delete(thread)
    if (answer._tag === 'Replied') idle.push(thread)
    else {
      lost += open ? 1 : 0
      // Its end may never come while it is blocked in a call: nobody waits for it.
      void thread.terminate()
    }
    job.answer(answer)
    next()
  }

  const next = (): void => {
    if (queue.length === 0 || busy.size >= options.size) return
    const job = queue.shift()
    if (job !== undefined) void work(idle.pop() ?? new Thread(options), job)
  }

  return {
    run: (task, deadlineMs) =>
      new Promise((answer) => {
        if (!open) return answer({ _tag: 'NoReply', reason: 'the pool is closed' })
        queue.push({ task, deadlineMs, answer })
        next()
      }),
    lost: () => lost,
    close: () => {
      open = false
      for (const job of queue.splice(0)) job.answer({ _tag: 'NoReply', reason: 'closing' })
      for (const thread of [...idle.splice(0), ...busy]) void thread.terminate()
    },
  }
}
