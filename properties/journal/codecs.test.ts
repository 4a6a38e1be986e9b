/** Everything that can be written can be read, to the same value and back to the same bytes. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { domainEvents } from '../../domain/event.ts'
import { decodeEnvelope, encodeEnvelope } from '../../journal/record/envelope-codec.ts'
import { decodeEvent } from '../../journal/record/event-codec.ts'
import { currentVersion, upcasters } from '../../journal/record/upcasters.ts'
import { suite } from '../testing/suite.ts'
import { anyEvent, envelopesOf, eventsOf } from './event-arbitraries.ts'
import { checked } from './runs.ts'

const test = suite('journal codecs')

const payload = fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue(), {
  maxKeys: 6,
  noNullPrototype: true,
})

test('J7 any event comes back from its bytes, and its bytes from what came back', () =>
  checked(
    fc.property(anyEvent, (event) => {
      const [envelope] = envelopesOf([event])
      if (envelope === undefined) return assert.fail()
      const bytes = encodeEnvelope(envelope)
      const read = decodeEnvelope(bytes)
      if (E.isLeft(read)) return assert.fail(read.left)
      assert.deepEqual(
        decodeEvent(read.right.kind, read.right.v, read.right.payload),
        E.right(event),
      )
      assert.deepEqual(encodeEnvelope(read.right), bytes)
    }),
  ))

test('J7 there are values for each kind of event', () => {
  for (const codec of domainEvents) {
    const [event] = fc.sample(eventsOf(codec), 1)
    assert.equal(event?._tag, codec.name)
  }
})

const kind = fc.constantFrom(...domainEvents.map((codec) => codec.name))

test('J7 reading is total: any payload of any version is an event or a named error', () =>
  checked(
    fc.property(kind, fc.integer({ min: -1, max: 4 }), payload, (name, v, p) => {
      const read = decodeEvent(name, v, p)
      if (E.isRight(read)) assert.equal(read.right._tag, name)
      else assert.deepEqual([read.left.kind, read.left.v], [name, v])
    }),
  ))

test('J7 reading an envelope is total: any bytes are an envelope or a reason', () =>
  checked(
    fc.property(fc.uint8Array({ maxLength: 200 }), payload, (bytes, p) => {
      assert.ok(['Left', 'Right'].includes(decodeEnvelope(bytes)._tag))
      assert.ok(['Left', 'Right'].includes(decodeEnvelope(Buffer.from(JSON.stringify(p)))._tag))
    }),
  ))

test('J7 upcasters are total and lead to the newest version of their kind', () =>
  checked(
    fc.property(payload, (p) => {
      for (const { kind: of, from, upcast } of upcasters) {
        const before = JSON.stringify(p)
        assert.equal(typeof upcast(p), 'object')
        assert.equal(JSON.stringify(p), before, `${of} ${from} changes its argument`)
        assert.ok(from < currentVersion(of))
      }
    }),
  ))

test.run()
