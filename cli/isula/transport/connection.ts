/** A small gRPC client over HTTP/2 for Node and Bun: unary and server-streaming calls. */
import {
  connect,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2'
import { connect as connectSocket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import type { Address } from './address.ts'
import type { Call } from './calls.ts'
import { openDuplex, type Duplex, type DuplexOptions } from './duplex.ts'
import { grpcStatus, type CallFailure } from './failure.ts'
import { frame, unframer } from './framing.ts'
import { failed, requestHeaders, statusOf, type CallOptions } from './headers.ts'

export type { Duplex, DuplexOptions, Trailers } from './duplex.ts'
export type { CallOptions } from './headers.ts'

export type Answered<A> = Promise<E.Either<CallFailure, A>>

export interface Connection {
  readonly unary: <Q, R>(call: Call<Q, R>, request: Partial<Q>, o?: CallOptions) => Answered<R>
  /** Resolves at the end of the stream; each message goes to `each` as it comes. */
  readonly stream: <Q, R>(
    call: Call<Q, R>,
    request: Partial<Q>,
    options: CallOptions & { readonly each: (message: R) => void },
  ) => Answered<void>
  /** Both sides send; never repeated. Left: there is no connection. */
  readonly duplex: <Q, R>(call: Call<Q, R>, options: DuplexOptions<R>) => Answered<Duplex<Q>>
  readonly close: () => void
}

/** What is wrong with the messages, or undefined. */
const deliver = (
  messages: ReadonlyArray<Buffer> | undefined,
  each: (message: Buffer) => void,
): string | undefined => {
  if (messages === undefined) return 'unreadable message frame'
  try {
    messages.forEach(each)
    return undefined
  } catch (error) {
    if (error instanceof Error) return `unreadable message: ${error.message}`
    throw error
  }
}

interface Exchange {
  readonly path: string
  readonly body: Uint8Array
  readonly options: CallOptions
  readonly each: (message: Buffer) => void
}

/** A session and the end of its socket: not every runtime tells an open request about that end. */
interface Line {
  readonly session: ClientHttp2Session
  readonly gone: Promise<void>
}

/** Time for what had arrived before the end to be read (ms). */
const lastWordsMs = 20

const exchange = ({ session, gone }: Line, spec: Exchange): Answered<void> =>
  new Promise((resolve) => {
    const { options } = spec
    const request = session.request(requestHeaders(spec.path, options))
    const frames = unframer()
    let answered = false
    let status: E.Either<CallFailure, void> | undefined
    let timer: NodeJS.Timeout | undefined
    const finish = (result: E.Either<CallFailure, void>): void => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', cancel)
      resolve(result)
    }
    const give = (result: E.Either<CallFailure, void>): void => {
      finish(result)
      request.close()
    }
    const cancel = (): void => give(failed(grpcStatus.cancelled, 'cancelled'))
    if (options.deadlineMs)
      timer = setTimeout(
        () => give(failed(grpcStatus.deadlineExceeded, 'deadline exceeded')),
        options.deadlineMs,
      )
    options.signal?.addEventListener('abort', cancel)
    request.on('response', (headers: IncomingHttpHeaders & IncomingHttpStatusHeader) => {
      answered = true
      status = statusOf(headers)
      if (status === undefined && headers[':status'] !== 200)
        give(failed(grpcStatus.unavailable, `HTTP status ${String(headers[':status'])}`))
    })
    request.on('trailers', (headers: IncomingHttpHeaders) => {
      status = statusOf(headers) ?? status
    })
    request.on('data', (chunk: Buffer) => {
      const unreadable = deliver(frames.push(chunk), spec.each)
      if (unreadable !== undefined) give(failed(grpcStatus.internal, unreadable))
    })
    const lost = (why: string) => finish(failed(grpcStatus.unavailable, why, !answered))
    request.on('error', (error: Error) => lost(error.message))
    const cut = () => finish(status ?? failed(grpcStatus.unavailable, 'cut', !answered))
    request.on('close', cut)
    void gone.then(() => setTimeout(cut, lastWordsMs))
    request.end(frame(spec.body))
    if (options.signal?.aborted === true) cancel()
  })

const open = (address: Address): Promise<Line | Error> =>
  new Promise((resolve) => {
    const socket =
      address._tag === 'Unix'
        ? connectSocket(address.path)
        : connectSocket(address.port, address.host)
    socket.once('error', resolve)
    socket.once('connect', () => {
      const session = connect('http://localhost', { createConnection: () => socket })
      // Each request reports its own failure; without a listener the process would end here.
      session.on('error', () => session.destroy())
      resolve({ session, gone: new Promise((ended) => socket.once('close', () => ended())) })
    })
  })

/** Connects at the first call, and again when the daemon closed the connection. */
export const connectTo = (address: Address): Connection => {
  let line: Line | undefined
  const connected = async (): Answered<Line> => {
    if (line === undefined || line.session.closed || line.session.destroyed) {
      const opened = await open(address)
      if (opened instanceof Error) return failed(grpcStatus.unavailable, opened.message)
      line = opened
    }
    return E.right(line)
  }
  const attempt = async (spec: Exchange): Answered<void> => {
    const on = await connected()
    return E.isLeft(on) ? on : exchange(on.right, spec)
  }
  /** A request whose connection broke before any answer goes out once more, with the same id. */
  const insist = async (spec: Exchange): Answered<void> => {
    const first = await attempt(spec)
    if (E.isRight(first) || !first.left.reset) return first
    line?.session.destroy()
    line = undefined
    return attempt(spec)
  }
  return {
    unary: async <Q, R>(call: Call<Q, R>, request: Partial<Q>, options: CallOptions = {}) => {
      const replies: Array<R> = []
      const each = (message: Buffer): void => void replies.push(call.decode(message))
      const ended = await insist({ path: call.path, body: call.encode(request), options, each })
      if (E.isLeft(ended)) return ended
      const reply = replies[0]
      return reply === undefined ? failed(grpcStatus.internal, 'empty answer') : E.right(reply)
    },
    stream: (call, request, options) => {
      const each = (message: Buffer): void => options.each(call.decode(message))
      return insist({ path: call.path, body: call.encode(request), options, each })
    },
    duplex: async (call, options) =>
      E.map((on: Line) => openDuplex(on, call, options))(await connected()),
    close: () => line?.session.destroy(),
  }
}
