/**
 * `node --import tsx properties/crash-states/main.ts [WORKLOAD…]`: every operation of every
 * workload as a crash point, under every model; exit code 1 where a promise is broken.
 */
import { crashModels } from '../../journal/crash-states/models.ts'
import type { Explored } from './explore.ts'
import { survey, totalsText, violationText, type Effort } from './survey.ts'
import { allWorkloads, smallWorkloads } from './workloads.ts'

const chosen = process.argv.slice(2)
const workloads = chosen.length === 0 ? allWorkloads : chosen
const seed = Number(process.env['SEED'] ?? Math.floor(Date.now() / 86_400_000))

const small: Effort = { models: crashModels, cuts: 64, garbages: 8, seed, reopenEvery: 1 }
/** States of 17 MB each. */
const large: Effort = {
  ...{ models: crashModels, cuts: 8, garbages: 2, seed, reopenEvery: 8 },
  wholeRuns: true,
}

const tell = (explored: Explored): void => {
  console.log(`${explored.workload}: ${totalsText([explored])}`)
  const byModel = Object.entries(explored.byModel).map(([model, n]) => `${model} ${n}`)
  console.log(`    states: ${byModel.join(', ')}`)
}

console.log(`seed ${seed}`)
const all = [
  ...(await survey(
    workloads.filter((w) => smallWorkloads.includes(w)),
    small,
    tell,
  )),
  ...(await survey(
    workloads.filter((w) => !smallWorkloads.includes(w)),
    large,
    tell,
  )),
]
const violations = all.flatMap((explored) => explored.violations)
for (const violation of violations) console.log(`FAILED ${violationText(violation)}`)
console.log(totalsText(all))
process.exitCode = violations.length === 0 ? 0 : 1
