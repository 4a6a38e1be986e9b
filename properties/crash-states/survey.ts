/** Traces workloads, explores each and adds up what came of it. */
import { survivableModels, type CrashModel } from '../../journal/crash-states/models.ts'
import { explore, type Explored, type Violation } from './explore.ts'
import { inScratch } from './scratch.ts'
import type { TraceItem } from './strace-log.ts'
import { traced, type Traced } from './trace.ts'

export interface Effort {
  readonly models?: ReadonlyArray<CrashModel>
  readonly cuts: number
  readonly garbages: number
  readonly seed: number
  readonly every?: number
  readonly reopenEvery: number
  /** Leaves out crash points within a run of writes. */
  readonly wholeRuns?: boolean
  /** Changes a trace before it is explored: what would be lost without one of our syncs? */
  readonly change?: (items: ReadonlyArray<TraceItem>) => ReadonlyArray<TraceItem>
}

export const exploreTrace = (
  { workload, items }: Traced,
  effort: Effort,
  scratch: string,
): Promise<Explored> =>
  explore({
    workload,
    items: effort.change?.(items) ?? items,
    models: effort.models ?? survivableModels,
    sampling: { cuts: effort.cuts, garbages: effort.garbages, seed: effort.seed },
    wholeRuns: effort.wholeRuns ?? false,
    every: effort.every ?? 1,
    reopenEvery: effort.reopenEvery,
    scratch,
  })

/** `onExplored` hears of each workload as it ends. */
export const survey = (
  workloads: ReadonlyArray<string>,
  effort: Effort,
  onExplored: (explored: Explored) => void = () => undefined,
): Promise<ReadonlyArray<Explored>> =>
  traced(workloads, (traces) =>
    inScratch(async (scratch) => {
      const all: Array<Explored> = []
      for (const trace of traces) {
        const explored = await exploreTrace(trace, effort, scratch)
        onExplored(explored)
        all.push(explored)
      }
      return all
    }),
  )

const sum = (all: ReadonlyArray<Explored>, of: (one: Explored) => number): number =>
  all.reduce((total, one) => total + of(one), 0)

export const totals = (all: ReadonlyArray<Explored>) => ({
  points: sum(all, (e) => e.points),
  states: sum(all, (e) => e.states),
  directories: sum(all, (e) => e.directories),
  toldCuts: sum(all, (e) => e.toldCuts),
  violations: all.flatMap((e) => e.violations),
})

export const totalsText = (all: ReadonlyArray<Explored>): string => {
  const { points, states, directories, toldCuts, violations } = totals(all)
  return (
    `${states} crash states after ${points} operations: ${directories} distinct directories ` +
    `opened, ${toldCuts} states with a cut tail that was told, ${violations.length} violations`
  )
}

export const violationText = ({ workload, model, state, violations }: Violation): string =>
  `${workload}, ${model}, after ${state}: ${violations.join('; ')}`
