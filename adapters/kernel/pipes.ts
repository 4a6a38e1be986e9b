/** pipe2(2): both ends are close-on-exec. */
import { done, native, type Sys } from './libc.ts'

const pipeCall = native<[Buffer, number]>('int pipe2(void *ends, int flags)')

const closeOnExec = 0x80000

export interface Pipe {
  readonly reading: number
  readonly writing: number
}

/** Both ends block, which a child expects; a socket of Node's sets its own end otherwise. */
export const openPipe = (): Sys<Pipe> => {
  const ends = Buffer.alloc(8)
  const made = pipeCall(ends, closeOnExec)
  return made.ok ? done({ reading: ends.readInt32LE(0), writing: ends.readInt32LE(4) }) : made
}
