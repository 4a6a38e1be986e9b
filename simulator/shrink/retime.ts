/** Plans in which idle time is left out: faults of the whole host strike at their own times. */
import { nemesisEveryMs } from '../faults/nemesis.ts'
import type { PlacedFault, SimulationPlan } from '../plan/plan.ts'

/** The site whose n-th visit is a point in time, not the n-th of something that happens. */
const hostSite = 'host'
const hourMs = 3_600_000

const atMsOf = (fault: PlacedFault): number => (fault.occurrence - 1) * nemesisEveryMs

const listedOf = ({ faults }: SimulationPlan): ReadonlyArray<PlacedFault> =>
  faults._tag === 'Listed' ? faults.faults : []

/** When something happens from outside, in order (ms). */
const momentsOf = (plan: SimulationPlan): ReadonlyArray<number> => {
  const strikes = listedOf(plan).filter(({ site }) => site === hostSite)
  const moments = [...plan.commands.map(({ atMs }) => atMs), ...strikes.map(atMsOf)]
  return [0, ...new Set(moments)].sort((a, b) => a - b)
}

/** Everything from `fromMs` on happens earlier by so many turns of the host. */
const earlierBy = (plan: SimulationPlan, fromMs: number, turns: number): SimulationPlan => {
  const { faults } = plan
  return {
    ...plan,
    hours: Math.max(0, plan.hours - (turns * nemesisEveryMs) / hourMs),
    commands: plan.commands.map((one) =>
      one.atMs < fromMs ? one : { ...one, atMs: one.atMs - turns * nemesisEveryMs },
    ),
    faults:
      faults._tag === 'Swarm'
        ? faults
        : {
            ...faults,
            faults: faults.faults.map((fault) =>
              fault.site !== hostSite || atMsOf(fault) < fromMs
                ? fault
                : { ...fault, occurrence: fault.occurrence - turns },
            ),
          },
  }
}

interface Gap {
  readonly untilMs: number
  readonly turns: number
}

const gapsOf = (plan: SimulationPlan): ReadonlyArray<Gap> => {
  const moments = momentsOf(plan)
  return moments.flatMap((untilMs, i) => {
    const turns = Math.floor((untilMs - (moments[i - 1] ?? 0)) / nemesisEveryMs)
    return turns > 0 ? [{ untilMs, turns }] : []
  })
}

/** All idle time at once, then each gap of its own, whole and by half. */
export const withoutIdleTime = (plan: SimulationPlan): ReadonlyArray<SimulationPlan> => {
  const gaps = gapsOf(plan)
  const latestFirst = [...gaps].reverse()
  const all = latestFirst.reduce((p, { untilMs, turns }) => earlierBy(p, untilMs, turns), plan)
  return [
    ...(gaps.length > 1 ? [all] : []),
    ...latestFirst.flatMap(({ untilMs, turns }) => [
      earlierBy(plan, untilMs, turns),
      ...(turns > 1 ? [earlierBy(plan, untilMs, Math.ceil(turns / 2))] : []),
    ]),
  ]
}

/** So early a visit is reached by a few commands. */
const earlyVisits = 8

/** One fault alone, at an early visit of its site: what it does may need nothing before it. */
export const oneEarlyFault = (plan: SimulationPlan): ReadonlyArray<SimulationPlan> =>
  listedOf(plan).flatMap((fault) =>
    Array.from({ length: earlyVisits }, (_, i) => ({
      ...plan,
      faults: { _tag: 'Listed' as const, faults: [{ ...fault, occurrence: i + 1 }] },
    })),
  )

/** Without a command its visits are missing, too: later faults of a site move with them. */
export const withoutVisits = (plan: SimulationPlan): ReadonlyArray<SimulationPlan> => {
  const counted = listedOf(plan).filter(
    ({ site, occurrence }) => site !== hostSite && occurrence > 1,
  )
  return plan.commands.flatMap((_, at) =>
    counted.flatMap((moved) =>
      Array.from({ length: Math.min(earlyVisits, moved.occurrence - 1) }, (__, i) => ({
        ...plan,
        commands: plan.commands.filter((___, other) => other !== at),
        faults: {
          _tag: 'Listed' as const,
          faults: listedOf(plan).map((fault) =>
            fault.site === moved.site && fault.occurrence >= moved.occurrence
              ? { ...fault, occurrence: fault.occurrence - i - 1 }
              : fault,
          ),
        },
      })),
    ),
  )
}
