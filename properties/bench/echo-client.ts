/** Calls of the echo server on one connection, timed. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export class EchoClient {
  readonly #socket: Socket
  readonly #bytes: number

  constructor(path: string, bytes: number) {
    this.#socket = connect(path)
    this.#bytes = bytes
  }

  /** Milliseconds from the question to the last byte of the answer. */
  async time(): Promise<number> {
    const begin = performance.now()
    this.#socket.write('?')
    for (let left = this.#bytes; left > 0;) {
      const [chunk] = (await once(this.#socket, 'data')) as [Buffer]
      left -= chunk.length
    }
    return performance.now() - begin
  }

  close(): void {
    this.#socket.destroy()
  }
}
