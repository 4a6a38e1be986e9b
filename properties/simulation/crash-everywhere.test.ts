/** The daemon dies at every boundary of every template, and again in the recovery. */
import assert from 'node:assert/strict'
import { crashAt, type CrashPlan } from '../../simulator/faults/crash.ts'
import { runScenario, type Template } from '../../simulator/run/scenario.ts'
import { templates } from '../../simulator/run/templates.ts'
import { suite } from '../testing/suite.ts'
import { assertHolds } from './verdict.ts'

const test = suite('crash everywhere')

/**
 * Every n-th first crash is followed by a second one at each boundary of its recovery; 1 is all
 * pairs, which is what the nightly run does.
 */
const nestedStride = Number(process.env['NESTED_STRIDE'] ?? 18)
const counts = { single: 0, nested: 0 }
const kinds = new Set<string>()

/** The part of a boundary's label that says where in an effect or append it lies. */
const kindOf = (label: string): string => label.slice(label.lastIndexOf(':') + 1).trim()

const remembering =
  (plan: CrashPlan): CrashPlan =>
  (boundary) => {
    const strikes = plan(boundary)
    if (strikes) kinds.add(kindOf(boundary.label))
    return strikes
  }

const boundariesOf = async (template: Template, seed: number): Promise<number> => {
  const calm = await runScenario(template, { seed })
  assertHolds(calm, 'no crash')
  return calm.boundaries
}

const crashOnce = async (template: Template, seed: number): Promise<void> => {
  const boundaries = await boundariesOf(template, seed)
  assert.ok(boundaries > 5, 'a template without boundaries proves nothing')
  for (let first = 1; first <= boundaries; first += 1) {
    const result = await runScenario(template, { seed, crash: remembering(crashAt(first)) })
    assertHolds(result, `crash at boundary ${first}`)
    counts.single += 1
  }
}

const crashTwice = async (template: Template, seed: number): Promise<void> => {
  const boundaries = await boundariesOf(template, seed)
  for (let first = 1 + (seed % nestedStride); first <= boundaries; first += nestedStride) {
    const { recoveryBoundaries } = await runScenario(template, { seed, crash: crashAt(first) })
    for (let second = 1; second <= recoveryBoundaries; second += 1) {
      const result = await runScenario(template, { seed, crash: crashAt(first, second) })
      assertHolds(result, `crash at boundaries ${first} and ${second}`)
      counts.nested += 1
    }
  }
}

const held = 'W1 W2 W3 W4 W5 W6 W7 W8 W11 W12 J1 J2 J4 J6 D2 L1 L2 I2'

for (const [i, template] of templates.entries()) {
  const seed = i + 1
  test(`${held} hold with a crash at each boundary of: ${template.name}`, async () => {
    for (const one of [seed, seed + 400]) await crashOnce(template, one)
  })
  test(`R-62 ${held} hold with a crash in the recovery of: ${template.name}`, () =>
    crashTwice(template, seed))
}

test('M1 every kind of crash point was struck', () => {
  console.log(`${templates.length} templates, ${counts.single} crashes, ${counts.nested} nested`)
  assert.deepEqual(
    [...kinds].sort(),
    [
      'append durable, not told',
      'applied, reply lost',
      'done, client not answered',
      'half applied',
      'half applied, goes on',
      'lost',
      'not invoked',
      'read, reply lost',
    ].sort(),
  )
})

test.run()
