/** A bounds-checked reader of LevelDB's integers and slices. */

/** The bytes end, or an integer is too long, where a format says otherwise. */
export class FormatBroken extends Error {
  override readonly name = 'FormatBroken'
}

export class ByteCursor {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  get at(): number {
    return this.#at
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  byte(): number {
    const value = this.#bytes[this.#at]
    if (value === undefined) throw new FormatBroken('it ends too early')
    this.#at += 1
    return value
  }

  slice(length: number): Buffer {
    if (length > this.left) throw new FormatBroken('a length points past the end')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  /** Little-endian base 128; numbers beyond 2^53 are as broken as missing bytes. */
  varint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.byte()
      value += (byte & 127) * scale
      if (value > Number.MAX_SAFE_INTEGER) throw new FormatBroken('a number is too large')
      if (byte < 128) return value
      scale *= 128
    }
  }

  prefixed(): Buffer {
    return this.slice(this.varint())
  }

  uint32(): number {
    return this.slice(4).readUInt32LE(0)
  }

  uint64(): number {
    const value = this.slice(8).readBigUInt64LE(0)
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new FormatBroken('a number is too large')
    return Number(value)
  }
}

/** Runs a decoder: its value, or why the bytes cannot be decoded. Other errors are bugs. */
export const decoding = <A>(
  decode: () => A,
): { readonly value: A } | { readonly broken: string } => {
  try {
    return { value: decode() }
  } catch (error) {
    if (error instanceof FormatBroken) return { broken: error.message }
    throw error
  }
}
