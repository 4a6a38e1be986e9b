/** The runner as a pure step machine: plans in, invocations and conclusions out. */
import type { Conclusion, StepValue } from '../../domain/conclusion.ts'
import type { Plan } from '../../domain/plan.ts'
import type { EffectError } from '../../domain/ports/answer.ts'
import { effectTable, type Effect } from '../../domain/ports/effects.ts'

/** What a probe may find out about an effect whose answer was lost. */
export type Probed =
  | { readonly _tag: 'DidHappen'; readonly value: StepValue }
  | { readonly _tag: 'DidNotHappen' }
  | { readonly _tag: 'CannotTell'; readonly reason: string }

export interface Invocation {
  readonly number: number
  readonly effect: Effect
  readonly mode: 'run' | 'probe'
  /** The answer counts as indeterminate after this time. */
  readonly deadlineMs: number
}

export type RunAnswer =
  | { readonly _tag: 'Ran'; readonly value: StepValue }
  | { readonly _tag: 'Probed'; readonly probed: Probed }
  | { readonly _tag: 'Erred'; readonly error: EffectError }

export interface Concluded {
  readonly plan: Plan
  readonly conclusion: Conclusion
}

export interface Output {
  readonly invocations: ReadonlyArray<Invocation>
  readonly concluded: ReadonlyArray<Concluded>
  /** Lanes to wake at a monotonic time (ms). */
  readonly wakes: ReadonlyArray<{ readonly lane: string; readonly atMs: number }>
}

type Activity =
  | { readonly _tag: 'InFlight'; readonly invocation: Invocation }
  | { readonly _tag: 'Waiting'; readonly untilMs: number; readonly probe: boolean }
  | { readonly _tag: 'Finished' }

interface Lane {
  readonly plan: Plan
  readonly step: number
  readonly tries: number
  /** Failed probes of the present step. */
  readonly probes: number
  /** The intent is older than this engine: effects are observed before they are repeated. */
  readonly suspect: boolean
  readonly activity: Activity
  /** What follows the invocation in flight: another plan, or nothing. */
  readonly next: { readonly plan: Plan | null; readonly suspect: boolean } | undefined
}

const mostProbes = 5
const firstRetryMs = 100
const longestRetryMs = 30_000

/** Back-off between tries of one plan, in ms. */
export const retryDelayMs = (tries: number): number =>
  Math.min(firstRetryMs * 2 ** Math.max(0, tries - 1), longestRetryMs)

class Collector implements Output {
  readonly invocations: Invocation[] = []
  readonly concluded: Concluded[] = []
  readonly wakes: { lane: string; atMs: number }[] = []
}

export class RunnerMachine {
  readonly #lanes = new Map<string, Lane>()
  readonly #entities = new Map<string, Set<string>>()
  readonly #flights = new Map<number, string>()
  #numbers = 0

  /** Everything that is due for one entity now; replaces what was due for it before. */
  due(entity: string, plans: ReadonlyArray<Plan>, suspect: boolean): Output {
    const out = new Collector()
    const wanted = new Map(plans.map((p) => [p.lane, p]))
    for (const lane of [...(this.#entities.get(entity) ?? [])])
      if (!wanted.has(lane)) this.#drop(entity, lane)
    for (const plan of plans) this.#want(entity, plan, suspect, out)
    return out
  }

  /** The answer to an invocation; unknown numbers (expired ones) are ignored. */
  answered(number: number, answer: RunAnswer, nowMs: number): Output {
    const out = new Collector()
    const name = this.#flights.get(number)
    const lane = name === undefined ? undefined : this.#lanes.get(name)
    this.#flights.delete(number)
    if (name === undefined || lane === undefined) return out
    if (lane.next !== undefined) this.#goOn(name, lane.next, out)
    else this.#take(name, lane, answer, nowMs, out)
    return out
  }

  /** A retry time has come. */
  woke(name: string, nowMs: number): Output {
    const out = new Collector()
    const lane = this.#lanes.get(name)
    if (lane?.activity._tag === 'Waiting' && lane.activity.untilMs <= nowMs)
      this.#invoke(name, lane, lane.activity.probe ? 'probe' : 'run', out)
    return out
  }

  /** Effects that were invoked and not answered. */
  get inFlight(): number {
    return this.#flights.size
  }

  #want(entity: string, plan: Plan, suspect: boolean, out: Collector): void {
    const lane = this.#lanes.get(plan.lane)
    if (lane === undefined) return this.#begin(entity, plan, suspect, out)
    if (lane.activity._tag === 'InFlight') {
      const same = lane.plan.key === plan.key
      this.#lanes.set(plan.lane, { ...lane, next: same ? undefined : { plan, suspect } })
    } else if (lane.plan.key !== plan.key) this.#begin(entity, plan, suspect, out)
  }

  #drop(entity: string, name: string): void {
    const lane = this.#lanes.get(name)
    if (lane?.activity._tag === 'InFlight')
      this.#lanes.set(name, { ...lane, next: { plan: null, suspect: false } })
    else this.#forget(entity, name)
  }

  #forget(entity: string, name: string): void {
    this.#lanes.delete(name)
    const lanes = this.#entities.get(entity)
    lanes?.delete(name)
    if (lanes?.size === 0) this.#entities.delete(entity)
  }

