/** Every event comes back from its bytes; old versions are read, newer and unknown ones refused. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import * as t from 'io-ts'
import { DefaultedType } from '../../domain/defaulted.ts'
import { domainEvents } from '../../domain/event.ts'
import { suite } from '../../properties/testing/suite.ts'
import { decodeEnvelope, encodeEnvelope } from './envelope-codec.ts'
import { decodeEvent, encodeEvent, eventDecoder } from './event-codec.ts'
import { currentVersion, upcasters, upcastersOf, type Upcaster } from './upcasters.ts'

const test = suite('event codec')

const hex64 = fc.stringMatching(/^[0-9a-f]{64}$/)
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n))
const key = fc.string().filter((s) => s !== '__proto__')

const leaves: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  ContainerId: hex64,
  ImageId: hex64,
  LayerId: hex64,
  DiffId: hex64,
  CopyId: fc.stringMatching(/^[0-9a-zA-Z][0-9a-zA-Z_.-]{0,20}$/),
  VolumeName: fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,20}$/),
  ExecId: fc.stringMatching(/^[0-9a-zA-Z][0-9a-zA-Z_.-]{0,20}$/),
  OperationId: fc.stringMatching(/^[0-9a-zA-Z_.:-]{1,30}$/),
  BootId: fc.uuid(),
  Integer: fc.maxSafeInteger(),
  string: fc.string({ unit: 'binary' }),
  number: finite,
  boolean: fc.boolean(),
  null: fc.constant(null),
}

const members = (props: t.Props): fc.Arbitrary<unknown> =>
  fc.record(Object.fromEntries(Object.entries(props).map(([k, codec]) => [k, valuesOf(codec)])), {
    noNullPrototype: true,
  })

/** Values of a codec, by its structure; a new kind of codec must be added here. */
const valuesOf = (codec: t.Mixed): fc.Arbitrary<unknown> => {
  if (codec instanceof DefaultedType) return valuesOf(codec.type as t.Mixed)
  if (codec instanceof t.LiteralType) return fc.constant(codec.value)
  if (codec instanceof t.KeyofType) return fc.constantFrom(...Object.keys(codec.keys as object))
  if (codec instanceof t.ExactType) return valuesOf(codec.type as t.Mixed)
  if (codec instanceof t.InterfaceType) return members(codec.props as t.Props)
  if (codec instanceof t.UnionType)
    return fc.oneof(...(codec.types as ReadonlyArray<t.Mixed>).map(valuesOf))
  if (codec instanceof t.ArrayType || codec instanceof t.ReadonlyArrayType)
    return fc.array(valuesOf(codec.type as t.Mixed), { maxLength: 3 })
  if (codec instanceof t.DictionaryType)
    return fc.dictionary(key, valuesOf(codec.codomain as t.Mixed), {
      maxKeys: 3,
      noNullPrototype: true,
    })
  const leaf = leaves[codec.name]
  if (leaf === undefined) throw new Error(`no values are known for the codec ${codec.name}`)
  return leaf
}

const envelopeOf = (event: t.TypeOf<(typeof domainEvents)[number]>) => ({
  ...{ seq: 1, at: 1, mono: 1, boot: 'b', actor: 'a', request: '', causation: 0 },
  ...{ stream: 's', streamSeq: 1, ...encodeEvent(event) },
})

test('J7 every kind of event comes back from its journal bytes', () => {
  for (const codec of domainEvents)
    fc.assert(
      fc.property(valuesOf(codec), (value) => {
        if (!codec.is(value)) return assert.fail(`${codec.name}: ${JSON.stringify(value)}`)
        const envelope = decodeEnvelope(encodeEnvelope(envelopeOf(value)))
        assert.ok(E.isRight(envelope))
        const { kind, v, payload } = envelope.right
        assert.deepEqual(decodeEvent(kind, v, payload), E.right(value))
      }),
      { numRuns: 40 },
    )
})

test('J7 the kinds have names of their own, and each is in its first version', () => {
  const names = domainEvents.map((codec) => codec.name)
  assert.equal(new Set(names).size, names.length)
  for (const name of names) assert.equal(currentVersion(name), 1 + upcastersOf(name).length)
})

