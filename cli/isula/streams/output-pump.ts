/** Passes one output FIFO of a container on to a stream of the client. */
import { closeSync, createReadStream, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { holdBothEnds } from './fifo-set.ts'

export interface OutputPump {
  /** The daemon has opened its end by now: from here on its close is our EOF. */
  readonly release: () => void
  /** Until EOF, or until nothing came for `idleMs` while the target would have taken it. */
  readonly drained: (idleMs: number) => Promise<void>
  readonly stop: () => void
}

/** A FIFO that takes nothing has something to read, which wakes the reader as well. */
const wakeReader = (fd: number): void => {
  try {
    writeSync(fd, '\0')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
  }
}

/**
 * The read stream blocks in the thread pool, so every open and every read must be sure to return:
 * while both ends are held the open does, and a byte of our own ends the last read.
 */
export const pumpOutput = async (
  path: string,
  target: NodeJS.WritableStream,
): Promise<OutputPump> => {
  let held: number | undefined = holdBothEnds(path)
  let lastDataMs = performance.now()
  let ended = false
  let blocked = false
  const source = createReadStream(path)
  const end = new Promise<void>((resolve) => {
    const finish = (): void => {
      ended = true
      resolve()
    }
    source.once('end', finish)
    source.once('close', finish)
    source.once('error', finish)
  })
  source.on('data', (chunk) => {
    lastDataMs = performance.now()
    if (ended || target.write(chunk)) return
    blocked = true
    source.pause()
    target.once('drain', () => {
      blocked = false
      lastDataMs = performance.now()
      source.resume()
    })
  })
  await new Promise<void>((resolve, reject) => {
    source.once('open', () => resolve())
    source.once('error', reject)
  })
  const release = (): void => {
    if (held !== undefined) closeSync(held)
    held = undefined
  }
  const idle = async (idleMs: number): Promise<void> => {
    lastDataMs = performance.now()
    for (;;) {
      const restMs = blocked ? idleMs : lastDataMs + idleMs - performance.now()
      if (restMs <= 0 || ended) return
      await sleep(restMs)
    }
  }
  return {
    release,
    drained: (idleMs) => Promise.race([end, idle(idleMs)]),
    stop: () => {
      release()
      if (ended) return
      ended = true
      const both = holdBothEnds(path)
      wakeReader(both)
      source.destroy()
      closeSync(both)
    },
  }
}
