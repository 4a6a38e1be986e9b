/** Runs a template once for each of its boundaries, with a crash of the daemon right there. */
import assert from 'node:assert/strict'
import { crashAt } from '../../simulator/faults/crash.ts'
import { runScenario, type Template } from '../../simulator/run/scenario.ts'
import { assertHolds } from '../simulation/verdict.ts'

export const held = 'W1 W2 W3 W4 W5 W6 W7 W8 W11 W12 J1 J2 J4 J6 D2 L1 L2 I2'

/** Each seed is another interleaving and another downtime. Answers the number of runs. */
export const crashAtEach = async (
  template: Template,
  seeds: ReadonlyArray<number>,
): Promise<number> => {
  let runs = 0
  for (const seed of seeds) {
    const calm = await runScenario(template, { seed })
    assertHolds(calm, 'no crash')
    assert.ok(calm.boundaries > 0, 'a template without boundaries proves nothing')
    for (let first = 1; first <= calm.boundaries; first += 1) {
      const result = await runScenario(template, { seed, crash: crashAt(first) })
      assertHolds(result, `crash at boundary ${first}`)
      runs += 1
    }
  }
  return runs
}
