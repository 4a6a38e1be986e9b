/** Each planted mistake in the rules is noticed by the invariant that it breaks (M3). */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { invariants, type InvariantId } from '../lifecycle/invariants.ts'
import { PureEngine } from '../lifecycle/pure-engine.ts'
import { anySteps } from '../lifecycle/steps.ts'
import { suite } from '../testing/suite.ts'
import { ruleBugs, type RuleBug } from './rule-bugs.ts'

const test = suite('planted in the rules')
const seed = 20_261
/** The one that must notice gets as many lives as it has in its own test, and some. */
const manyLives = 5_000
const someLives = 300

const notices = (id: InvariantId, { rules, caughtBy }: RuleBug): boolean => {
  const numRuns = id === caughtBy ? manyLives : someLives
  const newEngine = (): PureEngine => new PureEngine({}, rules)
  const property = fc.property(anySteps, (steps) => invariants[id](steps, newEngine))
  return fc.check(property, { seed, numRuns, endOnFailure: true }).failed
}

for (const bug of ruleBugs)
  test(`M3 ${bug.caughtBy} notices when ${bug.name}`, () => {
    const all = (Object.keys(invariants) as InvariantId[]).filter((id) => notices(id, bug))
    console.log(`"${bug.name}" broke ${all.join(' ')}`)
    assert.ok(all.includes(bug.caughtBy))
  })

test('M2 the right rules break nothing under the same eyes', () => {
  const right = { name: 'none', caughtBy: 'W4', rules: new PureEngine().rules } as const
  for (const id of Object.keys(invariants) as InvariantId[]) assert.not.ok(notices(id, right), id)
})

test.run()
