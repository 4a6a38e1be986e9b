/** Copies between a client's FIFOs and the stream of its container or exec. */
import { Socket } from 'node:net'
import type { AttachStream, StreamEnd } from '../../monitor/attach-stream.ts'
import type { StreamSink } from '../../monitor/streams.ts'
import type { RpcLog } from '../rpc-options.ts'
import { removeAbandoned } from './abandoned-fifos.ts'
import type { FifoPaths, Fifos } from './fifo.ts'
import { makeFifoWriter, type FifoWriter } from './fifo-writer.ts'

export interface StdioSession {
  readonly sink: StreamSink
  readonly isAttached: () => boolean
  /** Output that the client has not taken yet, bytes. */
  readonly unreadBytes: () => number
  /** Resolves when the client's FIFOs are closed. */
  readonly finished: Promise<void>
  /** Closes everything at once; what the client has not read is lost. */
  readonly close: () => void
}

const notice = Buffer.from('isulad: the output was cut: this client stood still for too long\n')

export interface SessionParts {
  readonly fifos: Fifos
  /** Where the client's end is, so that nothing stays of a client that was killed. */
  readonly paths: FifoPaths
  /** For the log: which container or exec. */
  readonly name: string
  readonly log: RpcLog
}

class Session {
  readonly finished: Promise<void>
  readonly #parts: SessionParts
  readonly #input: Socket | undefined
  readonly #out: FifoWriter | undefined
  readonly #err: FifoWriter | undefined
  #stream: AttachStream | undefined
  #resolveFinished: () => void = () => undefined

  constructor(parts: SessionParts) {
    const { stdin, stdout, stderr } = parts.fifos
    this.#parts = parts
    this.finished = new Promise((resolve) => (this.#resolveFinished = resolve))
    if (stdin !== undefined)
      this.#input = new Socket({ fd: stdin, readable: true, writable: false })
    this.#input?.on('error', (error) => this.#inputFailed(error))
    this.#out = stdout === undefined ? undefined : makeFifoWriter(stdout)
    this.#err = stderr === undefined ? undefined : makeFifoWriter(stderr)
  }

  get unreadBytes(): number {
    return this.#stream?.unreadBytes() ?? 0
  }

  get attached(): boolean {
    return this.#stream !== undefined
  }

  attach(stream: AttachStream): void {
    this.#stream = stream
    stream.onOutput((kind, bytes) => (kind === 'stdout' ? this.#out : this.#err)?.write(bytes))
    this.#copyInput(stream)
    void stream.ended.then((end) => this.#ended(end))
  }

  close(): void {
    this.#stream?.close()
    this.#out?.destroy()
    this.#err?.destroy()
    this.#finish()
  }

  failed(reason: string): void {
    this.#parts.log.warn(`${this.#parts.name}: no stream for the client: ${reason}`)
    this.#endOutputs()
    this.#finish()
  }

  #copyInput(stream: AttachStream): void {
    const input = this.#input
    if (input === undefined) return
    input.on('data', (bytes: Buffer) => {
      input.pause()
      void stream.write(bytes).then((taken) => (taken ? input.resume() : input.destroy()))
    })
    input.on('end', () => stream.closeStdin())
  }

  #inputFailed(error: Error): void {
    this.#parts.log.debug(`${this.#parts.name}: the client's stdin: ${error.message}`)
    this.#stream?.closeStdin()
    this.#input?.destroy()
  }

  #ended(end: StreamEnd): void {
    if (end === 'slow') this.#cut()
    else if (end === 'closed') this.close()
    else this.#endOutputs()
    this.#finish()
  }

  /** The pipe is full, so the notice goes through the one that may still have room. */
  #cut(): void {
    this.#parts.log.warn(`${this.#parts.name}: a client that stood still was cut`)
    void this.#err?.write(notice).catch((error: unknown) => {
      this.#parts.log.debug(`${this.#parts.name}: no notice to the client: ${String(error)}`)
    })
    setImmediate(() => {
      this.#out?.destroy()
      this.#err?.destroy()
    })
  }

  #endOutputs(): void {
    this.#out?.end()
    this.#err?.end()
  }

  #finish(): void {
    this.#input?.destroy()
    this.#resolveFinished()
    this.#removeAbandoned()
  }

  #removeAbandoned(): void {
    try {
      removeAbandoned(this.#parts.paths)
    } catch (error) {
      this.#parts.log.warn(`${this.#parts.name}: the client's FIFOs stay: ${String(error)}`)
    }
  }
}

export const makeSession = (parts: SessionParts): StdioSession => {
  const session = new Session(parts)
  return {
    sink: {
      attached: (stream) => session.attach(stream),
      failed: (reason) => session.failed(reason),
    },
    isAttached: () => session.attached,
    unreadBytes: () => session.unreadBytes,
    finished: session.finished,
    close: () => session.close(),
  }
}
