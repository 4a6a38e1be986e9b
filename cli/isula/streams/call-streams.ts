/** The client's stdin, stdout and stderr on a streaming call, instead of FIFOs. */
import { detachFilter } from './detach-keys.ts'
import { ownInput } from './stdin-pump.ts'
import { mayReadStdin } from './terminal.ts'

/** Resolves when a stream takes more, so that a slow reader holds the daemon's messages up. */
const put = (target: NodeJS.WritableStream, bytes: Uint8Array): Promise<void> | undefined =>
  bytes.length === 0 || target.write(bytes)
    ? undefined
    : new Promise((resolve) => void target.once('drain', () => resolve()))

interface Output {
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
}

export const showOutput = async ({ stdout, stderr }: Output): Promise<void> => {
  await put(process.stdout, stdout)
  await put(process.stderr, stderr)
}

export interface InputTarget {
  /** False: the call has ended. */
  readonly send: (bytes: Uint8Array) => Promise<boolean>
  /** The end of the input. */
  readonly end: () => Promise<boolean>
  readonly detach: () => void
}

export interface InputPump {
  readonly stop: () => void
}

/** Reads this process's stdin; the keys that detach are not passed on. */
export const pumpInput = (target: InputTarget, keys: ReadonlyArray<number>): InputPump => {
  const filter = detachFilter(keys)
  let stopped = false
  const run = async (): Promise<void> => {
    const iterator = ownInput()
    for (;;) {
      const next = await iterator.next()
      if (stopped) return
      if (next.done === true) return void (await target.end())
      const { bytes, detached } = filter(next.value)
      if (bytes.length > 0 && !(await target.send(bytes))) return
      if (detached) return target.detach()
    }
  }
  run().catch((error: unknown) => {
    // The terminal of a background job gives EIO; the output goes on without it.
    if (!stopped) process.stderr.write(`stdin: ${String(error)}\n`)
  })
  return {
    stop: () => {
      stopped = true
      if (mayReadStdin()) process.stdin.pause()
    },
  }
}
