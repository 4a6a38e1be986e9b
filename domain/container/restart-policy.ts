/** When a container is started again after its end (spec 96, C.5). */
import { shownExitCode } from '../ports/exit-record.ts'
import type { Container, LastRun } from './state.ts'

/** Back-off in ms: 100, doubled each time, at most one minute; anew after a run of 10 s. */
export const firstDelayMs = 100
const longestDelayMs = 60_000
const goodRunMs = 10_000

export interface Restart {
  readonly delayMs: number
  readonly count: number
  readonly reason: string
}

const wasGoodRun = (run: LastRun): boolean =>
  run.started !== null &&
  run.started.boot === run.ended.boot &&
  run.ended.monoMs - run.started.monoMs >= goodRunMs

/** An unknown exit counts as a failure. */
const failedRun = (run: LastRun): boolean => run.exit._tag === 'UnknownExit' || run.exit.code !== 0

const wanted = (c: Container, run: LastRun, streak: number): string | undefined => {
  const policy = c.host.RestartPolicy
  const code = shownExitCode(run.exit)
  switch (policy.Name) {
    case 'no':
      return undefined
    case 'always':
    case 'unless-stopped':
      return `policy ${policy.Name}`
    case 'on-failure': {
      const left = policy.MaximumRetryCount === 0 || streak < policy.MaximumRetryCount
      return failedRun(run) && left ? `policy on-failure, exit code ${code}` : undefined
    }
    case 'on-reboot':
      return run.exit._tag === 'KnownExit' && code === 129 ? 'policy on-reboot' : undefined
  }
}

/** The restart that follows the end of `run`, if any. The user's own stop is not asked here. */
export const nextRestart = (c: Container, run: LastRun): Restart | undefined => {
  const fresh = wasGoodRun(run) || !failedRun(run)
  const streak = fresh ? 0 : c.streak
  const reason = wanted(c, run, streak)
  if (reason === undefined) return undefined
  const delayMs =
    wasGoodRun(run) || c.lastDelayMs === 0
      ? firstDelayMs
      : Math.min(c.lastDelayMs * 2, longestDelayMs)
  return { delayMs, count: streak + 1, reason }
}
