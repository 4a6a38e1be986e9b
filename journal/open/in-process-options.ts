/** Options that open a journal with this process's own clock, timers and entropy; for tests. */
import { randomBytes } from 'node:crypto'
import { bootId } from '../../domain/identity.ts'
import type { OpenOptions } from './open-journal.ts'
import { inProcessLock } from './ownership.ts'

const boot = bootId('00000000-test-boot')

export interface InProcessOptions extends OpenOptions {
  /** What `onSideError` was called with. */
  readonly sideErrors: ReadonlyArray<unknown>
}

export const inProcessOptions = (root: string, ballastBytes = 0): InProcessOptions => {
  const sideErrors: Array<unknown> = []
  return {
    root,
    identity: { boot, pid: process.pid, startTicks: 1 },
    lock: inProcessLock(),
    clock: { now: () => ({ boot, monoMs: performance.now(), wallMs: Date.now() }) },
    timer: {
      at: (monoMs, call) => {
        const timer = setTimeout(call, Math.max(0, monoMs - performance.now()))
        return () => clearTimeout(timer)
      },
    },
    entropy: { hex: (bytes) => randomBytes(bytes).toString('hex') },
    ballastBytes,
    onSideError: (error) => sideErrors.push(error),
    sideErrors,
  }
}
