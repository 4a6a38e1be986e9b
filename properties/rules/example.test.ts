/** The example rules hold; a wrong rule fails with a counterexample that fits on a screen. */
import assert from 'node:assert/strict'
import { drawPlan } from '../../simulator/plan/draw-plan.ts'
import { runPlan } from '../../simulator/plan/run-plan.ts'
import {
  checkRule,
  replayVariable,
  RuleBroken,
  runUnderRule,
  type RuleCheck,
} from './check-rule.ts'
import { databasesAreStoppedFirst, fourStartsAtMost } from './example.rule.ts'
import { withTraits } from './labelled.ts'
import type { Rule } from './rule.ts'
import { suite } from '../testing/suite.ts'

const test = suite('rules of one’s own')

/** Every second container is a database; each third one is restarted up to three times. */
const fleet = withTraits((n) => ({
  labels: { tier: n % 2 === 0 ? 'db' : 'web' },
  ...(n % 3 === 0 ? { restart: { Name: 'on-failure', MaximumRetryCount: 3 } as const } : {}),
}))

const seeds = 8

const held = async (check: RuleCheck): Promise<void> => {
  const { simulatedHours, commands, faults, steps, engineViolations } = await checkRule(check)
  console.log(
    `${check.name}: ${simulatedHours.toFixed(1)} hours, ${commands} commands, ${faults} faults,` +
      ` ${steps} events`,
  )
  assert.ok(steps > commands / 2)
  assert.deepEqual(engineViolations, [])
}

test('the example about restarts holds', () =>
  held({ name: 'four starts at most', rule: fourStartsAtMost, seeds, plan: fleet }))

test('the example about databases holds', () =>
  held({ name: 'databases are stopped first', rule: databasesAreStoppedFirst, seeds, plan: fleet }))

const broken = async (check: RuleCheck): Promise<RuleBroken> => {
  const failed = await checkRule(check).then(
    () => undefined,
    (error: unknown) => error,
  )
  assert.ok(failed instanceof RuleBroken, String(failed))
  console.log(failed.message)
  return failed
}

/** Wrong: a forced removal kills what runs. */
const neverRemovedByForce: Rule =
  () =>
  ({ event, before, host }) =>
    event._tag === 'ContainerRemoveRequested' &&
    event.cause === 'user' &&
    before.container?.process.Labels['tier'] === 'db' &&
    host.living(event.id).length > 0
      ? [`database ${event.id} is to be removed while it runs`]
      : []

test('a wrong rule fails with a shrunk run and a command that shows it again', async () => {
  const name = 'databases are never removed by force'
  const { message, shrunk, seed } = await broken({ name, rule: neverRemovedByForce, plan: fleet })
  assert.ok(shrunk.plan.commands.length <= 10)
  assert.match(message, /create c\d+ .*--label tier=db/)
  assert.match(message, /rm --force c\d+/)
  assert.ok(message.includes(`${replayVariable}=${seed}`))
})

test('the seed that is asked for is the only one that runs', async () => {
  process.env[replayVariable] = '7'
  try {
    const { seeds: ran } = await checkRule({ name: 'nothing', rule: () => () => [], hours: 0.2 })
    assert.equal(ran, 1)
  } finally {
    delete process.env[replayVariable]
  }
})

test('a rule that throws is reported, and the engine does not notice', async () => {
  const rule: Rule = () => () => {
    throw new Error('no such label')
  }
  const { shrunk } = await broken({ name: 'it throws', rule, seeds: 1, hours: 0.2 })
  assert.deepEqual([...new Set(shrunk.result.violations.map(({ id }) => id))], ['it throws'])
  assert.match(shrunk.result.violations[0]?.detail ?? '', /^the rule threw: Error: no such label/)
})

test('M4 a run that is watched leaves the same trace as one that is not', async () => {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const plan = drawPlan(seed, { hours: 0.5 })
    const watched = await runUnderRule({ name: 'nothing', rule: () => () => [] }, plan)
    assert.equal(watched.traceHash, (await runPlan(plan)).traceHash)
  }
})

test('every event of a run is shown once and in order', async () => {
  let last = 0
  const rule: Rule = () => {
    last = 0
    return ({ envelope }) => {
      const wrong = envelope.seq === last + 1 ? [] : [`${envelope.seq} after ${last}`]
      last = envelope.seq
      return wrong
    }
  }
  await checkRule({ name: 'dense', rule, seeds })
  assert.ok(last > 0)
})

test.run()
