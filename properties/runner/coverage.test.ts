/** What counts as code, and how the uncovered rest is told. */
import assert from 'node:assert/strict'
import { suite } from '../testing/suite.ts'
import { holdsTypesOnly, inRanges } from './coverage.mjs'

const test = suite('coverage')

test('a file of types and comments holds no code, one line of code makes it count', () => {
  const types = "/** Why. */\nimport type { A } from './a.ts'\nexport type B = A | 'b'\n"
  assert.ok(holdsTypesOnly(types))
  assert.ok(!holdsTypesOnly(`${types}export const b: B = 'b'\n`))
  assert.ok(!holdsTypesOnly("import './effects.ts'\n"))
})

test('lines are told as ranges, in order and once', () => {
  assert.equal(inRanges([9, 3, 4, 5, 4]), '3-5 9')
  assert.equal(inRanges([]), '')
})

test.run()
