/** SOCK_SEQPACKET sockets of the unix domain, which Node does not have; no call blocks. */
import { closeSync, constants, openSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { done, failed, native, type Sys } from './libc.ts'

const socketCall = native<[number, number, number]>(
  'int socket(int domain, int type, int protocol)',
)
const connectCall = native<[number, Buffer, number]>(
  'int connect(int fd, void *address, unsigned int size)',
)
const bindCall = native<[number, Buffer, number]>(
  'int bind(int fd, void *address, unsigned int size)',
)
const listenCall = native<[number, number]>('int listen(int fd, int backlog)')
const acceptCall = native<[number, null, null, number]>(
  'int accept4(int fd, void *address, void *size, int flags)',
)
const sendCall = native<[number, Uint8Array, number, number]>(
  'intptr_t send(int fd, void *bytes, size_t size, int flags)',
)
const receiveCall = native<[number, Uint8Array, number, number]>(
  'intptr_t recv(int fd, void *bytes, size_t size, int flags)',
)
const shutdownCall = native<[number, number]>('int shutdown(int fd, int how)')

const [unixDomain, seqpacket] = [1, 5]
const [nonBlocking, closeOnExec] = [0x800, 0x80000]
const [dontWait, noSignal, truncated] = [0x40, 0x4000, 0x20]
/** Room for the path in sockaddr_un, unix(7), with its closing NUL. */
const pathBytes = 108

const encodeAddress = (path: string): Buffer => {
  const address = Buffer.alloc(2 + pathBytes)
  address.writeUInt16LE(unixDomain, 0)
  address.write(path, 2)
  return address
}

/** Runs a call with the socket's address; a path that is too long goes through an open folder. */
const withAddress = (path: string, call: (address: Buffer) => Sys<number>): Sys<number> => {
  if (Buffer.byteLength(path) < pathBytes) return call(encodeAddress(path))
  const folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    const short = `/proc/self/fd/${folder}/${basename(path)}`
    if (Buffer.byteLength(short) >= pathBytes) return failed('ENAMETOOLONG')
    return call(encodeAddress(short))
  } finally {
    closeSync(folder)
  }
}

const opened = (path: string, setUp: (fd: number, address: Buffer) => Sys<number>): Sys<number> =>
  withAddress(path, (address) => {
    const fd = socketCall(unixDomain, seqpacket | nonBlocking | closeOnExec, 0)
    if (!fd.ok) return fd
    const ready = setUp(fd.value, address)
    if (ready.ok) return fd
    closeSync(fd.value)
    return ready
  })

/** A connected descriptor. `EAGAIN`: the queue is full; `ECONNREFUSED`: nobody listens. */
export const connectSeqpacket = (path: string): Sys<number> =>
  opened(path, (fd, address) => connectCall(fd, address, address.length))

/** A listening descriptor. `EADDRINUSE`: the path exists. */
export const listenSeqpacket = (path: string): Sys<number> =>
  opened(path, (fd, address) => {
    const bound = bindCall(fd, address, address.length)
    return bound.ok ? listenCall(fd, 64) : bound
  })

/** `EAGAIN`: nobody is waiting. */
export const acceptSeqpacket = (fd: number): Sys<number> =>
  acceptCall(fd, null, null, nonBlocking | closeOnExec)

/** One whole packet or nothing. `EAGAIN`: the buffer is full; `EPIPE`: the peer has closed. */
export const sendPacket = (fd: number, packet: Uint8Array): Sys<number> =>
  sendCall(fd, packet, packet.length, dontWait | noSignal)

/**
 * One packet into `into`; answers its length, 0 at the end of the stream. `EAGAIN`: none is there.
 * `EMSGSIZE`: the packet was longer than `into`, its rest is lost.
 */
export const receivePacket = (fd: number, into: Uint8Array): Sys<number> => {
  const size = receiveCall(fd, into, into.length, dontWait | truncated)
  return size.ok && size.value > into.length ? failed('EMSGSIZE') : size
}

/** Tells the peer that nothing more will be sent; receiving goes on. */
export const endSending = (fd: number): Sys<number> => {
  const ended = shutdownCall(fd, 1)
  return ended.ok ? done(0) : ended
}
