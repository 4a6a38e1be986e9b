/** Kills the daemon at every boundary of one scenario, and on demand at every one of recovery. */
import { crashAt, noCrash } from '../faults/crash.ts'
import type { PlantedBug } from '../faults/planted.ts'
import { runScenario, type RunResult, type Template } from '../run/scenario.ts'
import type { Violation } from '../run/violation.ts'

/** Where the daemons died: `second` counts the boundaries of the first one's successor. */
export interface CrashPoint {
  readonly first?: number
  readonly second?: number
}

export interface CrashFailure extends CrashPoint {
  readonly violations: ReadonlyArray<Violation>
  readonly trace: string
}

export interface Exploration {
  readonly template: string
  readonly seed: number
  /** Boundaries at which the first daemon can die. */
  readonly boundaries: number
  /** Runs with one crash, and with a second one during the recovery from the first. */
  readonly single: number
  readonly nested: number
  readonly failures: ReadonlyArray<CrashFailure>
}

export interface ExploreOptions {
  readonly seed?: number
  /** Depth 2: every boundary of every recovery as well. */
  readonly nested?: boolean
  readonly planted?: PlantedBug
  readonly progress?: (done: number, of: number) => void
}

/** Answers after all crash points, with every failure: one does not hide the next. */
export const explore = async (
  template: Template,
  options: ExploreOptions = {},
): Promise<Exploration> => {
  const { seed = 1, nested = false, planted, progress } = options
  const failures: CrashFailure[] = []
  const run = async (point: CrashPoint): Promise<RunResult> => {
    const { first, second } = point
    const crash = first === undefined ? noCrash : crashAt(first, second)
    const bug = planted === undefined ? {} : { planted }
    const result = await runScenario(template, { seed, crash, ...bug })
    const { violations, trace } = result
    if (violations.length > 0) failures.push({ ...point, violations, trace })
    return result
  }
  const { boundaries } = await run({})
  const count = { single: 0, nested: 0 }
  for (let first = 1; first <= boundaries; first += 1) {
    const { recoveryBoundaries } = await run({ first })
    count.single += 1
    for (let second = 1; nested && second <= recoveryBoundaries; second += 1) {
      await run({ first, second })
      count.nested += 1
    }
    progress?.(first, boundaries)
  }
  return { template: template.name, seed, boundaries, ...count, failures }
}
