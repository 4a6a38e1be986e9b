/** Tells its parent the hash of one seed's trace: SEED HOURS. */
import { drawPlan } from '../../simulator/plan/draw-plan.ts'
import { runPlan } from '../../simulator/plan/run-plan.ts'

const [seed = 1, hours = 1] = process.argv.slice(2).map(Number)
const { traceHash } = await runPlan(drawPlan(seed, { hours }))
process.send?.(traceHash)
