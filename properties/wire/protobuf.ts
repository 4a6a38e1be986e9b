/** Protobuf written and read by hand, independent of the generated codecs under test. */

/** A field as it stood on the wire: a number or a run of bytes. */
export type Field = readonly [number: number, value: bigint | Buffer]

export const varint = (value: bigint): Buffer => {
  const bytes: Array<number> = []
  let rest = BigInt.asUintN(64, value)
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  return Buffer.from([...bytes, Number(rest)])
}

const tag = (field: number, wireType: number): Buffer => varint(BigInt(field * 8 + wireType))

export const bytes = (field: number, value: Uint8Array): Buffer =>
  Buffer.concat([tag(field, 2), varint(BigInt(value.length)), value])

export const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value))

export const number = (field: number, value: number | bigint): Buffer =>
  Buffer.concat([tag(field, 0), varint(BigInt(value))])

export const flag = (field: number): Buffer => number(field, 1)

/** One entry of `map<string, string>`. */
export const entry = (field: number, key: string, value: string): Buffer =>
  bytes(field, Buffer.concat([text(1, key), text(2, value)]))

interface Cursor {
  readonly from: Buffer
  at: number
}

const readVarint = (cursor: Cursor): bigint => {
  let value = 0n
  for (let shift = 0n; ; shift += 7n) {
    const byte = cursor.from[cursor.at++]
    if (byte === undefined) throw new Error('a number ends too early')
    value |= BigInt(byte & 127) << shift
    if (byte < 128) return value
  }
}

const readValue = (cursor: Cursor, wireType: number): bigint | Buffer => {
  if (wireType === 0) return readVarint(cursor)
  const length = wireType === 1 ? 8 : wireType === 5 ? 4 : Number(readVarint(cursor))
  const value = cursor.from.subarray(cursor.at, cursor.at + length)
  if (value.length < length) throw new Error('a field ends too early')
  cursor.at += length
  return value
}

/** All fields of a message, in the order of the wire. */
export const fieldsOf = (message: Buffer): ReadonlyArray<Field> => {
  const cursor: Cursor = { from: message, at: 0 }
  const fields: Array<Field> = []
  while (cursor.at < message.length) {
    const head = Number(readVarint(cursor))
    fields.push([head >> 3, readValue(cursor, head & 7)])
  }
  return fields
}

/** `1:"web" 3:10`: a message as one readable line. */
export const shown = (message: Buffer): string =>
  fieldsOf(message)
    .map(([field, value]) =>
      Buffer.isBuffer(value)
        ? `${field}:${JSON.stringify(value.toString('utf8'))}`
        : `${field}:${BigInt.asIntN(64, value)}`,
    )
    .join(' ')

const last = (message: Buffer, field: number): bigint | Buffer | undefined =>
  fieldsOf(message).findLast(([number]) => number === field)?.[1]

/** Absent is the empty text, as proto3 has it. */
export const textOf = (message: Buffer, field: number): string => {
  const value = last(message, field)
  return Buffer.isBuffer(value) ? value.toString('utf8') : ''
}

/** Absent is 0. */
export const numberOf = (message: Buffer, field: number): number => {
  const value = last(message, field)
  return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0
}

export const messagesOf = (message: Buffer, field: number): ReadonlyArray<Buffer> =>
  fieldsOf(message).flatMap(([at, value]) =>
    at === field && Buffer.isBuffer(value) ? [value] : [],
  )
