/** A call in which both sides send messages: Attach, RemoteStart, RemoteExec. */
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import * as E from 'fp-ts/lib/Either.js'
import type { Call } from './calls.ts'
import { grpcStatus, type CallFailure } from './failure.ts'
import { frame, unframer, type Unframer } from './framing.ts'
import { failed, metadataOf, requestHeaders, statusOf, type CallOptions } from './headers.ts'

/** Trailing metadata of a call that the daemon has ended well. */
export type Trailers = Readonly<Record<string, string>>
type Ended = E.Either<CallFailure, Trailers>

export interface Duplex<Q> {
  /** Resolves when another message may be sent; false: the call has ended. */
  readonly send: (message: Partial<Q>) => Promise<boolean>
  /** Nothing more will be sent. */
  readonly endSending: () => void
  /** Ends the call at once, as `cancelled`. */
  readonly cancel: () => void
  /** Resolves after each message was handled; never rejects. */
  readonly ended: Promise<Ended>
}

export interface DuplexOptions<R> extends CallOptions {
  /** A promise holds the next messages up until it settles. */
  readonly each: (message: R) => void | Promise<void>
}

interface Line {
  readonly session: ClientHttp2Session
  /** Resolves with the end of the socket: not every runtime tells an open request about it. */
  readonly gone: Promise<void>
}

/** Time for what had arrived before the end to be read (ms). */
const lastWordsMs = 20

class DuplexCall<Q, R> implements Duplex<Q> {
  readonly ended: Promise<Ended>
  readonly #request: ClientHttp2Stream
  readonly #call: Call<Q, R>
  readonly #each: DuplexOptions<R>['each']
  readonly #frames: Unframer = unframer()
  #handling: Promise<void> = Promise.resolve()
  #waiting = 0
  #status: Ended | undefined
  #over = false
  #resolve: (ended: Ended) => void = () => undefined

  constructor(line: Line, call: Call<Q, R>, options: DuplexOptions<R>) {
    this.#call = call
    this.#each = options.each
    this.ended = new Promise((resolve) => (this.#resolve = resolve))
    this.#request = line.session.request(requestHeaders(call.path, options))
    this.#request.on('response', (headers: IncomingHttpHeaders) => this.#noteStatus(headers))
    this.#request.on('trailers', (headers: IncomingHttpHeaders) => this.#noteStatus(headers))
    this.#request.on('data', (chunk: Buffer) => this.#receive(chunk))
    this.#request.on('error', (error: Error) => this.#lost(error.message))
    // The daemon's end is the end: a stream of which our side is open is not closed by it.
    this.#request.on('end', () => this.#lost('cut'))
    this.#request.on('close', () => this.#lost('cut'))
    void line.gone.then(() => setTimeout(() => this.#lost('cut'), lastWordsMs))
    options.signal?.addEventListener('abort', () => this.cancel())
  }

  async send(message: Partial<Q>): Promise<boolean> {
    if (this.#over || this.#request.writableEnded || this.#request.destroyed) return false
    if (this.#request.write(frame(this.#call.encode(message)))) return true
    await Promise.race([new Promise((go) => this.#request.once('drain', go)), this.ended])
    return !this.#over
  }

  endSending(): void {
    if (!this.#over && !this.#request.writableEnded) this.#request.end()
  }

  cancel(): void {
    this.#finish(failed(grpcStatus.cancelled, 'cancelled'))
  }

  #noteStatus(headers: IncomingHttpHeaders): void {
    const status = statusOf(headers)
    if (status !== undefined) this.#status = E.map(() => metadataOf(headers))(status)
  }

  #receive(chunk: Buffer): void {
    const messages = this.#frames.push(chunk)
    if (messages === undefined)
      return this.#finish(failed(grpcStatus.internal, 'unreadable message frame'))
    for (const bytes of messages) this.#queue(bytes)
  }

  #queue(bytes: Buffer): void {
    this.#waiting += 1
    this.#request.pause()
    const handled = this.#handling.then(() => this.#each(this.#call.decode(bytes)))
    this.#handling = handled.then(
      () => this.#settled(),
      (error: unknown) =>
        this.#finish(failed(grpcStatus.internal, `unreadable message: ${String(error)}`)),
    )
  }

  #settled(): void {
    this.#waiting -= 1
    if (this.#waiting === 0 && !this.#request.destroyed) this.#request.resume()
  }

  /** What had come is handled first: a status that came is the end, else the line was cut. */
  #lost(why: string): void {
    void this.#handling.then(() =>
      this.#finish(this.#status ?? failed(grpcStatus.unavailable, why)),
    )
  }

  #finish(ended: Ended): void {
    if (this.#over) return
    this.#over = true
    this.#resolve(ended)
    this.#request.close()
  }
}

export const openDuplex = <Q, R>(
  line: Line,
  call: Call<Q, R>,
  options: DuplexOptions<R>,
): Duplex<Q> => new DuplexCall(line, call, options)
