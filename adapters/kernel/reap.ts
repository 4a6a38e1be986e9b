/** waitid(2): takes the status of an ended child of ours, after which its pid may be reused. */
import { constants } from 'node:os'
import { done, native, type Sys } from './libc.ts'

const waitCall = native<[number, number, Buffer, number]>(
  'int waitid(int kind, int id, void *info, int options)',
)

const byPid = 1
/** WNOHANG | WEXITED */
const endedOnly = 1 | 4
/** CLD_EXITED; the other endings are CLD_KILLED and CLD_DUMPED. */
const exited = 1
/** siginfo_t on 64-bit machines: signo 0, code 8, pid 16, status 24. */
const [infoBytes, codeAt, pidAt, statusAt] = [128, 8, 16, 24]

export type ChildExit =
  | { readonly _tag: 'Exited'; readonly code: number }
  | { readonly _tag: 'Signalled'; readonly signal: string }

const signalName = (signal: number): string =>
  Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? `SIG${signal}`

/** Undefined while the child runs; never blocks. `ECHILD`: no unreaped child of ours. */
export const reap = (pid: number): Sys<ChildExit | undefined> => {
  const info = Buffer.alloc(infoBytes)
  const waited = waitCall(byPid, pid, info, endedOnly)
  if (!waited.ok) return waited
  if (info.readInt32LE(pidAt) === 0) return done(undefined)
  const status = info.readInt32LE(statusAt)
  return done(
    info.readInt32LE(codeAt) === exited
      ? { _tag: 'Exited', code: status }
      : { _tag: 'Signalled', signal: signalName(status) },
  )
}
