/**
 * The bytes of the network block device protocol, as far as QEMU speaks it to a plain export
 * (fixed newstyle handshake, simple replies; the NBD project's doc/proto.md).
 */

export const optionMagic = 0x49484156454f5054n // IHAVEOPT
const serverMagic = 0x4e42444d41474943n // NBDMAGIC
const optionReplyMagic = 0x0003e889045565a9n
const requestMagic = 0x25609513
const simpleReplyMagic = 0x67446698

export const option = { exportName: 1, abort: 2, info: 6, go: 7 } as const
export const optionReply = { ack: 1, info: 3, unsupported: 0x8000_0001 } as const
export const command = { read: 0, write: 1, disconnect: 2, flush: 3 } as const
export const invalidArgument = 22

const fixedNewstyle = 1
const noZeroes = 2
/** Has flags, knows flush, knows forced unit access. */
const exportFlags = 1 | 4 | 8
const forcedFlag = 1

export const greetingReplyBytes = 4
export const optionHeaderBytes = 16
export const requestHeaderBytes = 28

export const greeting = (): Buffer => {
  const bytes = Buffer.alloc(18)
  bytes.writeBigUInt64BE(serverMagic, 0)
  bytes.writeBigUInt64BE(optionMagic, 8)
  bytes.writeUInt16BE(fixedNewstyle | noZeroes, 16)
  return bytes
}

export interface OptionHeader {
  readonly option: number
  readonly dataBytes: number
}

export const readOptionHeader = (bytes: Buffer): OptionHeader => {
  if (bytes.readBigUInt64BE(0) !== optionMagic) throw new Error('nbd: not an option')
  return { option: bytes.readUInt32BE(8), dataBytes: bytes.readUInt32BE(12) }
}

export const optionAnswer = (
  given: number,
  type: number,
  data: Buffer = Buffer.alloc(0),
): Buffer => {
  const bytes = Buffer.alloc(20)
  bytes.writeBigUInt64BE(optionReplyMagic, 0)
  bytes.writeUInt32BE(given, 8)
  bytes.writeUInt32BE(type, 12)
  bytes.writeUInt32BE(data.length, 16)
  return Buffer.concat([bytes, data])
}

/** The export's size and abilities, as the answer to `info` and `go` carries them. */
export const exportInfo = (sizeBytes: number): Buffer => {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt16BE(0, 0)
  bytes.writeBigUInt64BE(BigInt(sizeBytes), 2)
  bytes.writeUInt16BE(exportFlags, 10)
  return bytes
}

export interface Request {
  readonly command: number
  readonly forced: boolean
  readonly cookie: bigint
  readonly offset: number
  readonly lengthBytes: number
}

export const readRequest = (bytes: Buffer): Request => {
  if (bytes.readUInt32BE(0) !== requestMagic) throw new Error('nbd: not a request')
  return {
    forced: (bytes.readUInt16BE(4) & forcedFlag) !== 0,
    command: bytes.readUInt16BE(6),
    cookie: bytes.readBigUInt64BE(8),
    offset: Number(bytes.readBigUInt64BE(16)),
    lengthBytes: bytes.readUInt32BE(24),
  }
}

export const reply = (cookie: bigint, errorCode = 0): Buffer => {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32BE(simpleReplyMagic, 0)
  bytes.writeUInt32BE(errorCode, 4)
  bytes.writeBigUInt64BE(cookie, 8)
  return bytes
}
