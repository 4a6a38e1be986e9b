/** Copies between a streaming call of a client and the stream of its container or exec. */
import type { AttachStream, StreamEnd } from '../../monitor/attach-stream.ts'
import { failure, success, type Verdict } from '../front.ts'
import type { RpcLog } from '../rpc-options.ts'
import type { DuplexCall } from '../server/duplex.ts'
import { outputCut } from '../texts.ts'
import type { StdioSession } from './session.ts'

/** AttachResponse, RemoteStartResponse and RemoteExecResponse are alike (spec 22 section 3). */
export interface OutputMessage {
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly finish: boolean
}

export interface InputMessage {
  readonly input: Uint8Array
  /** The client's stdin has ended. */
  readonly finish: boolean
}

/** Which of the streams the client takes part in. */
export interface Attached {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
}

export interface CallSessionParts<Q> {
  readonly call: DuplexCall<Q, OutputMessage>
  readonly attached: Attached
  readonly inputOf: (message: Q) => InputMessage
  /** For the log: which container or exec. */
  readonly name: string
  readonly log: RpcLog
}

export interface CallSession extends StdioSession {
  /** How the stream ended; undefined: there never was one. */
  readonly end: () => StreamEnd | undefined
}

const nothing = Buffer.alloc(0)

class Session<Q> {
  readonly finished: Promise<void>
  end: StreamEnd | undefined
  readonly #parts: CallSessionParts<Q>
  #stream: AttachStream | undefined
  #inputEnded = false
  #attached: () => void = () => undefined
  readonly #streamComes: Promise<void>
  #finish: () => void = () => undefined

  constructor(parts: CallSessionParts<Q>) {
    this.#parts = parts
    this.finished = new Promise((resolve) => (this.#finish = resolve))
    this.#streamComes = new Promise((resolve) => (this.#attached = resolve))
    parts.call.caller.signal.addEventListener('abort', () => this.close())
    void this.#readInput()
  }

  get unreadBytes(): number {
    return this.#stream?.unreadBytes() ?? 0
  }

  get isAttached(): boolean {
    return this.#stream !== undefined
  }

  attach(stream: AttachStream): void {
    this.#stream = stream
    const { call, attached } = this.#parts
    stream.onOutput((kind, bytes) => {
      if (!attached[kind]) return undefined
      return call.send({
        stdout: kind === 'stdout' ? Buffer.from(bytes) : nothing,
        stderr: kind === 'stderr' ? Buffer.from(bytes) : nothing,
        finish: false,
      })
    })
    if (this.#inputEnded) stream.closeStdin()
    this.#attached()
    void stream.ended.then((end) => this.#ended(end))
    if (call.caller.signal.aborted) this.close()
  }

  failed(reason: string): void {
    this.#parts.log.warn(`${this.#parts.name}: no stream for the client: ${reason}`)
    this.#attached()
    this.#finish()
  }

  close(): void {
    this.#attached()
    this.#stream?.close()
    this.#finish()
  }

  async #readInput(): Promise<void> {
    const { call, name, log } = this.#parts
    try {
      for await (const message of call.messages) await this.#take(message)
      this.#endInput()
    } catch (error) {
      // The client broke off; the end of its call closes the session.
      log.debug(`${name}: the client's input: ${String(error)}`)
    }
  }

  /** Input that comes before the stream does waits for it. */
  async #take(message: Q): Promise<void> {
    const { input, finish } = this.#parts.inputOf(message)
    if (this.#parts.attached.stdin && input.length > 0) {
      await this.#streamComes
      await this.#stream?.write(input)
    }
    if (finish) this.#endInput()
  }

  #endInput(): void {
    this.#inputEnded = true
    if (this.#parts.attached.stdin) this.#stream?.closeStdin()
  }

  #ended(end: StreamEnd): void {
    this.end = end
    if (end === 'slow')
      this.#parts.log.warn(`${this.#parts.name}: a client that stood still was cut`)
    this.#finish()
  }
}

export const makeCallSession = <Q>(parts: CallSessionParts<Q>): CallSession => {
  const session = new Session(parts)
  return {
    sink: {
      attached: (stream) => session.attach(stream),
      failed: (reason) => session.failed(reason),
    },
    isAttached: () => session.isAttached,
    unreadBytes: () => session.unreadBytes,
    finished: session.finished,
    close: () => session.close(),
    end: () => session.end,
  }
}

/** The last message of the server: nothing more will come. */
const lastMessage: OutputMessage = { stdout: nothing, stderr: nothing, finish: true }

/** A client that was cut learns it from the result: what it is sent may wait for ever. */
export const endOf = async <Q>(
  session: CallSession,
  call: DuplexCall<Q, OutputMessage>,
): Promise<Verdict> => {
  await session.finished
  if (session.end() === 'slow') return failure(outputCut)
  if (!call.caller.signal.aborted) await call.send(lastMessage)
  return success
}
