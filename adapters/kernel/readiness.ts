/** Tells when descriptors become ready: one thread waits, callbacks run on the main thread. */
import { closeSync, writeSync } from 'node:fs'
import { startWorker } from '../threads/worker-entry.ts'
import {
  addInterest,
  armInterest,
  createEpoll,
  createEventfd,
  removeInterest,
  type ReadyEvent,
} from './epoll.ts'
import type { Sys } from './libc.ts'

export interface Watched {
  /** Changes what is waited for (bits of `readiness`); 0 pauses. */
  readonly setEvents: (events: number) => void
  /** Ends the watch; call it before the descriptor is closed. */
  readonly cancel: () => void
}

export interface WatchRequest {
  readonly fd: number
  readonly events: number
  /** Called once for each report; hang-up and error are reported whatever was asked for. */
  readonly onReady: (events: number) => void
}

export interface Readiness {
  /** Throws where the kernel refuses the descriptor: that is a bug of the caller. */
  readonly watch: (request: WatchRequest) => Watched
  /** Ends the thread; watches are dropped. */
  readonly close: () => void
}

const expect = <A>(result: Sys<A>, what: string): A => {
  if (!result.ok) throw new Error(`${what}: ${result.errno}`)
  return result.value
}

const wakeToken = 0

interface Entry {
  readonly report: (events: number) => void
}

/** The thread, and the way to end it: a blocked thread would hold up the exit of the process. */
const startThread = (epoll: number, onEvents: (events: ReadonlyArray<ReadyEvent>) => void) => {
  const wake = expect(createEventfd(), 'eventfd')
  expect(addInterest({ epoll, fd: wake, token: wakeToken, events: 1 }), 'epoll_ctl')
  const worker = startWorker('readiness', import.meta.url, { workerData: { epoll, wakeToken } })
  worker.on('message', onEvents)
  worker.unref()
  const one = Buffer.alloc(8)
  one.writeBigUInt64LE(1n)
  const end = (): void => void writeSync(wake, one)
  process.once('exit', end)
  worker.once('exit', () => {
    process.removeListener('exit', end)
    closeSync(wake)
    closeSync(epoll)
  })
  return { worker, end }
}

export const createReadiness = (): Readiness => {
  const epoll = expect(createEpoll(), 'epoll_create1')
  const entries = new Map<number, Entry>()
  let nextToken = 0
  let open = true
  const thread = startThread(epoll, (events) => {
    for (const event of events) entries.get(event.token)?.report(event.events)
  })

  const watch = ({ fd, events, onReady }: WatchRequest): Watched => {
    const token = 1 + (nextToken++ % 0xffff_fff0)
    let wanted = events
    let armed = events !== 0
    const arm = (): void => {
      armed = wanted !== 0
      if (armed) expect(armInterest({ epoll, fd, token, events: wanted }), 'epoll_ctl')
    }
    expect(addInterest({ epoll, fd, token, events: wanted }), 'epoll_ctl')
    entries.set(token, {
      report: (ready) => {
        armed = false
        onReady(ready)
        // The callback may have cancelled the watch, or armed it by setEvents.
        if (entries.has(token) && !armed) arm()
      },
    })
    thread.worker.ref()
    return {
      setEvents: (next) => {
        if (!entries.has(token) || (next === wanted && armed)) return
        wanted = next
        arm()
      },
      cancel: () => {
        if (!entries.delete(token)) return
        expect(removeInterest(epoll, fd), 'epoll_ctl')
        if (entries.size === 0) thread.worker.unref()
      },
    }
  }

  const close = (): void => {
    if (open) thread.end()
    open = false
    entries.clear()
  }
  return { watch, close }
}

let shared: Readiness | undefined

/** The one of this process, started at first use. */
export const sharedReadiness = (): Readiness => (shared ??= createReadiness())
