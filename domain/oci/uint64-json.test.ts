/** The JSON writer keeps 64 bit integers exact, and is otherwise JSON. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../properties/testing/suite.ts'
import { exactJson, parseExactJson } from './uint64-json.ts'

const test = suite('exact JSON')

test('writes RLIM_INFINITY digit by digit', () => {
  assert.equal(exactJson({ hard: 2n ** 64n - 1n }), '{\n\t"hard": 18446744073709551615\n}\n')
})

test('writes empty lists and objects in one piece and leaves undefined members out', () => {
  assert.equal(exactJson({ a: [], b: {}, c: undefined }), '{\n\t"a": [],\n\t"b": {}\n}\n')
})

test('agrees with JSON.parse for every value without bigints', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = exactJson(value)
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('every uint64 is read back exactly', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (n) => {
      const back = parseExactJson(exactJson([n]))
      const expected = n <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(n) : n
      assert.deepEqual(back, E.right([expected]))
    }),
  )
})

test('reading does not confuse strings with numbers, whatever they hold', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\0n12', '\0s\0n12', '18446744073709551615', '"18446744073709551615"', '\\'),
  )
  fc.assert(
    fc.property(fc.dictionary(nasty, nasty), fc.array(nasty), (record, list) => {
      const back = parseExactJson(exactJson({ list, entries: Object.entries(record) }))
      assert.deepEqual(back, E.right({ list, entries: Object.entries(record) }))
    }),
  )
})

test('broken text is told, not thrown', () => {
  assert.ok(E.isLeft(parseExactJson('{"a":')))
})

test.run()
