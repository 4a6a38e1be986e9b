/** A gRPC client of bytes: what upstream's client sends, without any code of our own client. */
import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2'
import { connect as connectSocket } from 'node:net'

/** One finished call as it was on the wire. */
export interface Exchange {
  readonly headers: Readonly<Record<string, string>>
  readonly messages: ReadonlyArray<Buffer>
  readonly trailers: Readonly<Record<string, string>>
  /** -1: the stream ended without any status. */
  readonly status: number
  readonly details: string
}

export interface CallOptions {
  readonly metadata?: Readonly<Record<string, string | ReadonlyArray<string>>>
  /** Ends the call from this side (default 10 s). */
  readonly ms?: number
  /** Replaces the gRPC message frame. */
  readonly rawBody?: Uint8Array
}

/** One flag byte, the length, the message. */
export const grpcFrame = (message: Uint8Array): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** The whole messages of a body; a rest that is no whole message is left out. */
const unframed = (body: Buffer): ReadonlyArray<Buffer> => {
  const messages: Array<Buffer> = []
  let at = 0
  while (at + 5 <= body.length) {
    const length = body.readUInt32BE(at + 1)
    if (at + 5 + length > body.length) break
    messages.push(body.subarray(at + 5, at + 5 + length))
    at += 5 + length
  }
  return messages
}

const texts = (headers: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, String(value)]))

/** Headers in the order in which gRPC's C++ core writes them. */
const head = (path: string, options: CallOptions) => ({
  ':method': 'POST',
  ':scheme': 'http',
  ':path': path,
  ':authority': 'localhost',
  te: 'trailers',
  'content-type': 'application/grpc',
  'user-agent': 'grpc-c++/1.41.0 grpc-c/19.0.0 (linux; chttp2)',
  'grpc-accept-encoding': 'identity,deflate,gzip',
  ...options.metadata,
})

const collect = (stream: ClientHttp2Stream, ms: number): Promise<Exchange> =>
  new Promise((resolve) => {
    const parts: Array<Buffer> = []
    let [headers, trailers]: [Record<string, string>, Record<string, string>] = [{}, {}]
    const timer = setTimeout(() => stream.close(8), ms)
    stream.on('response', (got: IncomingHttpHeaders) => (headers = texts(got)))
    stream.on('trailers', (got: IncomingHttpHeaders) => (trailers = texts(got)))
    stream.on('data', (chunk: Buffer) => parts.push(chunk))
    // The daemon has said its last word, so this side has as well.
    stream.on('end', () => stream.end())
    // A reset is told by the missing status.
    stream.on('error', () => stream.close())
    stream.on('close', () => {
      clearTimeout(timer)
      const said = { ...headers, ...trailers }
      resolve({
        headers,
        trailers,
        messages: unframed(Buffer.concat(parts)),
        status: Number(said['grpc-status'] ?? -1),
        details: decodeURIComponent(
          (said['grpc-message'] ?? '').replace(/%(?![0-9a-f]{2})/gi, '%25'),
        ),
      })
    })
  })

export class UpstreamClient {
  readonly #session: ClientHttp2Session

  constructor(socket: string) {
    this.#session = connect('http://localhost', { createConnection: () => connectSocket(socket) })
    // Every open call ends without a status, which the tests see.
    this.#session.on('error', () => this.#session.destroy())
  }

  get isOpen(): boolean {
    return !this.#session.destroyed && !this.#session.closed
  }

  call(path: string, message: Uint8Array, options: CallOptions = {}): Promise<Exchange> {
    const stream = this.#session.request(head(path, options))
    const ended = collect(stream, options.ms ?? 10_000)
    stream.end(options.rawBody ?? grpcFrame(message))
    return ended
  }

  /** A call whose messages this side goes on to write. */
  open(
    path: string,
    options: CallOptions = {},
  ): { readonly stream: ClientHttp2Stream; readonly ended: Promise<Exchange> } {
    const stream = this.#session.request(head(path, options))
    return { stream, ended: collect(stream, options.ms ?? 10_000) }
  }

  close(): void {
    this.#session.destroy()
  }
}
