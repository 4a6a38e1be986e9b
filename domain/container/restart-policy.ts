/** When a container is started again after its end (spec 96, C.5). */
import { shownExitCode } from '../ports/exit-record.ts'
import type { Now } from '../time.ts'
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

/**
 * The end is stamped when it is recorded: after a time without the daemon that is later than the
 * exit itself, whose wall time the monitor wrote down. It is believed where it makes the run
 * shorter, as far as that is possible at all; the wall clock may have been set meanwhile.
 */
const ranMs = (started: Now, ended: Now): number => {
  const longest = ended.monoMs - started.monoMs
  const told = ended.wallMs - started.wallMs
  return told >= 0 && told < longest ? told : longest
}

const wasGoodRun = ({ started, ended }: LastRun): boolean =>
  started !== null && started.boot === ended.boot && ranMs(started, ended) >= goodRunMs

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
