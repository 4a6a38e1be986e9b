/** The log format by itself: checksums, fragments over blocks, padding, and what follows damage. */
import assert from 'node:assert/strict'
import { suite } from '../../properties/testing/suite.ts'
import { crc32c, unmaskedCrc } from './crc32c.ts'
import { readLog } from './log-reader.ts'

const test = suite('log reader')

const maskedCrc = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0

const fragment = (type: number, bytes: Buffer): Buffer => {
  const head = Buffer.alloc(7)
  head.writeUInt16LE(bytes.length, 4)
  head[6] = type
  const typed = Buffer.concat([head.subarray(6), bytes])
  head.writeUInt32LE(maskedCrc(crc32c(typed, 0, typed.length)), 0)
  return Buffer.concat([head, bytes])
}

test('the checksum is CRC-32C as RFC 3720 gives it', () => {
  assert.equal(crc32c(Buffer.alloc(32), 0, 32), 0x8a9136aa)
  assert.equal(crc32c(Buffer.alloc(32, 0xff), 0, 32), 0x62a8ab43)
  assert.equal(crc32c(Buffer.from('..123456789'), 2, 11), 0xe3069283)
  assert.equal(unmaskedCrc(maskedCrc(0xdeadbeef)), 0xdeadbeef)
})

test('a record over two blocks is one record, and padding is skipped', () => {
  const first = fragment(2, Buffer.alloc(32_768 - 7, 1))
  const last = fragment(4, Buffer.alloc(32_768 - 7 - 5, 2))
  const next = fragment(1, Buffer.from('next'))
  const { records, anomaly } = readLog(Buffer.concat([first, last, Buffer.alloc(5), next]))
  assert.equal(anomaly, undefined)
  assert.deepEqual(
    records.map((r) => [r.offset, r.bytes.length]),
    [
      [0, 32_761 + 32_756],
      [65_536, 4],
    ],
  )
})

test('J8 padding that is not zero is reported', () => {
  const first = fragment(1, Buffer.alloc(32_768 - 7 - 3))
  const { anomaly } = readLog(Buffer.concat([first, Buffer.of(0, 9, 0), fragment(1, Buffer.of(1))]))
  assert.deepEqual([anomaly?.offset, anomaly?.validAfter], [32_765, 32_768])
})

test('a torn batch whose last fragment reached the disk alone is still a torn tail', () => {
  const whole = fragment(1, Buffer.from('whole'))
  const first = fragment(2, Buffer.alloc(32_768 - 7 - whole.length, 1))
  const last = fragment(4, Buffer.alloc(100, 2))
  const { records, anomaly } = readLog(Buffer.concat([whole, first.fill(0, 500, 900), last]))
  assert.equal(records.length, 1)
  assert.deepEqual([anomaly?.offset, anomaly?.validAfter], [whole.length, undefined])
})

test('J8 a whole record behind damage makes it damage, wherever it begins', () => {
  const [a, b, c] = ['one', 'two', 'three'].map((text) => fragment(1, Buffer.from(text)))
  if (a === undefined || b === undefined || c === undefined) return assert.fail()
  for (let at = 0; at < b.length; at += 1) {
    const bad = Buffer.from(b)
    bad[at] = (bad[at] ?? 0) ^ 0xff
    const { anomaly } = readLog(Buffer.concat([a, bad, c]))
    assert.deepEqual([anomaly?.offset, anomaly?.validAfter], [a.length, a.length + b.length])
  }
})

test.run()
