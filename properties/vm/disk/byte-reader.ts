/** Takes exact numbers of bytes from a socket. */
import type { Socket } from 'node:net'

export class ByteReader {
  #chunks: Buffer[] = []
  #held = 0
  #wanted: { readonly bytes: number; readonly give: (data: Buffer | undefined) => void } | undefined
  #ended = false

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      this.#held += chunk.length
      this.#serve()
    })
    const end = (): void => {
      this.#ended = true
      this.#serve()
    }
    socket.on('close', end)
    // The other side was killed: `close` follows.
    socket.on('error', () => socket.destroy())
  }

  /** Undefined: the connection ended before. One call at a time. */
  take(bytes: number): Promise<Buffer | undefined> {
    return new Promise((give) => {
      this.#wanted = { bytes, give }
      this.#serve()
    })
  }

  #serve(): void {
    const wanted = this.#wanted
    if (wanted === undefined) return
    if (this.#held < wanted.bytes) {
      if (!this.#ended) return
      this.#wanted = undefined
      wanted.give(undefined)
      return
    }
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks)
    const data = all ?? Buffer.alloc(0)
    this.#chunks = data.length === wanted.bytes ? [] : [data.subarray(wanted.bytes)]
    this.#held -= wanted.bytes
    this.#wanted = undefined
    wanted.give(data.subarray(0, wanted.bytes))
  }
}
