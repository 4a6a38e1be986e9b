/** One 512-byte header of a tar archive: POSIX ustar, GNU and the old format before both. */
import { malformed } from './archive-error.ts'

export const blockBytes = 512

export interface TarHeader {
  /** Bytes as they are: tar knows no encoding. */
  readonly name: Buffer
  readonly linkName: Buffer
  readonly type: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly sizeBytes: number
  readonly mtimeSeconds: number
  readonly deviceMajor: number
  readonly deviceMinor: number
}

const text = (block: Buffer, start: number, length: number): Buffer => {
  const field = block.subarray(start, start + length)
  const end = field.indexOf(0)
  return Buffer.from(end < 0 ? field : field.subarray(0, end))
}

/** GNU's base-256: the top bit of the first byte says so, the next one is the sign. */
const base256 = (field: Buffer, what: string): number => {
  const negative = ((field[0] ?? 0) & 0x40) !== 0
  let value = negative ? -1n : 0n
  field.forEach((byte, i) => {
    const bits = i === 0 ? (byte & 0x3f) | (negative ? 0xc0 : 0) : byte
    value = (value << 8n) | BigInt(bits)
  })
  const number = Number(negative ? BigInt.asIntN(field.length * 8, value) : value)
  if (!Number.isSafeInteger(number)) throw malformed(`tar header: ${what} is out of range`)
  return number
}

/** An octal field, or base-256 where octal is too short; an empty field is 0. */
export const numericField = (field: Buffer, what: string): number => {
  if (((field[0] ?? 0) & 0x80) !== 0) return base256(field, what)
  const digits = field.toString('latin1').replace(/^[ \0]+|[ \0].*$/gs, '')
  if (digits === '') return 0
  if (!/^[0-7]+$/.test(digits)) throw malformed(`tar header: ${what} is not a number`)
  return Number.parseInt(digits, 8)
}

const nonNegative = (value: number, what: string): number => {
  if (value < 0) throw malformed(`tar header: ${what} is negative`)
  return value
}

/** The sum that the header claims, and ours, over unsigned and over signed bytes (old writers). */
const checkSum = (block: Buffer): boolean => {
  const digits = /^ *([0-7]+)[ \0]/.exec(block.toString('latin1', 148, 156))?.[1]
  const claimed = Number.parseInt(digits ?? '', 8)
  let [unsigned, signed] = [0, 0]
  for (let i = 0; i < blockBytes; i++) {
    const counted = i >= 148 && i < 156 ? 32 : (block[i] ?? 0)
    unsigned += counted
    signed += counted > 127 ? counted - 256 : counted
  }
  return claimed === unsigned || claimed === signed
}

const zeroBlock = Buffer.alloc(blockBytes)

export const isZeroBlock = (block: Buffer): boolean => block.equals(zeroBlock)

const isPosix = (block: Buffer): boolean => block.toString('latin1', 257, 263) === 'ustar\0'

const fullName = (block: Buffer): Buffer => {
  const [name, prefix] = [text(block, 0, 100), isPosix(block) ? text(block, 345, 155) : undefined]
  return prefix === undefined || prefix.length === 0
    ? name
    : Buffer.concat([prefix, Buffer.from('/'), name])
}

/** Throws `EINVAL` for a block that is no header. */
export const parseHeader = (block: Buffer): TarHeader => {
  if (!checkSum(block)) throw malformed('tar header: the checksum does not fit: not a tar archive')
  const number = (start: number, length: number, what: string): number =>
    nonNegative(numericField(block.subarray(start, start + length), what), what)
  return {
    name: fullName(block),
    linkName: text(block, 157, 100),
    type: block.toString('latin1', 156, 157),
    mode: number(100, 8, 'mode'),
    uid: number(108, 8, 'uid'),
    gid: number(116, 8, 'gid'),
    sizeBytes: number(124, 12, 'size'),
    mtimeSeconds: numericField(block.subarray(136, 148), 'mtime'),
    deviceMajor: number(329, 8, 'device major'),
    deviceMinor: number(337, 8, 'device minor'),
  }
}
