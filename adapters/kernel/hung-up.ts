/** poll(2) for one question: is the other end of this connection gone? */
import { done, native, type Sys } from './libc.ts'

const pollCall = native<[Buffer, number, number]>(
  'int poll(void *descriptors, unsigned long count, int timeoutMs)',
)

const hangUp = 0x10

/** True once the peer has closed its end wholly, whatever is still unread. */
export const hasHungUp = (fd: number): Sys<boolean> => {
  const asked = Buffer.alloc(8)
  asked.writeInt32LE(fd, 0)
  const got = pollCall(asked, 1, 0)
  return got.ok ? done((asked.readInt16LE(6) & hangUp) !== 0) : got
}
