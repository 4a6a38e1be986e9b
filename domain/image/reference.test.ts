/** References are parsed by the distribution grammar and come back as they were written. */
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { newReference, normaliseReference, parseReference, showReference } from './reference.ts'

const test = suite('image reference')
const digest = `sha256:${'a1'.repeat(32)}`

/** `Right` value, or the reason of the refusal. */
const normal = (text: string): string =>
  E.fold(
    ({ reason }: { reason: string }) => `refused: ${reason}`,
    (s: string) => s,
  )(normaliseReference(text))

test('IMG-GEN-02: the tag defaults to latest', () => {
  assert.is(normal('busybox'), 'busybox:latest')
  assert.is(normal('my/bb:1'), 'my/bb:1')
  assert.is(normal('localhost:5000/official/busybox'), 'localhost:5000/official/busybox:latest')
  assert.is(normal('localhost:5000/busybox:1.36'), 'localhost:5000/busybox:1.36')
  assert.is(normal('[::1]:5000/busybox'), '[::1]:5000/busybox:latest')
  assert.is(normal('not_a_host.name/busybox'), 'not_a_host.name/busybox:latest')
  assert.is(normal(`busybox@${digest}`), `busybox@${digest}`)
  assert.is(normal(`busybox:1@${digest}`), `busybox:1@${digest}`)
})

test('what the grammar does not allow is refused with a reason', () => {
  const texts = [
    '',
    ':tag',
    'Busybox',
    'a//b',
    '/a',
    'a/',
    'a:',
    'a:-x',
    `a:${'x'.repeat(129)}`,
    'a b',
    'a@sha256:12',
    'a@',
    'a..b',
    'a___b',
    '-a.b/c',
    'a'.repeat(256),
    '0'.repeat(64),
    'a\n',
    '../a',
  ]
  for (const text of texts) assert.match(normal(text), /^refused: ./, text)
})

const part = fc.stringMatching(/^[a-z0-9]{1,8}((\.|_|__|-)[a-z0-9]{1,4}){0,2}$/)
const registry = fc.stringMatching(/^[a-z0-9]{1,8}\.[a-z]{2,3}(:[0-9]{2,5})?$/)
const tag = fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,20}$/)
const reference = fc.record(
  {
    repository: fc
      .tuple(
        fc.option(registry, { nil: undefined }),
        fc.array(part, { minLength: 1, maxLength: 4 }),
      )
      .map(([first, parts]) => [...(first === undefined ? [] : [first]), ...parts].join('/')),
    tag,
    digest: fc.constant(digest),
  },
  { requiredKeys: ['repository'], noNullPrototype: true },
)

test('what is shown is parsed back to the same reference', () => {
  fc.assert(
    fc.property(reference, (value) => {
      assert.equal(parseReference(showReference(value)), E.right(value))
    }),
  )
})

test('to normalise twice is to normalise once', () => {
  fc.assert(
    fc.property(fc.oneof(reference.map(showReference), fc.string()), (text) => {
      const once = normaliseReference(text)
      if (E.isRight(once)) assert.equal(normaliseReference(once.right), once)
    }),
  )
})

test('a new name has its tag, and no digest', () => {
  assert.equal(newReference('busybox'), E.right('busybox:latest'))
  const given = newReference(`busybox@sha256:${'0'.repeat(64)}`)
  assert.equal(E.isLeft(given) && given.left.reason, 'a name with a digest cannot be given')
})

test.run()
