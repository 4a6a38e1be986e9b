/** Tells when processes end, by pidfd: no polling, and no confusion with a reused pid. */
import { closeSync } from 'node:fs'
import type { ProcessIdentity } from '../../domain/identity.ts'
import { readiness as bits } from './epoll.ts'
import { openPidfd } from './pidfd.ts'
import { isAlive } from './proc.ts'
import { sharedReadiness, type Readiness } from './readiness.ts'

export interface ExitWatcher {
  /**
   * Calls once when that very process has ended (a zombie has ended), also when it ended long ago.
   * Never calls before it returns. Answers the cancel function.
   */
  readonly watch: (identity: ProcessIdentity, onExit: () => void) => () => void
  /** Cancels every watch. */
  readonly close: () => void
}

/** Descriptors ran out, or the like: the process cannot be watched, and that must not be silent. */
const unwatchable = (pid: number, errno: string): Error =>
  new Error(`pidfd_open of process ${pid}: ${errno}`)

export const createExitWatcher = (readiness: Readiness = sharedReadiness()): ExitWatcher => {
  const cancels = new Set<() => void>()

  const later = (onExit: () => void): (() => void) => {
    const immediate = setImmediate(() => {
      cancels.delete(cancel)
      onExit()
    })
    const cancel = (): void => {
      clearImmediate(immediate)
      cancels.delete(cancel)
    }
    cancels.add(cancel)
    return cancel
  }

  const watch = (identity: ProcessIdentity, onExit: () => void): (() => void) => {
    const pidfd = openPidfd(identity.pid)
    if (!pidfd.ok && pidfd.errno === 'ESRCH') return later(onExit)
    if (!pidfd.ok) throw unwatchable(identity.pid, pidfd.errno)
    if (!isAlive(identity)) {
      closeSync(pidfd.value)
      return later(onExit)
    }
    const watched = readiness.watch({
      fd: pidfd.value,
      events: bits.readable,
      onReady: () => {
        cancel()
        onExit()
      },
    })
    const cancel = (): void => {
      if (!cancels.delete(cancel)) return
      watched.cancel()
      closeSync(pidfd.value)
    }
    cancels.add(cancel)
    return cancel
  }

  return {
    watch,
    close: () => {
      for (const cancel of [...cancels]) cancel()
    },
  }
}
