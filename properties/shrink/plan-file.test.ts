/** A stored plan is read back as it was, and what is no plan is refused with the place. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { faultKinds, type FaultKind } from '../../simulator/faults/fault-kinds.ts'
import type { PlacedFault, SimulationPlan } from '../../simulator/plan/plan.ts'
import { parsePlanFile, planFileText } from '../../simulator/shrink/plan-file.ts'
import { drawPlan } from '../../simulator/plan/draw-plan.ts'
import { plans } from '../rules/arbitraries.ts'
import { suite } from '../testing/suite.ts'

const test = suite('plan file')

const isKind = (kind: string): kind is FaultKind => Object.hasOwn(faultKinds, kind)
const kinds = Object.keys(faultKinds).filter(isKind)

const placed: fc.Arbitrary<PlacedFault> = fc.record({
  kind: fc.constantFrom(...kinds),
  site: fc.string(),
  occurrence: fc.integer({ min: 1, max: 99 }),
  detail: fc.string(),
})

const faults: fc.Arbitrary<SimulationPlan['faults']> = fc.oneof(
  fc.record({ _tag: fc.constant('Listed' as const), faults: fc.array(placed, { maxLength: 5 }) }),
  fc.record({
    _tag: fc.constant('Swarm' as const),
    weights: fc.dictionary(fc.constantFrom(...kinds), fc.integer({ min: 1, max: 100 })),
  }),
)

/** As JSON knows it: no prototypes. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const returns = (plan: SimulationPlan): void => {
  const file = { breaks: ['W1'], planted: null, plan }
  const back = parsePlanFile(planFileText(file))
  assert.ok(E.isRight(back), E.isLeft(back) ? back.left : '')
  assert.deepEqual(plain(back.right), plain({ format: 'isulad-plan-1', ...file }))
}

test('a drawn plan comes back as it was', () => {
  for (let seed = 1; seed <= 20; seed += 1) returns(drawPlan(seed, { hours: 1 }))
})

test('any plan comes back as it was', () => {
  fc.assert(fc.property(plans(faults), returns), { numRuns: 500 })
})

const damaged = (from: string, to: string): E.Either<string, unknown> => {
  const plan = drawPlan(1, { hours: 0.2 })
  const text = planFileText({ breaks: [], planted: null, plan })
  assert.ok(text.includes(from), from)
  return parsePlanFile(text.replace(from, to))
}

test('what is no plan is refused, and the place is named', () => {
  assert.ok(E.isLeft(parsePlanFile('{')))
  assert.deepEqual(damaged('"seed": 1,', '"seed": "x",'), E.left('plan.seed: "x" will not do'))
  const refused = damaged('"CreateContainer"', '"RecordCreated"')
  assert.match(E.isLeft(refused) ? refused.left : '', /^plan\.commands\.\d+\.command/)
  assert.ok(E.isLeft(damaged('isulad-plan-1', 'isulad-plan-2')))
})

test.run()
