/** Two rules of a platform team, as an example: copy this file, change the rules, run it in CI. */
import type { Container } from '../../domain/container/state.ts'
import type { Rule } from './rule.ts'

const goodRunMs = 10_000

/** A run of ten seconds, or one that ended well, begins a new count. */
const ranWell = (container: Container | undefined): boolean => {
  const run = container?.lastRun
  if (run === undefined || run === null) return false
  const endedWell = run.exit._tag === 'KnownExit' && run.exit.code === 0
  const { started, ended } = run
  const isOneBoot = started !== null && started.boot === ended.boot
  return endedWell || (isOneBoot && ended.monoMs - started.monoMs >= goodRunMs)
}

/** "A container with on-failure:3 is not started a fifth time: once, and three times again." */
export const fourStartsAtMost: Rule = () => {
  const startsInARow = new Map<string, number>()
  return ({ event, before }) => {
    if (event._tag !== 'ContainerStartRequested') return []
    const policy = before.container?.host.RestartPolicy
    if (policy?.Name !== 'on-failure' || policy.MaximumRetryCount !== 3) return []
    const isAnew = event.cause !== 'policy' || ranWell(before.container)
    const starts = isAnew ? 1 : (startsInARow.get(event.id) ?? 0) + 1
    startsInARow.set(event.id, starts)
    return starts > 4 ? [`${event.id} is started ${starts} times in a row`] : []
  }
}

/** "No container of label tier=db is removed while it runs." */
export const databasesAreStoppedFirst: Rule =
  () =>
  ({ event, before, host }) => {
    const container = before.container
    if (event._tag !== 'ContainerRemoved' || container?.process.Labels['tier'] !== 'db') return []
    const lives = host.living(event.id).some(({ role }) => role === 'init')
    return lives || container.phase._tag === 'Running'
      ? [`database ${event.id} is removed while it runs`]
      : []
  }
