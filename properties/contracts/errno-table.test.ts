/** Every errno of the effect table is provoked by a test, or has a reason why not. */
import assert from 'node:assert/strict'
import { effectTable } from '../../domain/ports/effects.ts'
import { suite } from '../testing/suite.ts'
import { provocations } from './provocations.ts'
import { unprovoked } from './unprovoked.ts'

const test = suite('errno table')

const key = (effect: string, errno: string): string => `${effect} ${errno}`
const documented = Object.entries(effectTable).flatMap(([effect, { errnos }]) =>
  errnos.map((errno) => key(effect, errno)),
)
const provoked = provocations.map(({ effect, errno }) => key(effect, errno))
const excused = Object.entries(unprovoked).flatMap(([effect, reasons]) =>
  Object.keys(reasons).map((errno) => key(effect, errno)),
)

test('each documented errno is provoked or excused, and none is both', () => {
  assert.deepEqual([...provoked, ...excused].sort(), [...documented].sort())
})

test('no row names an errno twice', () => {
  assert.equal(new Set(documented).size, documented.length)
})

test.run()
