/** The stream of a test program: prints what it is told, gives back what it reads. */
import {
  defaultLimits,
  makeStreamClient,
  type AttachStream,
  type OutputKind,
  type OutputListener,
  type StreamEnd,
} from '../../monitor/attach-stream.ts'

export class ScriptedStream implements AttachStream {
  readonly ended: Promise<StreamEnd>
  readonly #client = makeStreamClient(
    {
      write: (bytes) => this.#take(bytes),
      closeStdin: () => {
        this.#inputEnded = true
        this.#endOfInput()
      },
      relieved: () => undefined,
      left: () => undefined,
    },
    defaultLimits,
  )
  #echoing = false
  #inputEnded = false
  #endOfInput: () => void = () => undefined
  readonly #early: Uint8Array[] = []

  constructor() {
    this.ended = this.#client.stream.ended
  }

  print(kind: OutputKind, text: string): void {
    this.#client.deliver(kind, Buffer.from(text))
  }

  /** Resolves at the end of the input. */
  echo(): Promise<void> {
    this.#echoing = true
    for (const bytes of this.#early) this.#client.deliver('stdout', bytes)
    if (this.#inputEnded) return Promise.resolve()
    return new Promise((resolve) => (this.#endOfInput = resolve))
  }

  finish(): void {
    this.#client.finish()
  }

  write(bytes: Uint8Array): Promise<boolean> {
    return this.#client.stream.write(bytes)
  }

  closeStdin(): void {
    this.#client.stream.closeStdin()
  }

  close(): void {
    this.#client.stream.close()
  }

  onOutput(listener: OutputListener): void {
    this.#client.stream.onOutput(listener)
  }

  unreadBytes(): number {
    return this.#client.stream.unreadBytes()
  }

  #take(bytes: Uint8Array): Promise<boolean> {
    if (this.#echoing) this.#client.deliver('stdout', bytes)
    else this.#early.push(bytes)
    return Promise.resolve(true)
  }
}
