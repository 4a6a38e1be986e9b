/** The client's side of one started or exec'd process: its FIFOs and what passes through them. */
import { makeFifoSet, type FifoRequest } from './fifo-set.ts'
import { pumpOutput } from './output-pump.ts'
import { pumpStdin } from './stdin-pump.ts'

/** How long output may be silent after the process has ended, when its end is not closed. */
const drainIdleMs = 2000

export interface Session {
  /** As StartRequest and ExecRequest carry them. */
  readonly fields: {
    readonly stdin: string
    readonly stdout: string
    readonly stderr: string
    readonly attach_stdin: boolean
    readonly attach_stdout: boolean
    readonly attach_stderr: boolean
  }
  /** The daemon answered: it holds its ends, or never will. */
  readonly answered: () => void
  readonly drained: () => Promise<void>
  /** Resolves when the user typed the keys that detach; else never. */
  readonly detached: Promise<void>
  readonly close: () => void
}

export interface SessionRequest extends FifoRequest {
  /** The keys that detach; none without a terminal. */
  readonly keys: ReadonlyArray<number>
}

export const openSession = async (request: SessionRequest): Promise<Session> => {
  const fifos = await makeFifoSet(request)
  const out = await pumpOutput(fifos.stdout, process.stdout)
  const err = await pumpOutput(fifos.stderr, process.stderr)
  const stdin = fifos.stdin === '' ? undefined : pumpStdin(fifos.stdin, request.keys)
  let open = true
  const close = (): void => {
    if (!open) return
    open = false
    process.off('exit', close)
    stdin?.stop()
    out.stop()
    err.stop()
    fifos.remove()
  }
  // However this process ends by itself, its FIFOs go with it.
  process.on('exit', close)
  return {
    fields: {
      stdin: fifos.stdin,
      stdout: fifos.stdout,
      stderr: fifos.stderr,
      attach_stdin: request.stdin,
      attach_stdout: true,
      attach_stderr: true,
    },
    answered: () => {
      out.release()
      err.release()
    },
    drained: async () => {
      await Promise.all([out.drained(drainIdleMs), err.drained(drainIdleMs)])
    },
    detached: stdin?.detached ?? new Promise(() => undefined),
    close,
  }
}
