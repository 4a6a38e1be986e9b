/** The restart policies of spec 96 (C.5) as a second opinion: from causes to the next action. */
import type { RestartPolicy } from '../../domain/container/config.ts'

export interface EndedRun {
  readonly code: number | 'unknown'
  /** ms on the monotonic clock; undefined where it never ran or a reboot lies between. */
  readonly ranMs: number | undefined
  readonly stoppedByUser: boolean
  readonly autoRemove: boolean
}

export interface PolicyMemory {
  /** Consecutive restarts after failures. */
  readonly retries: number
  readonly delayMs: number
}

export type NextAction =
  | { readonly _tag: 'Stay' }
  | { readonly _tag: 'Remove' }
  | { readonly _tag: 'Restart'; readonly delayMs: number }

const first = 100
const minute = 60_000
const tenSeconds = 10_000

const restarts = (policy: RestartPolicy, run: EndedRun, retries: number): boolean => {
  if (policy.Name === 'always' || policy.Name === 'unless-stopped') return true
  if (policy.Name === 'on-reboot') return run.code === 129
  if (policy.Name !== 'on-failure' || run.code === 0) return false
  return policy.MaximumRetryCount === 0 || retries < policy.MaximumRetryCount
}

export const nextAction = (
  policy: RestartPolicy,
  run: EndedRun,
  memory: PolicyMemory,
): { readonly action: NextAction; readonly memory: PolicyMemory } => {
  const good = run.ranMs !== undefined && run.ranMs >= tenSeconds
  const retries = good || run.code === 0 ? 0 : memory.retries
  if (run.autoRemove) return { action: { _tag: 'Remove' }, memory }
  if (run.stoppedByUser || !restarts(policy, run, retries))
    return { action: { _tag: 'Stay' }, memory }
  const delayMs = good || memory.delayMs === 0 ? first : Math.min(2 * memory.delayMs, minute)
  return { action: { _tag: 'Restart', delayMs }, memory: { retries: retries + 1, delayMs } }
}
