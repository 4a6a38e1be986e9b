/** Random clients, random crashes: what no template thought of. */
import assert from 'node:assert/strict'
import { randomCrashes } from '../../simulator/faults/crash.ts'
import { randomWalk } from '../../simulator/run/random-walk.ts'
import { runScenario, type RunResult } from '../../simulator/run/scenario.ts'
import { Prng } from '../../simulator/schedule/prng.ts'
import { suite } from '../testing/suite.ts'
import { assertHolds } from './verdict.ts'

const test = suite('random walk')

const firstSeed = Number(process.env['SIM_SEED'] ?? '1')
const seeds = Number(process.env['SIM_SEEDS'] ?? '600')
/** A daemon dies about once in so many boundaries, at most so often per run. */
const oneIn = 25
const mostCrashes = 6

const walk = (seed: number): Promise<RunResult> =>
  runScenario(randomWalk(seed), {
    seed,
    crash: randomCrashes(new Prng(seed ^ 0x5eed), oneIn, mostCrashes),
  })

test('W1 W2 W3 W4 W5 W6 W7 W8 W11 W12 J1 J2 J4 J6 D2 L2 I2 hold on random walks', async () => {
  let events = 0
  let simulatedMs = 0
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    const result = await walk(seed)
    assertHolds(result, `again with SIM_SEED=${seed} SIM_SEEDS=1`)
    events += result.events
    simulatedMs += result.simulatedMs
  }
  const hours = (simulatedMs / 3_600_000).toFixed(1)
  console.log(`${seeds} seeds from ${firstSeed}: ${events} events, ${hours} simulated hours`)
})

test('M4 the same seed gives the same trace', async () => {
  for (let seed = firstSeed; seed < firstSeed + 40; seed += 1) {
    const [one, other] = [await walk(seed), await walk(seed)]
    assert.equal(one.traceHash, other.traceHash, `seed ${seed}`)
  }
})

test('M4 another seed gives another trace', async () => {
  const hashes = new Set<string>()
  for (let seed = 1; seed <= 20; seed += 1) hashes.add((await walk(seed)).traceHash)
  assert.equal(hashes.size, 20)
})

test.run()
