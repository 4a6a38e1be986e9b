/** CRC-32C (Castagnoli, RFC 3720 B.4) with LevelDB's masking. */

const polynomial = 0x82f63b78
const lanes = 8

/** Slicing-by-8: table k advances a byte that lies k places before the end of its group. */
const tables: Uint32Array = (() => {
  const table = new Uint32Array(lanes * 256)
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    table[byte] = crc >>> 0
  }
  for (let i = 256; i < lanes * 256; i += 1) {
    const before = table[i - 256] ?? 0
    table[i] = ((before >>> 8) ^ (table[before & 255] ?? 0)) >>> 0
  }
  return table
})()

const [t0, t1, t2, t3, t4, t5, t6, t7] = Array.from({ length: lanes }, (_, lane) =>
  tables.slice(lane * 256, (lane + 1) * 256),
) as [Lane, Lane, Lane, Lane, Lane, Lane, Lane, Lane]

type Lane = Uint32Array

/** CRC of `bytes[from, to)`. Indices are in range by construction: tables hold 256 entries each. */
export const crc32c = (bytes: Buffer, from: number, to: number): number => {
  let crc = -1
  let i = from
  for (; i + lanes <= to; i += lanes) {
    const low = crc ^ bytes.readInt32LE(i)
    const high = bytes.readInt32LE(i + 4)
    crc =
      t7[low & 255]! ^
      t6[(low >>> 8) & 255]! ^
      t5[(low >>> 16) & 255]! ^
      t4[low >>> 24]! ^
      t3[high & 255]! ^
      t2[(high >>> 8) & 255]! ^
      t1[(high >>> 16) & 255]! ^
      t0[high >>> 24]!
  }
  for (; i < to; i += 1) crc = (crc >>> 8) ^ t0[(crc ^ bytes[i]!) & 255]!
  return ~crc >>> 0
}

/** A stored CRC is rotated and shifted, so that a CRC over bytes that hold CRCs stays sound. */
export const unmaskedCrc = (stored: number): number => {
  const rotated = (stored - 0xa282ead8) >>> 0
  return ((rotated >>> 17) | (rotated << 15)) >>> 0
}
