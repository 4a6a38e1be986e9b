/** SO_PEERCRED: who is at the other end of a unix socket, as the kernel saw it at connect. */
import { done, native, type Sys } from './libc.ts'

const getsockoptCall = native<[number, number, number, Buffer, Buffer]>(
  'int getsockopt(int fd, int level, int option, void *value, void *size)',
)
const [socketLevel, peerCredentialsOption] = [1, 17]

export interface PeerCredentials {
  readonly pid: number
  readonly uid: number
  readonly gid: number
}

/** unix(7), struct ucred. `ENOTSOCK`, `EBADF`: not a socket; other families answer pid 0. */
export const peerCredentials = (fd: number): Sys<PeerCredentials> => {
  const [value, size] = [Buffer.alloc(12), Buffer.alloc(4)]
  size.writeUInt32LE(value.length)
  const got = getsockoptCall(fd, socketLevel, peerCredentialsOption, value, size)
  if (!got.ok) return got
  return done({
    pid: value.readInt32LE(0),
    uid: value.readUInt32LE(4),
    gid: value.readUInt32LE(8),
  })
}
