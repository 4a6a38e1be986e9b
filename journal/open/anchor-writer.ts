/** Keeps the anchor at most one second behind the newest durable record. */
import type { ClockPort, TimerPort } from '../../domain/ports/ambient-ports.ts'
import { anchorPath, anchorText } from '../forensic/anchor-file.ts'
import { replaceFile } from '../store/durable-files.ts'
import type { Head } from '../store/journal-store.ts'

const delayMs = 1_000

export interface AnchorWriter {
  /** Called after each commit; the anchor follows within a second. */
  readonly committed: () => void
  /** Writes it now; rejects with the kernel's error. */
  readonly write: () => Promise<void>
  /** No write begins after this; waits for one in progress. */
  readonly stop: () => Promise<void>
}

export interface AnchorWriterOptions {
  readonly root: string
  readonly nonce: string
  /** The newest durable record: the anchor never runs ahead of it. */
  readonly head: () => Head
  readonly clock: ClockPort
  readonly timer: TimerPort
  /** A late write that failed. It costs proof, not data; the next commit tries again. */
  readonly onError: (error: unknown) => void
}

export const anchorWriter = (options: AnchorWriterOptions): AnchorWriter => {
  let writing: Promise<void> = Promise.resolve()
  let cancel: (() => void) | undefined
  let stopped = false

  const writeHead = (): Promise<void> =>
    replaceFile(
      anchorPath(options.root),
      anchorText({ ...options.head(), nonce: options.nonce, boot: options.clock.now().boot }),
    )

  const write = (): Promise<void> => {
    const result = writing.then(() => (stopped ? undefined : writeHead()))
    // The caller has the rejection; the queue only waits for its end.
    writing = result.catch((error: unknown) => void error)
    return result
  }

  return {
    committed: () => {
      if (stopped) return
      cancel ??= options.timer.at(options.clock.now().monoMs + delayMs, () => {
        cancel = undefined
        write().catch(options.onError)
      })
    },
    write,
    stop: async () => {
      cancel?.()
      cancel = undefined
      stopped = true
      await writing
    },
  }
}
