/** The hash chain over record bytes, and the stored form of one record. */
import * as crypto from 'node:crypto'

/** Length of every hash of the chain, bytes. */
export const hashBytes = 32

/** Hash of the empty journal. The nonce tells two journals apart that hold the same events. */
export const genesisHash = (nonce: string): Uint8Array =>
  crypto.createHash('sha256').update('isulad journal genesis\0').update(nonce).digest()

/** Both parts side by side, for the one-shot hash: it costs half of what a hash object does. */
let scratch = Buffer.alloc(4096)

const sideBySide = (previous: Uint8Array, bytes: Uint8Array): Buffer => {
  const length = previous.length + bytes.length
  if (length > scratch.length) scratch = Buffer.alloc(2 * length)
  scratch.set(previous, 0)
  scratch.set(bytes, previous.length)
  return scratch.subarray(0, length)
}

/** `crypto.hash` is there from Node 20.12 on. */
const oneShot: typeof crypto.hash | undefined = crypto.hash

/** SHA-256(previous hash ‖ record bytes), J4. Over bytes, never over re-encoded JSON. */
export const chainHash = (previous: Uint8Array, bytes: Uint8Array): Uint8Array =>
  oneShot === undefined
    ? crypto.createHash('sha256').update(previous).update(bytes).digest()
    : oneShot('sha256', sideBySide(previous, bytes), 'buffer')

export const sameHash = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && Buffer.compare(a, b) === 0

export const hexOfHash = (hash: Uint8Array): string => Buffer.from(hash).toString('hex')

/** Undefined where the text is not 64 lower-case hex digits. */
export const hashOfHex = (hex: string): Uint8Array | undefined =>
  /^[0-9a-f]{64}$/.test(hex) ? Buffer.from(hex, 'hex') : undefined

/** The value under the record's key: 32 bytes of hash, then the bytes that were hashed. */
export const encodeRecord = (hash: Uint8Array, bytes: Uint8Array): Uint8Array => {
  const value = new Uint8Array(hashBytes + bytes.length)
  value.set(hash, 0)
  value.set(bytes, hashBytes)
  return value
}

/** Undefined where the value is too short; whether the hash is right is the reader's question. */
export const decodeRecord = (
  value: Uint8Array,
): { readonly hash: Uint8Array; readonly bytes: Uint8Array } | undefined =>
  value.length <= hashBytes
    ? undefined
    : { hash: value.subarray(0, hashBytes), bytes: value.subarray(hashBytes) }