  #begin(entity: string, plan: Plan, suspect: boolean, out: Collector): void {
    const lanes = this.#entities.get(entity) ?? new Set<string>()
    this.#entities.set(entity, lanes.add(plan.lane))
    const activity: Activity = { _tag: 'Finished' }
    this.#nextStep(
      plan.lane,
      { plan, step: -1, tries: 0, probes: 0, suspect, activity, next: undefined },
      { _tag: 'None' },
      out,
    )
  }

  #goOn(name: string, next: NonNullable<Lane['next']>, out: Collector): void {
    const entity = entityOf(name)
    this.#forget(entity, name)
    if (next.plan !== null) this.#begin(entity, next.plan, next.suspect, out)
  }

  #nextStep(name: string, lane: Lane, value: StepValue, out: Collector): void {
    const step = lane.step + 1
    const effect = lane.plan.steps[step]
    if (effect === undefined) return this.#conclude(name, lane, { _tag: 'Applied', value }, out)
    const probe = lane.suspect && effectTable[effect._tag].class !== 'idempotent'
    this.#invoke(name, { ...lane, step, probes: 0 }, probe ? 'probe' : 'run', out)
  }

  #invoke(name: string, lane: Lane, mode: Invocation['mode'], out: Collector): void {
    const effect = lane.plan.steps[Math.max(0, lane.step)]
    if (effect === undefined) return
    const { deadlineMs } = effectTable[effect._tag]
    const invocation = { number: (this.#numbers += 1), effect, mode, deadlineMs }
    const activity = { _tag: 'InFlight', invocation } as const
    this.#lanes.set(name, { ...lane, step: Math.max(0, lane.step), activity })
    this.#flights.set(invocation.number, name)
    out.invocations.push(invocation)
  }

  #conclude(name: string, lane: Lane, conclusion: Conclusion, out: Collector): void {
    this.#lanes.set(name, { ...lane, activity: { _tag: 'Finished' } })
    out.concluded.push({ plan: lane.plan, conclusion })
  }

  #take(name: string, lane: Lane, answer: RunAnswer, nowMs: number, out: Collector): void {
    switch (answer._tag) {
      case 'Ran':
        return this.#nextStep(name, lane, answer.value, out)
      case 'Probed':
        return this.#takeProbe(name, lane, answer.probed, out)
      case 'Erred':
        return answer.error._tag === 'NotApplied' && isRun(lane)
          ? this.#takeFailure(name, lane, answer.error, nowMs, out)
          : this.#observeFirst(name, lane, reasonOf(answer.error), nowMs, out)
    }
  }

  #takeProbe(name: string, lane: Lane, probed: Probed, out: Collector): void {
    switch (probed._tag) {
      case 'DidHappen':
        return this.#nextStep(name, lane, probed.value, out)
      case 'DidNotHappen': // Clearing a partial result may have taken earlier steps with it.
        return this.#invoke(name, { ...lane, step: 0, suspect: false }, 'run', out)
      case 'CannotTell':
        return this.#conclude(
          name,
          lane,
          { _tag: 'Abandoned', reason: `maybe applied: ${probed.reason}` },
          out,
        )
    }
  }

  #takeFailure(
    name: string,
    lane: Lane,
    error: Extract<EffectError, { _tag: 'NotApplied' }>,
    nowMs: number,
    out: Collector,
  ): void {
    const tries = lane.tries + 1
    const conclusion: Conclusion = {
      _tag: 'NotApplied',
      step: lane.plan.steps[lane.step]?._tag ?? '',
      errno: error.errno,
      error: error.detail,
      tries,
    }
    if (lane.plan.onFailure === 'conclude') return this.#conclude(name, lane, conclusion, out)
    out.concluded.push({ plan: lane.plan, conclusion })
    // A retried plan starts again from its first step: all of its effects are idempotent.
    this.#wait(name, { ...lane, step: 0, tries }, { probe: false, nowMs }, out)
  }

  /** After an indeterminate answer the host is observed before anything else is done. */
  #observeFirst(name: string, lane: Lane, reason: string, nowMs: number, out: Collector): void {
    const probes = lane.probes + 1
    const effect = lane.plan.steps[lane.step]
    const idempotent = effect !== undefined && effectTable[effect._tag].class === 'idempotent'
    if (probes <= mostProbes)
      return this.#wait(name, { ...lane, probes }, { probe: !idempotent, nowMs }, out)
    if (lane.plan.onFailure === 'conclude')
      return this.#conclude(name, lane, { _tag: 'Abandoned', reason }, out)
    const error = { _tag: 'NotApplied', errno: 'EINDETERMINATE', detail: reason } as const
    this.#takeFailure(name, { ...lane, probes: 0 }, error, nowMs, out)
  }

  #wait(
    name: string,
    lane: Lane,
    how: { readonly probe: boolean; readonly nowMs: number },
    out: Collector,
  ): void {
    const untilMs = how.nowMs + retryDelayMs(Math.max(lane.tries, lane.probes))
    const activity = { _tag: 'Waiting', untilMs, probe: how.probe } as const
    this.#lanes.set(name, { ...lane, activity })
    out.wakes.push({ lane: name, atMs: untilMs })
  }
}

const isRun = (lane: Lane): boolean =>
  lane.activity._tag === 'InFlight' && lane.activity.invocation.mode === 'run'

const reasonOf = (error: EffectError): string =>
  error._tag === 'NotApplied' ? `probe failed: ${error.errno} ${error.detail}` : error.reason

/** `container:<id>/main` belongs to `container:<id>`. */
export const entityOf = (lane: string): string => {
  const slash = lane.indexOf('/')
  return slash === -1 ? lane : lane.slice(0, slash)
}
