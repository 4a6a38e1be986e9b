/** Runs smaller and smaller plans and keeps the smallest that still fails, within a time limit. */
import type { SimulationPlan } from '../plan/plan.ts'
import type { PlanResult } from '../plan/run-plan.ts'

export type RunPlan = (plan: SimulationPlan) => Promise<PlanResult>

export interface ShrinkLimits {
  readonly run: RunPlan
  /** Real time after which the best plan so far is the answer, ms. */
  readonly longestMs: number
  readonly progress?: (best: SimulationPlan, runs: number) => void
}

export class Attempts {
  plan: SimulationPlan
  result: PlanResult
  runs = 0
  readonly #limits: ShrinkLimits
  readonly #fails: (result: PlanResult) => boolean
  readonly #tried = new Set<string>()
  readonly #startedMs = performance.now()

  constructor(first: PlanResult, plan: SimulationPlan, parts: AttemptParts) {
    this.plan = plan
    this.result = first
    this.#limits = parts.limits
    this.#fails = parts.fails
    this.#tried.add(JSON.stringify(plan))
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedMs
  }

  get isLate(): boolean {
    return this.elapsedMs >= this.#limits.longestMs
  }

  /** True when the plan fails as well: it is the best one now. Nothing is run twice. */
  async try(plan: SimulationPlan): Promise<boolean> {
    const key = JSON.stringify(plan)
    if (this.isLate || this.#tried.has(key)) return false
    this.#tried.add(key)
    this.runs += 1
    const result = await this.#limits.run(plan)
    if (!this.#fails(result)) return false
    this.plan = plan
    this.result = result
    this.#limits.progress?.(plan, this.runs)
    return true
  }
}

export interface AttemptParts {
  readonly limits: ShrinkLimits
  readonly fails: (result: PlanResult) => boolean
}