test('R-63 what the engine writes has the newest version of its kind', () => {
  for (const codec of domainEvents)
    fc.assert(
      fc.property(valuesOf(codec), (value) => {
        assert.ok(codec.is(value))
        assert.equal(encodeEvent(value).v, currentVersion(codec.name))
      }),
      { numRuns: 3 },
    )
})

test('R-63 a newer version, a version before the first and an unknown kind are errors', () => {
  for (const { name } of domainEvents) {
    assert.match(reasonOf(decodeEvent(name, currentVersion(name) + 1, {})), /newer than this/)
    assert.match(reasonOf(decodeEvent(name, 0, {})), /never was/)
  }
  assert.match(reasonOf(decodeEvent('Imagined', 1, {})), /unknown event kind Imagined/)
  assert.match(reasonOf(decodeEvent('toString', 1, {})), /unknown event kind/)
})

const reasonOf = (decoded: E.Either<{ readonly reason: string }, unknown>): string =>
  E.isLeft(decoded) ? decoded.left.reason : assert.fail('it was decoded')

/** A kind with three versions: seconds become milliseconds, then one text becomes a list. */
const Slept1 = t.strict({ _tag: t.literal('Slept'), v: t.literal(1), s: t.number, by: t.string })
const Slept2 = t.strict({ _tag: t.literal('Slept'), v: t.literal(2), ms: t.number, by: t.string })
const Slept3 = t.strict(
  { _tag: t.literal('Slept'), v: t.literal(3), ms: t.number, by: t.array(t.string) },
  'Slept',
)

const toMilliseconds: Upcaster = {
  kind: 'Slept',
  from: 1,
  upcast: ({ s, ...rest }) => ({ ...rest, ms: Number(s) * 1_000 }),
}
const toList: Upcaster = {
  kind: 'Slept',
  from: 2,
  upcast: ({ by, ...rest }) => ({ ...rest, by: [by] }),
}
const other: Upcaster = { kind: 'Woke', from: 1, upcast: () => assert.fail('of another kind') }
const steps = [other, toMilliseconds, toList]
const decodeAt = {
  1: eventDecoder([t.strict(Slept1.type.props, 'Slept')], []),
  2: eventDecoder([t.strict(Slept2.type.props, 'Slept')], [other, toMilliseconds]),
  3: eventDecoder([Slept3], steps),
} as const

const first = fc.record({ s: fc.integer(), by: fc.string() })

test('J7 R-63 reading version n and upcasting it is reading version n + 1', () => {
  fc.assert(
    fc.property(first, (one) => {
      const two = toMilliseconds.upcast(one)
      const three = toList.upcast(two)
      assert.deepEqual(decodeAt[1]('Slept', 1, one), E.right({ _tag: 'Slept', v: 1, ...one }))
      assert.deepEqual(decodeAt[2]('Slept', 1, one), decodeAt[2]('Slept', 2, two))
      assert.deepEqual(decodeAt[3]('Slept', 1, one), decodeAt[3]('Slept', 3, three))
      assert.deepEqual(decodeAt[3]('Slept', 2, two), decodeAt[3]('Slept', 3, three))
      assert.ok(E.isRight(decodeAt[3]('Slept', 3, three)))
    }),
  )
})

test('R-63 an older engine refuses what a newer one wrote and upcasts no garbage', () => {
  const two = toMilliseconds.upcast({ s: 1, by: 'x' })
  assert.match(reasonOf(decodeAt[1]('Slept', 2, two)), /newer/)
  assert.match(reasonOf(decodeAt[2]('Slept', 3, two)), /newer/)
  assert.ok(E.isLeft(decodeAt[3]('Slept', 3, two)))
})

test('the order of the list of upcasters does not matter', () => {
  const backwards = eventDecoder([Slept3], [...steps].reverse())
  const one = { s: 2, by: 'x' }
  assert.deepEqual(backwards('Slept', 1, one), decodeAt[3]('Slept', 1, one))
  assert.equal(currentVersion('Slept', steps), 3)
})

test('R-63 the shipped upcasters leave no version out', () => {
  for (const { kind } of upcasters)
    assert.deepEqual(
      upcastersOf(kind).map((u) => u.from),
      upcastersOf(kind).map((_, i) => i + 1),
    )
})

test.run()
