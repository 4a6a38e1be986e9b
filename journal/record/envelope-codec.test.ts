/** Envelopes and stored values survive their encodings; other bytes are refused with a reason. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { suite } from '../../properties/testing/suite.ts'
import { eventKey, meaningOf, requestKey, snapshotKey, streamKey } from '../store/keys.ts'
import {
  decodeHead,
  decodeMeta,
  decodeNumber,
  decodeSnapshot,
  encodeHead,
  encodeMeta,
  encodeNumber,
  encodeSnapshot,
} from '../store/stored-values.ts'
import { decodeEnvelope, encodeEnvelope } from './envelope-codec.ts'
import { chainHash, decodeRecord, encodeRecord, genesisHash } from './hash-chain.ts'

const test = suite('record encodings')

const seq = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n))

const envelope = fc.record({
  seq,
  at: finite,
  mono: finite,
  boot: fc.string(),
  actor: fc.string(),
  request: fc.string(),
  causation: fc.nat(),
  stream: fc.string(),
  streamSeq: seq,
  kind: fc.string(),
  v: fc.nat(),
  payload: fc.dictionary(fc.string(), fc.oneof(fc.string({ unit: 'binary' }), fc.boolean())),
})

test('J7 an envelope comes back from its bytes, and its bytes from it', () => {
  fc.assert(
    fc.property(envelope, (e) => {
      const bytes = encodeEnvelope(e)
      const decoded = decodeEnvelope(bytes)
      assert.ok(decoded._tag === 'Right')
      assert.equal(JSON.stringify(decoded.right.payload), JSON.stringify(e.payload))
      assert.deepEqual(encodeEnvelope(decoded.right), bytes)
    }),
  )
})

test('bytes that are no envelope are refused with a reason', () => {
  for (const bytes of [Buffer.of(0xff, 0xfe), Buffer.from('{'), Buffer.from('{"seq":1}')])
    assert.equal(decodeEnvelope(bytes)._tag, 'Left')
})

test('J4 the chain depends on every byte and on the nonce', () => {
  const a = chainHash(genesisHash('n'), Buffer.from('a'))
  assert.notDeepEqual(a, chainHash(genesisHash('m'), Buffer.from('a')))
  assert.notDeepEqual(a, chainHash(genesisHash('n'), Buffer.from('b')))
  const stored = decodeRecord(encodeRecord(a, Buffer.from('a')))
  assert.deepEqual(Buffer.from(stored?.hash ?? []), Buffer.from(a))
  assert.equal(decodeRecord(Buffer.alloc(32)), undefined)
})

test('keys keep the order of their numbers and come back from their bytes', () => {
  fc.assert(
    fc.property(seq, seq, (a, b) => {
      assert.equal(Math.sign(Buffer.compare(eventKey(a), eventKey(b))), Math.sign(a - b))
      assert.deepEqual(meaningOf(eventKey(a)), { _tag: 'event', seq: a })
      assert.deepEqual(meaningOf(snapshotKey(a)), { _tag: 'snapshot', seq: a })
    }),
  )
  assert.deepEqual(meaningOf(streamKey('a/b')), { _tag: 'stream', stream: 'a/b' })
  assert.deepEqual(meaningOf(requestKey('r')), { _tag: 'request', requestId: 'r' })
  assert.deepEqual(meaningOf(Buffer.from('zz')), { _tag: 'strange' })
})

test('head, meta, numbers and snapshots survive, and a changed snapshot is refused', () => {
  const hash = genesisHash('n')
  const head = decodeHead(encodeHead({ seq: 7, hash }, 3))
  assert.deepEqual([head?.seq, head?.epoch], [7, 3])
  const meta = { version: 1, nonce: 'n', epoch: 2 }
  assert.deepEqual(decodeMeta(encodeMeta(meta)), meta)
  assert.equal(decodeNumber(encodeNumber(12)), 12)
  assert.equal(decodeNumber(Buffer.from('1x')), undefined)
  const value = Buffer.from(encodeSnapshot({ seq: 7, hash, bytes: Buffer.from('state') }))
  assert.equal(Buffer.from(decodeSnapshot(7, value)?.bytes ?? []).toString(), 'state')
  value[66] = 0
  assert.equal(decodeSnapshot(7, value), undefined)
})

test.run()
