/** One seed of `run`: drawn, run, run again where its turn has come, and told in a few figures. */
import type { Violation } from '../../simulator/run/violation.ts'
import { drawPlan } from '../../simulator/plan/draw-plan.ts'
import { runPlan, type PlanResult } from '../../simulator/plan/run-plan.ts'
import type { SimulationPlan } from '../../simulator/plan/plan.ts'
import { bugNamed } from '../../simulator/explore/planted-bugs.ts'
import type { Draw } from './request.ts'

export interface SeedReport {
  readonly seed: number
  readonly violations: ReadonlyArray<Violation>
  readonly simulatedMs: number
  readonly commands: number
  readonly effects: number
  readonly events: number
  readonly hostFaults: number
  /** How often each kind of fault fired. */
  readonly kinds: Readonly<Record<string, number>>
  readonly recoveries: ReadonlyArray<string>
  readonly ranTwice: boolean
}

/** Every so many seeds are run twice (M4). */
const oneInTwice = 20

export const drawnPlan = (seed: number, { hours, kinds }: Draw): SimulationPlan =>
  drawPlan(seed, { hours, ...(kinds === undefined ? {} : { kinds }) })

export const runWith = (plan: SimulationPlan, planted?: string | null): Promise<PlanResult> => {
  const bug = bugNamed(planted)
  return runPlan(plan, bug === undefined ? {} : { planted: bug })
}

const countKinds = ({ fired }: PlanResult): Readonly<Record<string, number>> => {
  const kinds: Record<string, number> = {}
  for (const { kind } of fired) kinds[kind] = (kinds[kind] ?? 0) + 1
  return kinds
}

const differs = (one: PlanResult, other: PlanResult): ReadonlyArray<Violation> =>
  one.traceHash === other.traceHash
    ? []
    : [{ id: 'M4', detail: 'a second run left another trace', atMs: one.simulatedMs }]

export const runSeed = async (seed: number, draw: Draw): Promise<SeedReport> => {
  const plan = drawnPlan(seed, draw)
  const result = await runWith(plan, draw.planted)
  const ranTwice = seed % oneInTwice === 0
  const again = ranTwice ? differs(result, await runWith(plan, draw.planted)) : []
  const { violations, simulatedMs, commands, effects, events, hostFaults, recoveries } = result
  const figures = { simulatedMs, commands, effects, events, hostFaults, recoveries }
  const kinds = countKinds(result)
  return { seed, violations: [...violations, ...again], ...figures, kinds, ranTwice }
}
