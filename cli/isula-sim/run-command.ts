/** `isula-sim run`: many seeds, a progress bar, a report, an exit code. */
import { faultKinds } from '../../simulator/faults/fault-kinds.ts'
import { sentenceOf } from '../../properties/rules/invariants.ts'
import { writeTo, type ExitCode, type Output } from './output.ts'
import { progressOf } from './progress.ts'
import { drawFlags, type Request } from './request.ts'
import { runSeeds } from './seed-pool.ts'
import type { SeedReport } from './seed-run.ts'

type RunRequest = Extract<Request, { readonly _tag: 'Run' }>

const hourMs = 3_600_000

/** Sums over all seeds so far. */
class Tally {
  done = 0
  ranTwice = 0
  readonly failed: SeedReport[] = []
  readonly sums = { simulatedMs: 0, commands: 0, effects: 0, events: 0, hostFaults: 0 }
  readonly kinds: Record<string, number> = {}
  readonly recoveries: Record<string, number> = {}
  readonly #startedMs = performance.now()

  add(report: SeedReport): void {
    const { sums } = this
    this.done += 1
    if (report.ranTwice) this.ranTwice += 1
    if (report.violations.length > 0) this.failed.push(report)
    sums.simulatedMs += report.simulatedMs
    sums.commands += report.commands
    sums.effects += report.effects
    sums.events += report.events
    sums.hostFaults += report.hostFaults
    for (const [kind, n] of Object.entries(report.kinds))
      this.kinds[kind] = (this.kinds[kind] ?? 0) + n
    for (const branch of report.recoveries)
      this.recoveries[branch] = (this.recoveries[branch] ?? 0) + 1
  }

  get seconds(): number {
    return (performance.now() - this.#startedMs) / 1_000
  }

  get hours(): number {
    return this.sums.simulatedMs / hourMs
  }

  get hoursPerMinute(): number {
    return (this.hours / this.seconds) * 60
  }

  perSecond(count: number): number {
    return Math.round(count / this.seconds)
  }
}

const replayOf = (request: RunRequest, seed: number): string =>
  `isula-sim replay ${seed}${drawFlags(request)}`

const neverFired = ({ kinds }: RunRequest, tally: Tally): ReadonlyArray<string> =>
  (kinds ?? Object.keys(faultKinds)).filter((kind) => tally.kinds[kind] === undefined)

/** Processes report in any order; the report has one. */
const sorted = (counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))

const jsonOf = (request: RunRequest, tally: Tally): string => {
  const { seeds, from, hours, kinds, planted, jobs } = request
  const { failed, sums, ranTwice, seconds, hoursPerMinute } = tally
  const { simulatedMs, ...counts } = sums
  const report = {
    held: failed.length === 0,
    asked: { seeds, from, hours, faults: kinds ?? 'all', planted: planted ?? null, jobs },
    failed: [...failed]
      .sort((a, b) => a.seed - b.seed)
      .map(({ seed, violations }) => ({ seed, violations, replay: replayOf(request, seed) })),
    totals: { simulatedHours: simulatedMs / hourMs, ...counts, ranTwice, seconds, hoursPerMinute },
    faultKinds: sorted(tally.kinds),
    neverFired: neverFired(request, tally),
    recoveries: sorted(tally.recoveries),
  }
  return `${JSON.stringify(report, undefined, 2)}\n`
}

const failureText = (request: RunRequest, { seed, violations }: SeedReport): string => {
  const [first] = violations
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : ''
  const said = first === undefined ? '' : sentenceOf(first)
  return `seed ${seed} broke ${said}${more}\n  again: ${replayOf(request, seed)}`
}

const summaryText = (request: RunRequest, tally: Tally): string => {
  const { sums, failed, hours, hoursPerMinute } = tally
  const silent = neverFired(request, tally)
  const rate = (count: number): number => tally.perSecond(count)
  return [
    `${tally.done} seeds, ${hours.toFixed(1)} simulated hours in ${tally.seconds.toFixed(1)} s` +
      ` (${Math.round(hoursPerMinute)} hours per minute), ${tally.ranTwice} seeds run twice`,
    `per second: ${rate(sums.commands)} commands, ${rate(sums.effects)} effects,` +
      ` ${rate(sums.hostFaults)} faults, ${rate(sums.events)} events`,
    ...(silent.length === 0 ? [] : [`never fired: ${silent.join(' ')}`]),
    failed.length === 0 ? 'every invariant held' : `${failed.length} seed(s) broke an invariant`,
    '',
  ].join('\n')
}

/** `entry`: the program's own file, for worker processes. */
export const runCommand = async (
  request: RunRequest,
  output: Output,
  entry: string,
): Promise<ExitCode> => {
  const tally = new Tally()
  const progress = progressOf(request.seeds, output)
  const reported = (report: SeedReport): void => {
    tally.add(report)
    if (report.violations.length > 0) progress.line(failureText(request, report))
    const left = Math.ceil((tally.seconds / tally.done) * (request.seeds - tally.done))
    const rate = Math.round(tally.hoursPerMinute)
    progress.show(tally.done, `${tally.failed.length} failed  ${rate} h/min  ${left} s left`)
  }
  try {
    await runSeeds(request, request, { entry, reported })
  } finally {
    progress.end()
  }
  if (request.json !== '-') output.out(summaryText(request, tally))
  if (request.json !== undefined) await writeTo(output, request.json, jsonOf(request, tally))
  return tally.failed.length === 0 ? 0 : 1
}
