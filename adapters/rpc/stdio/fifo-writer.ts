/** The write end of a client's FIFO. */
import { Socket } from 'node:net'

export interface FifoWriter {
  /** Settles when the kernel has taken the bytes; rejects when the client has gone. */
  readonly write: (bytes: Uint8Array) => Promise<void>
  /** Closes after everything that was written; the client then reads the end. */
  readonly end: () => void
  /** Closes at once. */
  readonly destroy: () => void
}

export const makeFifoWriter = (fd: number): FifoWriter => {
  const socket = new Socket({ fd, readable: false, writable: true })
  // A client that has gone rejects the write in hand; there is nothing more to tell.
  socket.on('error', () => socket.destroy())
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(error) : resolve()))
      }),
    end: () => void socket.end(() => socket.destroy()),
    destroy: () => void socket.destroy(),
  }
}
