/** pidfd_open(2), pidfd_send_signal(2): a descriptor that means one process and no later one. */
import { syscall, type Sys } from './libc.ts'

const [openNumber, signalNumber] = [434, 424]

/** A close-on-exec descriptor. `ESRCH`: no such process. A zombie can still be opened. */
export const openPidfd = (pid: number): Sys<number> => syscall(openNumber, pid, 0, null, 0)

/** `ESRCH`: it has been reaped. A zombie takes signals without effect. */
export const signalPidfd = (pidfd: number, signal: number): Sys<number> =>
  syscall(signalNumber, pidfd, signal, null, 0)
