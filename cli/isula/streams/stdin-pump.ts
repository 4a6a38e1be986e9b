/** Passes the client's stdin to the container, its end included (CLI-RUN-05). */
import { closeSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { detachFilter } from './detach-keys.ts'
import { hasReader, openWriteEnd } from './fifo-set.ts'
import { mayReadStdin } from './terminal.ts'

const probeMs = 3
const retryMs = 5

export interface StdinPump {
  /** Resolves when the user typed the keys that detach; else never. */
  readonly detached: Promise<void>
  /** Ends the pump; what was not yet passed on is dropped. */
  readonly stop: () => void
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

/** False: nobody reads any more. */
const writeAll = async (
  fd: number,
  chunk: Uint8Array,
  stopped: () => boolean,
): Promise<boolean> => {
  let done = 0
  while (done < chunk.length) {
    if (stopped()) return false
    try {
      done += writeSync(fd, chunk, done)
    } catch (error) {
      if (codeOf(error) === 'EPIPE') return false
      if (codeOf(error) !== 'EAGAIN') throw error
      await sleep(retryMs)
    }
  }
  return true
}

/** Chunks of this process's stdin; none of a terminal that must not be read. */
export const ownInput = (): AsyncIterator<Uint8Array> =>
  mayReadStdin()
    ? process.stdin[Symbol.asyncIterator]()
    : { next: () => new Promise(() => undefined) }

/**
 * Nothing is written before the daemon has opened its end: the close of the only writer would
 * take unread bytes away.
 */
export const pumpStdin = (path: string, keys: ReadonlyArray<number>): StdinPump => {
  const fd = openWriteEnd(path)
  const filter = detachFilter(keys)
  let stopped = false
  let open = true
  let detach: () => void = () => undefined
  const detached = new Promise<void>((resolve) => (detach = resolve))
  const close = (): void => {
    if (open) closeSync(fd)
    open = false
  }
  const run = async (): Promise<void> => {
    while (!stopped && !hasReader(path)) await sleep(probeMs)
    if (stopped) return
    const iterator = ownInput()
    for (;;) {
      const next = await iterator.next()
      if (next.done === true || stopped) return
      const passed = filter(next.value)
      if (!(await writeAll(fd, passed.bytes, () => stopped))) return
      if (passed.detached) return detach()
    }
  }
  run().then(close, (error: unknown) => {
    close()
    // The terminal of a background job gives EIO (CLI-EXEC-09); the container goes on without.
    if (!stopped) process.stderr.write(`stdin: ${String(error)}\n`)
  })
  return {
    detached,
    stop: () => {
      stopped = true
      if (mayReadStdin()) process.stdin.pause()
    },
  }
}
