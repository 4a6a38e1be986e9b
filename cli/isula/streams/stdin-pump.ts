/** Passes the client's stdin to the container, its end included (CLI-RUN-05). */
import { closeSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { hasReader, openWriteEnd } from './fifo-set.ts'

const probeMs = 3
const retryMs = 5

export interface StdinPump {
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

/**
 * Nothing is written before the daemon has opened its end: the close of the only writer would
 * take unread bytes away.
 */
export const pumpStdin = (path: string, source: NodeJS.ReadStream): StdinPump => {
  const fd = openWriteEnd(path)
  let stopped = false
  let open = true
  const close = (): void => {
    if (open) closeSync(fd)
    open = false
  }
  const run = async (): Promise<void> => {
    while (!stopped && !hasReader(path)) await sleep(probeMs)
    if (stopped) return
    const iterator: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]()
    for (;;) {
      const next = await iterator.next()
      if (next.done === true || stopped) return
      if (!(await writeAll(fd, next.value, () => stopped))) return
    }
  }
  run().then(close, (error: unknown) => {
    close()
    // The terminal of a background job gives EIO (CLI-EXEC-09); the container goes on without.
    if (!stopped) process.stderr.write(`stdin: ${String(error)}\n`)
  })
  return {
    stop: () => {
      stopped = true
      source.pause()
    },
  }
}
