/** Checks a lifecycle rule of one's own over simulated hours, and shrinks what breaks it. */
import type { FaultKind } from '../../simulator/faults/fault-kinds.ts'
import type { SimulationPlan } from '../../simulator/plan/plan.ts'
import { shrinkPlan, type Shrunk } from '../../simulator/shrink/shrink-plan.ts'
import { drawPlan } from '../../simulator/plan/draw-plan.ts'
import { runPlan, type PlanResult } from '../../simulator/plan/run-plan.ts'
import { sentenceOf } from './invariants.ts'
import { planText } from './plan-text.ts'
import type { Rule } from './rule.ts'
import { watchRule } from './watch.ts'

export interface RuleCheck {
  /** Named in the report, and a violation's id. */
  readonly name: string
  readonly rule: Rule
  /** Simulated hours per seed: at least 60 commands and 20 faults each. Default 1. */
  readonly hours?: number
  /** How many seeds. Default 50. */
  readonly seeds?: number
  /** The first seed. Default 1. */
  readonly from?: number
  /** What may go wrong; default everything. */
  readonly faults?: ReadonlyArray<FaultKind>
  /** Makes a drawn plan more like one's own fleet, e.g. with labels; it must be deterministic. */
  readonly plan?: (drawn: SimulationPlan) => SimulationPlan
  /** Real time for making a failure small, ms. Default 30,000. */
  readonly shrinkMs?: number
}

export interface RuleHeld {
  readonly seeds: number
  readonly simulatedHours: number
  readonly commands: number
  readonly faults: number
  /** Events that the rule was asked about. */
  readonly steps: number
  /** Broken invariants of the engine itself, which are no fault of the rule. */
  readonly engineViolations: ReadonlyArray<string>
}

/** Setting this variable to a seed checks that seed alone. */
export const replayVariable = 'ISULAD_RULE_SEED'

const brokenText = (name: string, seed: number, shrunk: Shrunk): string => {
  const broken = shrunk.result.violations.filter(({ id }) => id === name)
  const { plan, runs, isMinimal } = shrunk
  const size = `${plan.commands.length} command(s)${isMinimal ? '' : ', not minimal yet'}`
  return [
    `rule "${name}" is broken by seed ${seed}:`,
    ...broken.slice(0, 3).map((violation) => `  ${sentenceOf(violation)}`),
    `shrunk to ${size} in ${runs} runs:`,
    planText(plan),
    `again: ${replayVariable}=${seed} and the same command`,
  ].join('\n')
}

/** Thrown by `checkRule`: the message holds the shrunk run and how to see it again. */
export class RuleBroken extends Error {
  readonly seed: number
  readonly #shrunk: Shrunk

  constructor(name: string, seed: number, shrunk: Shrunk) {
    super(brokenText(name, seed, shrunk))
    this.name = 'RuleBroken'
    this.seed = seed
    this.#shrunk = shrunk
  }

  /** Not printed with the error: it holds whole traces. */
  get shrunk(): Shrunk {
    return this.#shrunk
  }
}

interface Watching {
  readonly result: PlanResult
  readonly steps: number
}

const runWatched = async (check: RuleCheck, plan: SimulationPlan): Promise<Watching> => {
  const watched = watchRule(check.name, check.rule)
  const result = await runPlan(plan, { planted: watched.attachment })
  const violations = [...result.violations, ...watched.violations]
  return { result: { ...result, violations }, steps: watched.steps() }
}

/** One run of one plan under the rule: its own violations carry the rule's name as their id. */
export const runUnderRule = async (check: RuleCheck, plan: SimulationPlan): Promise<PlanResult> =>
  (await runWatched(check, plan)).result

const planOf = (check: RuleCheck, seed: number): SimulationPlan => {
  const { hours = 1, faults } = check
  const drawn = drawPlan(seed, { hours, ...(faults === undefined ? {} : { kinds: faults }) })
  return check.plan?.(drawn) ?? drawn
}

const shrink = (check: RuleCheck, plan: SimulationPlan): Promise<Shrunk> =>
  shrinkPlan(plan, ({ violations }) => violations.some(({ id }) => id === check.name), {
    run: (smaller) => runUnderRule(check, smaller),
    longestMs: check.shrinkMs ?? 30_000,
  })

const seedsOf = ({ from = 1, seeds = 50 }: RuleCheck): ReadonlyArray<number> => {
  const again = process.env[replayVariable]
  if (again === undefined) return Array.from({ length: seeds }, (_, i) => from + i)
  if (!/^\d+$/.test(again)) throw new Error(`${replayVariable}=${again} is no seed`)
  return [Number(again)]
}

/**
 * Runs every seed; rejects with `RuleBroken` at the first one that breaks the rule, after it was
 * shrunk. Takes about 0.1 s per seed and simulated hour.
 */
export const checkRule = async (check: RuleCheck): Promise<RuleHeld> => {
  const seeds = seedsOf(check)
  const sum = { simulatedMs: 0, commands: 0, faults: 0, steps: 0 }
  const engineViolations: string[] = []
  for (const seed of seeds) {
    const plan = planOf(check, seed)
    const { result, steps } = await runWatched(check, plan)
    if (result.violations.some(({ id }) => id === check.name))
      throw new RuleBroken(check.name, seed, await shrink(check, plan))
    engineViolations.push(...result.violations.map((v) => `seed ${seed}: ${sentenceOf(v)}`))
    sum.simulatedMs += result.simulatedMs
    sum.commands += result.commands
    sum.faults += result.fired.length
    sum.steps += steps
  }
  const { simulatedMs, ...counts } = sum
  const simulatedHours = simulatedMs / 3_600_000
  return { seeds: seeds.length, simulatedHours, ...counts, engineViolations }
}
