/**
 * `node --import tsx properties/crash-states/main.ts [WORKLOAD…]`: every operation of every
 * workload as a crash point, under every model; exit code 1 where a promise is broken.
 */
import { crashModels, survivableModels } from '../../journal/crash-states/models.ts'
import type { Explored, Violation } from './explore.ts'
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

const isFailure = ({ model }: Violation): boolean => survivableModels.includes(model)

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
const failures = violations.filter(isFailure)
for (const failure of failures) console.log(`FAILED ${violationText(failure)}`)
console.log(totalsText(all))
const silent = violations.length - failures.length
console.log(`${silent} silent losses where names come through in any order (beyond LevelDB)`)
process.exitCode = failures.length === 0 ? 0 : 1
