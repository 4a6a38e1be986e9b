/** The test of the tests: each planted bug is found, and by the invariant that it breaks (M3). */
import assert from 'node:assert/strict'
import { crashAt } from '../../simulator/faults/crash.ts'
import * as planted from '../../simulator/faults/planted.ts'
import { runScenario, type Template } from '../../simulator/run/scenario.ts'
import { templates } from '../../simulator/run/templates.ts'
import { suite } from '../testing/suite.ts'

const test = suite('planted bugs')

const named = (name: string): Template => {
  const found = templates.find((t) => t.name === name)
  assert.ok(found !== undefined, `no template ${name}`)
  return found
}

/** Ids of all invariants that a sweep of crashes over one template breaks. */
const sweep = async (template: Template, bug: planted.PlantedBug): Promise<ReadonlySet<string>> => {
  const seed = 1
  const calm = await runScenario(template, { seed, planted: bug })
  const broken = new Set(calm.violations.map((v) => v.id))
  for (let first = 1; first <= calm.boundaries; first += 1) {
    const result = await runScenario(template, { seed, crash: crashAt(first), planted: bug })
    for (const { id } of result.violations) broken.add(id)
  }
  return broken
}

const caught = (bug: planted.PlantedBug, template: string, by: ReadonlyArray<string>): void =>
  test(`M3 ${by.join(' and ')} catch it when ${bug.name}`, async () => {
    const broken = await sweep(named(template), bug)
    console.log(`"${bug.name}" broke ${[...broken].sort().join(' ')}`)
    for (const id of by) assert.ok(broken.has(id), `${id} did not notice`)
  })

caught(planted.effectBeforeIntent, 'create', ['I2'])
caught(planted.forgottenUnmount, 'create, start, stop', ['W6'])
caught(planted.forgottenCgroup, 'create, start, exit 0', ['W6'])
caught(planted.acknowledgedBeforeSync, 'rename', ['W12', 'J2'])
caught(planted.blindProbe, 'create, start, stop', ['W12'])
caught(planted.inventedExit, 'its monitor is killed', ['W5'])
caught(planted.clearedProof, 'exec detached', ['W3'])
caught(planted.eternalStranger, 'create', ['L1'])

test.run()
