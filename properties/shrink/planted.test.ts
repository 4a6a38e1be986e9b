/** What a random plan finds becomes a few commands: shown on the planted bugs. */
import assert from 'node:assert/strict'
import { plantedBugs } from '../../simulator/explore/planted-bugs.ts'
import { forgottenUnmount, type PlantedBug } from '../../simulator/faults/planted.ts'
import type { SimulationPlan } from '../../simulator/plan/plan.ts'
import { breaksTheSame, NotFailing, shrinkPlan } from '../../simulator/shrink/shrink-plan.ts'
import { drawPlan } from '../../simulator/plan/draw-plan.ts'
import { runPlan, type PlanResult } from '../../simulator/plan/run-plan.ts'
import { planText } from '../rules/plan-text.ts'
import { suite } from '../testing/suite.ts'

const test = suite('shrinking')

const mostCommands = 10
const longestMs = 60_000
const mostSeeds = 100

/** All of them where time is no matter. */
const isNightly = process.env['NIGHTLY'] !== undefined

/** One of each sort: an order, a promise, a probe, a leak, a lie, a lost write. */
const daily = [
  'effect-before-intent',
  'acknowledged-before-sync',
  'blind-probe',
  'forgotten-unmount',
  'invented-exit',
  'started-twice',
  'swallowed-error',
  'forgotten-requests',
]

/** Rare in random plans, which seldom crash between two effects: sweeps of crashes find them. */
const bySweepsAlone = ['cleared-proof', 'spared-processes', 'killed-neighbour', 'frozen-for-ever']

interface Found {
  readonly plan: SimulationPlan
  readonly result: PlanResult
}

/** A plan that breaks nothing without the bug, so that it is the bug which is found. */
const find = async (bug: PlantedBug): Promise<Found | undefined> => {
  for (let seed = 1; seed <= mostSeeds; seed += 1) {
    const plan = drawPlan(seed, { hours: 1 })
    const result = await runPlan(plan, { planted: bug })
    if (result.violations.length === 0) continue
    if ((await runPlan(plan)).violations.length === 0) return { plan, result }
  }
  return undefined
}

for (const [name, bug] of Object.entries(plantedBugs)) {
  if (isNightly ? bySweepsAlone.includes(name) : !daily.includes(name)) continue
  test(`M3 a random plan that finds it shrinks to 10 commands when ${bug.name}`, async () => {
    const found = await find(bug)
    assert.ok(found !== undefined, `not found by ${mostSeeds} seeds`)
    const { plan, result } = found
    const run = (one: SimulationPlan) => runPlan(one, { planted: bug })
    const shrunk = await shrinkPlan(plan, breaksTheSame(result), { run, longestMs })
    const { elapsedMs, runs, plan: small } = shrunk
    console.log(
      `"${bug.name}": ${result.violations[0]?.id ?? ''} by seed ${plan.seed},` +
        ` ${plan.commands.length} to ${small.commands.length} commands,` +
        ` ${runs} runs, ${(elapsedMs / 1_000).toFixed(1)} s`,
    )
    assert.ok(small.commands.length <= mostCommands, planText(small))
    assert.ok(elapsedMs <= longestMs)
    assert.ok(breaksTheSame(result)(await run(small)), 'the small plan breaks nothing')
  })
}

test('a plan that breaks nothing is not shrunk', async () => {
  const run = (one: SimulationPlan) => runPlan(one)
  const shrinking = shrinkPlan(drawPlan(1, { hours: 0.1 }), () => false, { run, longestMs: 1_000 })
  await assert.rejects(shrinking, NotFailing)
})

test('the time limit is kept, and what was reached till then is the answer', async () => {
  const found = await find(forgottenUnmount)
  assert.ok(found !== undefined)
  const { plan, result: first } = found
  const run = (one: SimulationPlan) => runPlan(one, { planted: forgottenUnmount })
  const shrunk = await shrinkPlan(plan, breaksTheSame(first), { run, longestMs: 1 })
  assert.equal(shrunk.isMinimal, false)
  assert.ok(breaksTheSame(first)(shrunk.result))
})

test.run()
