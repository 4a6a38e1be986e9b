/** Delta debugging keeps what matters and nothing else. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { minimize } from '../../simulator/shrink/ddmin.ts'
import { suite } from '../testing/suite.ts'

const test = suite('delta debugging')

const runs = 2_000

test('of a list that fails by some of its elements, exactly these are left, in order', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer(), { maxLength: 60 }),
      fc.func(fc.boolean()),
      async (items, isGuilty) => {
        const guilty = items.filter((item) => isGuilty(item))
        const left = await minimize(items, async (some) => guilty.every((g) => some.includes(g)))
        assert.deepEqual(left, guilty)
      },
    ),
    { numRuns: runs },
  ))

test('no single element can be taken from what is left, whatever makes it fail', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(50), { maxLength: 25 }),
      fc.func(fc.boolean()),
      async (items, oracle) => {
        const fails = async (some: ReadonlyArray<number>) =>
          some.length === items.length || oracle(some.join())
        const left = await minimize(items, fails)
        assert.ok(await fails(left))
        for (const [i] of left.entries())
          assert.ok(!(await fails(left.filter((_, at) => at !== i))), `${i} of ${left.join()}`)
      },
    ),
    { numRuns: runs },
  ))

test('two of a thousand are found in a few hundred tries', async () => {
  const items = Array.from({ length: 1_000 }, (_, i) => i)
  let tries = 0
  const left = await minimize(items, async (some) => {
    tries += 1
    return some.includes(17) && some.includes(803)
  })
  assert.deepEqual(left, [17, 803])
  assert.ok(tries < 300, `${tries} tries`)
})

test.run()
