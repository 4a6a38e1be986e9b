/** One client's view of a container's stdio: bounded, and cut when it stands still. */

export type OutputKind = 'stdout' | 'stderr'

/** `ended`: the process closed it; `closed`: the client did; `slow`: the client stood still. */
export type StreamEnd = 'ended' | 'closed' | 'slow'

/** A returned promise holds the bytes as unread until it settles. */
export type OutputListener = (kind: OutputKind, bytes: Uint8Array) => void | Promise<void>

export interface AttachStream {
  /** True when the monitor has taken the bytes, false when the stream ended before. */
  readonly write: (bytes: Uint8Array) => Promise<boolean>
  /** End of input, where this launch gives it on (`isula run -i`, exec). */
  readonly closeStdin: () => void
  readonly close: () => void
  /** One listener; output that came before it is handed over first. */
  readonly onOutput: (listener: OutputListener) => void
  /** Output that the listener has not taken yet. */
  readonly unreadBytes: () => number
  readonly ended: Promise<StreamEnd>
}

export interface StreamLimits {
  /** Unread bytes of one client above which reading stops. */
  readonly highWaterBytes: number
  /** How long a client above it may stand still before it is cut. */
  readonly stallMs: number
}

export const defaultLimits: StreamLimits = { highWaterBytes: 1024 * 1024, stallMs: 5_000 }

/** Others are read on for: a client that is so many times above the mark is cut at once. */
const mostFilled = 8

export interface StreamInput {
  readonly write: (bytes: Uint8Array) => Promise<boolean>
  readonly closeStdin: () => void
  /** The client no longer holds reading up. */
  readonly relieved: () => void
  readonly left: (end: StreamEnd) => void
}

/** The producer's side of a client. */
export interface StreamClient {
  readonly stream: AttachStream
  readonly deliver: (kind: OutputKind, bytes: Uint8Array) => void
  readonly isFull: () => boolean
  /** After the last delivered byte was read, `ended` resolves. */
  readonly finish: () => void
}

interface Chunk {
  readonly kind: OutputKind
  readonly bytes: Uint8Array
}

class Backlog {
  readonly waiting: Array<Chunk> = []
  listener: OutputListener | undefined
  unreadBytes = 0
  private busy = false
  private readonly taken: () => void
  private readonly failed: () => void

  constructor(taken: () => void, failed: () => void) {
    this.taken = taken
    this.failed = failed
  }

  push(chunk: Chunk): void {
    this.waiting.push(chunk)
    this.unreadBytes += chunk.bytes.length
    this.drain()
  }

  isEmpty(): boolean {
    return this.waiting.length === 0 && !this.busy
  }

  drain(): void {
    while (this.listener !== undefined && !this.busy) {
      const chunk = this.waiting.shift()
      if (chunk === undefined) return
      const reading = this.listener(chunk.kind, chunk.bytes)
      if (reading === undefined) this.read(chunk)
      else this.hold(chunk, reading)
    }
  }

  private hold(chunk: Chunk, reading: Promise<void>): void {
    this.busy = true
    const settled = (): void => {
      this.busy = false
      this.read(chunk)
      this.drain()
    }
    // A listener that fails is a client that has gone.
    reading.then(settled, () => this.failed())
  }

  private read(chunk: Chunk): void {
    this.unreadBytes -= chunk.bytes.length
    this.taken()
  }
}

export const makeStreamClient = (input: StreamInput, limits: StreamLimits): StreamClient => {
  let stalled: NodeJS.Timeout | undefined
  let finishing = false
  let over = false
  let resolveEnded: (end: StreamEnd) => void = () => undefined
  const ended = new Promise<StreamEnd>((resolve) => (resolveEnded = resolve))
  const leave = (end: StreamEnd): void => {
    if (over) return
    over = true
    clearTimeout(stalled)
    backlog.waiting.length = 0
    resolveEnded(end)
    input.left(end)
  }
  const isFull = (): boolean => !over && backlog.unreadBytes > limits.highWaterBytes
  const progress = (): void => {
    clearTimeout(stalled)
    if (!finishing && isFull()) stalled = setTimeout(() => leave('slow'), limits.stallMs)
    else input.relieved()
    if (finishing && backlog.isEmpty()) leave('ended')
  }
  const backlog = new Backlog(progress, () => leave('closed'))
  // Nobody is held up any more: what is left waits for the client for as long as it is there.
  const finish = (): void => {
    finishing = true
    clearTimeout(stalled)
    if (backlog.isEmpty()) leave('ended')
  }
  return {
    stream: {
      write: (bytes) => (over ? Promise.resolve(false) : input.write(bytes)),
      closeStdin: () => void (over || input.closeStdin()),
      close: () => leave('closed'),
      onOutput: (listener) => {
        backlog.listener = listener
        backlog.drain()
      },
      unreadBytes: () => (over ? 0 : backlog.unreadBytes),
      ended,
    },
    deliver: (kind, bytes) => {
      if (over) return
      const before = isFull()
      backlog.push({ kind, bytes })
      if (backlog.unreadBytes > limits.highWaterBytes * mostFilled) return leave('slow')
      if (!before && isFull()) stalled = setTimeout(() => leave('slow'), limits.stallMs)
    },
    isFull,
    finish,
  }
}
