/** Turns promises into grpc handlers: unary calls and server streams with back-pressure. */
import {
  status,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Metadata,
  type StatusObject,
} from '@grpc/grpc-js'
import type { RpcLog } from '../rpc-options.ts'
import { callerOf, type Caller } from './caller.ts'

/** Ends a call with a grpc status whose text the client shows (spec 22 section 2). */
export class CallFailure extends Error {
  readonly code: status

  constructor(code: status, message: string) {
    super(message)
    this.code = code
  }
}

export const unknownPeer = new CallFailure(
  status.UNAUTHENTICATED,
  'the peer of this call is not known',
)

/** The grpc status that ends a call after this error; what nobody expected is logged. */
export const statusOf = (error: unknown, log: RpcLog): Partial<StatusObject> => {
  if (error instanceof CallFailure) return { code: error.code, details: error.message }
  log.warn(
    `a call failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  )
  return { code: status.INTERNAL, details: 'internal error of the daemon, see its log' }
}

/** What every handler is made with. */
export interface Desk {
  readonly log: RpcLog
  /** Aborts when the daemon stops: nobody who only waits holds it up. */
  readonly closing: AbortSignal
}

export const stopping = new CallFailure(status.UNAVAILABLE, 'the daemon is stopping')

export type UnaryWork<Q, R> = (request: Q, caller: Caller) => Promise<R>

export const unary =
  <Q, R>({ log, closing }: Desk, work: UnaryWork<Q, R>): handleUnaryCall<Q, R> =>
  (call, callback) => {
    const caller = callerOf(call, closing)
    if (caller === undefined) return callback(statusOf(unknownPeer, log))
    work(call.request, caller).then(
      (reply) => callback(null, reply),
      (error: unknown) => callback(statusOf(error, log)),
    )
  }

/** Takes one message; resolves when the client can take another, rejects when it has gone. */
export type Send<R> = (message: R) => Promise<void>

/** Initial metadata, before the first message. */
export type Begin = (metadata: Metadata) => void

export type StreamWork<Q, R> = (
  request: Q,
  caller: Caller,
  send: Send<R>,
  begin: Begin,
) => Promise<void>

/** The writing side of a streaming call. */
interface Writing<R> {
  readonly write: (message: R) => boolean
  readonly once: (event: 'drain', listener: () => void) => unknown
  readonly removeListener: (event: 'drain', listener: () => void) => unknown
}

export const sender =
  <R>(call: Writing<R>, signal: AbortSignal): Send<R> =>
  (message) => {
    if (signal.aborted) return Promise.reject(new CallFailure(status.CANCELLED, 'client has gone'))
    if (call.write(message)) return Promise.resolve()
    return new Promise((resolve) => {
      const go = (): void => {
        call.removeListener('drain', go)
        signal.removeEventListener('abort', go)
        resolve()
      }
      call.once('drain', go)
      signal.addEventListener('abort', go)
    })
  }

export const serverStream =
  <Q, R>({ log, closing }: Desk, work: StreamWork<Q, R>): handleServerStreamingCall<Q, R> =>
  (call) => {
    const caller = callerOf(call, closing)
    if (caller === undefined) return void call.emit('error', statusOf(unknownPeer, log))
    const begin: Begin = (metadata) => call.sendMetadata(metadata)
    work(call.request, caller, sender(call, caller.signal), begin).then(
      () => (closing.aborted ? call.emit('error', statusOf(stopping, log)) : call.end()),
      (error: unknown) => call.emit('error', statusOf(error, log)),
    )
  }
