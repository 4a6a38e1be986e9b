/** Signals by pidfd, after the process has been proved to be the one that was meant (I5). */
import { closeSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { notApplied, indeterminate, type EffectError } from '../../domain/ports/answer.ts'
import type { ProcessPort } from '../../domain/ports/process-ports.ts'
import type { ProcessIdentity } from '../../domain/identity.ts'
import { openPidfd, signalPidfd } from './pidfd.ts'
import { isAlive } from './proc.ts'

/** Errnos of pidfd_open(2) and pidfd_send_signal(2) after which nothing was sent. */
const nothingSent = new Set(['ESRCH', 'EPERM', 'EINVAL', 'EMFILE', 'ENFILE', 'ENOMEM', 'EBADF'])

const classify = (errno: string, what: string): EffectError =>
  nothingSent.has(errno) ? notApplied(errno, what) : indeterminate(`${what}: ${errno}`)

const describe = ({ pid, startTicks }: ProcessIdentity): string =>
  `process ${pid} started at tick ${startTicks}`

/**
 * The order matters: the descriptor is opened first, then the identity is checked; what the check
 * saw is then what the descriptor means, however soon the pid is reused.
 */
const send = (process: ProcessIdentity, signal: number): E.Either<EffectError, void> => {
  const what = describe(process)
  const pidfd = openPidfd(process.pid)
  if (!pidfd.ok) return E.left(classify(pidfd.errno, what))
  try {
    if (!isAlive(process)) return E.left(notApplied('ESRCH', `${what} is gone`))
    const sent = signalPidfd(pidfd.value, signal)
    return sent.ok ? E.right(undefined) : E.left(classify(sent.errno, what))
  } finally {
    closeSync(pidfd.value)
  }
}

/** Node's errors on /proc (EMFILE, EIO, …): nothing was sent, but nothing was learnt either. */
const reading = <A>(run: () => E.Either<EffectError, A>): E.Either<EffectError, A> => {
  try {
    return run()
  } catch (error) {
    return E.left(indeterminate(error instanceof Error ? error.message : String(error)))
  }
}

export const processPort: ProcessPort = {
  signal: (process, signal) => () =>
    Promise.resolve(
      Number.isInteger(signal) && signal >= 1 && signal <= 64
        ? reading(() => send(process, signal))
        : E.left(notApplied('EINVAL', `${signal} is no signal number`)),
    ),
  isAlive: (process) => () => Promise.resolve(reading(() => E.right(isAlive(process)))),
}
