/** gRPC's message frames: one flag byte, four length bytes, the message. */

const headerBytes = 5

/** What a daemon may send in one message; a longer length is a broken stream. */
const maxMessageBytes = 64 * 1024 * 1024

export const frame = (message: Uint8Array): Buffer => {
  const out = Buffer.allocUnsafe(headerBytes + message.length)
  out.writeUInt8(0, 0)
  out.writeUInt32BE(message.length, 1)
  out.set(message, headerBytes)
  return out
}

export interface Unframer {
  /** The messages that this chunk completes, in order. Undefined: not a gRPC stream. */
  readonly push: (chunk: Buffer) => ReadonlyArray<Buffer> | undefined
}

export const unframer = (): Unframer => {
  let parts: Array<Buffer> = []
  let heldBytes = 0
  let neededBytes = headerBytes
  const take = (): ReadonlyArray<Buffer> | undefined => {
    const messages: Array<Buffer> = []
    let rest = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
    neededBytes = headerBytes
    while (rest.length >= headerBytes) {
      const lengthBytes = rest.readUInt32BE(1)
      // Compression was not offered, so a set flag cannot be read.
      if (rest[0] !== 0 || lengthBytes > maxMessageBytes) return undefined
      if (rest.length < headerBytes + lengthBytes) {
        neededBytes = headerBytes + lengthBytes
        break
      }
      messages.push(rest.subarray(headerBytes, headerBytes + lengthBytes))
      rest = rest.subarray(headerBytes + lengthBytes)
    }
    parts = [rest]
    heldBytes = rest.length
    return messages
  }
  return {
    push: (chunk) => {
      parts.push(chunk)
      heldBytes += chunk.length
      return heldBytes < neededBytes ? [] : take()
    },
  }
}
