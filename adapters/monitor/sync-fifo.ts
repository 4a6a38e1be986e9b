/** The FIFO on which conmon answers: unlike a pipe it does not break when we are killed. */
import { closeSync, constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { notApplied } from '../../domain/ports/answer.ts'
import { makeFifo } from '../kernel/nodes.ts'
import { EffectFailure } from '../errors/effect-failure.ts'

export interface SyncFifo {
  /** For conmon: it is its own reader, so its answer never fails for want of one. */
  readonly passedFd: number
  /** Ends when conmon has closed its side. */
  readonly answers: Readable
  /** Our copy of what conmon got; to be closed once conmon runs. */
  readonly closePassed: () => void
}

/** With a plain pipe conmon dies of its answer, and the container is left without a monitor. */
export const openSyncFifo = (path: string): SyncFifo => {
  const made = makeFifo(path, 0o600)
  if (!made.ok) throw new EffectFailure(notApplied(made.errno, `making ${path}`))
  const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const passedFd = openSync(path, constants.O_RDWR)
  const answers = new Socket({ fd: reading, readable: true, writable: false })
  return { passedFd, answers, closePassed: () => closeSync(passedFd) }
}
