/** epoll(7) and eventfd(2). */
import { done, native, type Sys } from './libc.ts'

const createCall = native<[number]>('int epoll_create1(int flags)')
const controlCall = native<[number, number, number, Buffer | null]>(
  'int epoll_ctl(int epoll, int operation, int fd, void *event)',
)
const waitCall = native<[number, Buffer, number, number]>(
  'int epoll_wait(int epoll, void *events, int count, int timeout)',
)
const eventfdCall = native<[number, number]>('int eventfd(unsigned int value, int flags)')

const closeOnExec = 0x80000
const operations = { add: 1, remove: 2, modify: 3 } as const

export const readiness = { readable: 1, writable: 4, error: 8, hangUp: 16 } as const
/** EPOLLONESHOT: after one report the descriptor is silent until it is armed again. */
const oneShot = 0x4000_0000

/** struct epoll_event is packed on x86-64 only. */
const [eventBytes, tokenAt] = process.arch === 'x64' ? [12, 4] : [16, 8]

export interface ReadyEvent {
  readonly token: number
  /** Bits of `readiness`. */
  readonly events: number
}

export const createEpoll = (): Sys<number> => createCall(closeOnExec)

/** A descriptor that becomes readable when 8 bytes, a count, are written to it. */
export const createEventfd = (): Sys<number> => eventfdCall(0, closeOnExec | 0x800)

export interface Interest {
  readonly epoll: number
  readonly fd: number
  /** Comes back in the report; less than 2^32. */
  readonly token: number
  readonly events: number
}

const encode = ({ token, events }: Interest): Buffer => {
  const event = Buffer.alloc(eventBytes)
  event.writeUInt32LE((events | oneShot) >>> 0, 0)
  event.writeUInt32LE(token, tokenAt)
  return event
}

/** Reports once. `EPERM`: a kind of file that is always ready; `EEXIST`: already there. */
export const addInterest = (interest: Interest): Sys<number> =>
  controlCall(interest.epoll, operations.add, interest.fd, encode(interest))

/** Arms again. `ENOENT`: not there. */
export const armInterest = (interest: Interest): Sys<number> =>
  controlCall(interest.epoll, operations.modify, interest.fd, encode(interest))

export const removeInterest = (epoll: number, fd: number): Sys<number> =>
  controlCall(epoll, operations.remove, fd, null)

/** Blocks the thread for at most `timeoutMs` (-1: without end). `EINTR` is no error here. */
export const waitReady = (epoll: number, timeoutMs: number): Sys<ReadonlyArray<ReadyEvent>> => {
  const most = 128
  const events = Buffer.alloc(eventBytes * most)
  const count = waitCall(epoll, events, most, timeoutMs)
  if (!count.ok) return count.errno === 'EINTR' ? done([]) : count
  return done(
    Array.from({ length: count.value }, (_, i) => ({
      events: events.readUInt32LE(i * eventBytes),
      token: events.readUInt32LE(i * eventBytes + tokenAt),
    })),
  )
}
