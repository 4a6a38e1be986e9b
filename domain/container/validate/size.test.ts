/** Sizes with units. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../../properties/testing/suite.ts'
import { parseSize } from './size.ts'

const test = suite('sizes')

const bytes = (text: string) => E.getOrElseW(() => undefined)(parseSize('memory', text))

test('RES-VAL-01 RES-SCN-06: units are binary, in any case, with or without B', () => {
  for (const text of ['1G', '1g', '1GB', '1gb', '1GiB', '1024M', '1073741824', '1073741824b'])
    assert.equal(bytes(text), 1073741824, text)
  assert.equal(bytes('1P'), 2 ** 50)
})

test('RES-VAL-01: anything else is refused with field and value', () => {
  const wrong = ['', 'x', '1.5G', '1 G', '1X', 'G', '1GG', '+1', '0x10', '1e3', '1KBB', '1i']
  for (const text of wrong) assert.equal(bytes(text), undefined, text)
  const refused = parseSize('memory', '1X')
  assert.match(E.isLeft(refused) ? refused.left.message : '', /^memory: invalid size "1X"/)
})

test('RES-VAL-01: overflow of int64 is refused', () => {
  assert.equal(bytes('9223372036854775808'), undefined)
  assert.equal(bytes('9999999P'), undefined)
})

test('every whole number with every unit is that multiple', () => {
  const units = ['', 'k', 'm', 'g', 't', 'p']
  fc.assert(
    fc.property(fc.nat(7), fc.nat(5), fc.constantFrom('', 'b', 'ib'), (n, power, tail) => {
      const unit = units[power] ?? ''
      const suffix = unit === '' ? tail.replace('i', '') : `${unit}${tail}`
      assert.equal(bytes(`${n}${suffix}`), n * 1024 ** power)
    }),
  )
})

test('no text makes the parser fail in another way than by refusal', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseSize('memory', text)))
})

test.run()
