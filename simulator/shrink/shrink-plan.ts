/** Makes a failing plan small: few commands, few faults, plain programs, short times. */
import type { SimulationPlan } from '../plan/plan.ts'
import { Attempts, type ShrinkLimits } from './attempts.ts'
import { minimize } from './ddmin.ts'
import { oneEarlyFault, withoutIdleTime, withoutVisits } from './retime.ts'
import { partsOf, simplifications } from './simplify.ts'
import type { PlanResult } from '../plan/run-plan.ts'

export interface Shrunk {
  readonly plan: SimulationPlan
  readonly result: PlanResult
  /** How many plans were run on the way. */
  readonly runs: number
  readonly elapsedMs: number
  /** Nothing more can be taken away; false when the time ran out before. */
  readonly isMinimal: boolean
}

/** A plan that does not fail cannot be shrunk. */
export class NotFailing extends Error {
  constructor(name: string) {
    super(`"${name}" breaks nothing that could be looked for in a smaller plan`)
  }
}

/** Chance becomes a list: from now on a command can go without moving every other fault. */
const pinFaults = async (a: Attempts): Promise<void> => {
  if (await a.try({ ...a.plan, faults: { _tag: 'Listed', faults: [] } })) return
  await a.try({ ...a.plan, faults: { _tag: 'Listed', faults: a.result.fired } })
}

/** What is listed but never fires is in the way of a reader. */
const dropSilentFaults = async (a: Attempts): Promise<void> => {
  if (a.plan.faults._tag === 'Listed')
    await a.try({ ...a.plan, faults: { _tag: 'Listed', faults: a.result.fired } })
}

const dropCommands = async (a: Attempts): Promise<void> => {
  const base = a.plan
  await minimize(base.commands, (commands) => a.try({ ...a.plan, commands }))
}

const dropFaults = async (a: Attempts): Promise<void> => {
  if (a.plan.faults._tag !== 'Listed') return
  await minimize(a.plan.faults.faults, (faults) =>
    a.try({ ...a.plan, faults: { _tag: 'Listed', faults } }),
  )
}

/** The rough cuts: each may save hundreds of runs. */
const cut = async (a: Attempts): Promise<void> => {
  const untilMs = a.result.violations[0]?.atMs ?? Infinity
  for (const part of partsOf(a.plan, untilMs))
    if (part.commands.length < a.plan.commands.length) await a.try(part)
}

type Candidates = (plan: SimulationPlan) => ReadonlyArray<SimulationPlan>

/** True when one of them fails as well. */
const tryOneOf = async (a: Attempts, candidates: Candidates): Promise<boolean> => {
  for (const candidate of candidates(a.plan)) if (await a.try(candidate)) return true
  return false
}

/** As long as one of them fails as well. */
const descend = async (a: Attempts, candidates: Candidates): Promise<void> => {
  while (!a.isLate && (await tryOneOf(a, candidates)));
}

/** Another order of steps may need less; found by seeds of its own near the given one. */
const otherSeeds = 8

const reseed = async (a: Attempts): Promise<void> => {
  const { seed, commands } = a.plan
  for (let n = 1; n <= otherSeeds && !a.isLate; n += 1) {
    const before = a.plan
    for (const [i] of commands.entries()) {
      const fewer = before.commands.filter((_, at) => at !== i)
      if (await a.try({ ...before, seed: seed + n, commands: fewer })) return
    }
  }
}

/** A plan of so few commands is read at a glance: no costly search for a smaller one. */
const fewCommands = 10

const searchFurther = async (a: Attempts): Promise<void> => {
  if (a.plan.commands.length > fewCommands && (await tryOneOf(a, withoutVisits))) return
  await reseed(a)
}

/**
 * `fails` tells whether a smaller run shows the same thing; it is true for the plan's own run, else
 * `NotFailing` is thrown. Answers the smallest failing plan found within `limits.longestMs`.
 */
export const shrinkPlan = async (
  plan: SimulationPlan,
  fails: (result: PlanResult) => boolean,
  limits: ShrinkLimits,
): Promise<Shrunk> => {
  const first = await limits.run(plan)
  if (!fails(first)) throw new NotFailing(plan.name)
  const a = new Attempts(first, plan, { limits, fails })
  await pinFaults(a)
  await cut(a)
  for (let before: SimulationPlan | undefined; before !== a.plan && !a.isLate;) {
    before = a.plan
    await dropCommands(a)
    await dropSilentFaults(a)
    await dropFaults(a)
    if (a.plan.commands.length > fewCommands && (await tryOneOf(a, oneEarlyFault))) continue
    await descend(a, withoutIdleTime)
    await descend(a, simplifications)
    if (before === a.plan) await searchFurther(a)
  }
  const { runs, elapsedMs, isLate } = a
  return { plan: a.plan, result: a.result, runs: runs + 1, elapsedMs, isMinimal: !isLate }
}

/** Breaks the invariant that `first` broke first: a smaller run must show the same. */
export const breaksTheSame = (first: PlanResult): ((result: PlanResult) => boolean) => {
  const id = first.violations[0]?.id
  return ({ violations }) => id !== undefined && violations.some((v) => v.id === id)
}
