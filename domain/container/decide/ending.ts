/** Decides what follows the end of an incarnation: exit facts, failed starts, policies, removal. */
import type { CommandOf } from '../../command.ts'
import { accept, nothing, type CommandContext, type Decision } from '../../decision.ts'
import type { ContainerEvent } from '../events.ts'
import { deadlineIn, hasPassed } from '../../time.ts'
import { evolveContainer } from '../evolve.ts'
import { firstDelayMs, nextRestart, type Restart } from '../restart-policy.ts'
import type { Container, Running } from '../state.ts'
import { startRequested } from './start-stop.ts'
import { settledUpdate } from './update.ts'

const scheduled = (c: Container, restart: Restart, context: CommandContext): ContainerEvent => ({
  _tag: 'ContainerRestartScheduled',
  v: 1,
  id: c.id,
  delayMs: restart.delayMs,
  at: deadlineIn(context.now, restart.delayMs),
  count: restart.count,
  reason: restart.reason,
})

const autoRemoval = (c: Container, context: CommandContext): ContainerEvent => ({
  _tag: 'ContainerRemoveRequested',
  v: 1,
  id: c.id,
  operation: context.operation,
  cause: 'autoRemove',
  volumes: true,
})

/** What the policies of `ended` (the state after its end) demand; only a user's stop suppresses. */
const consequences = (
  ended: Container | undefined,
  context: CommandContext,
): ReadonlyArray<ContainerEvent> => {
  if (ended === undefined || ended.lastRun === null) return []
  if (ended.host.AutoRemove) return [autoRemoval(ended, context)]
  if (ended.stoppedByUser) return []
  const restart = nextRestart(ended, ended.lastRun)
  return restart === undefined ? [] : [scheduled(ended, restart, context)]
}

/** Intents on the ended process get their outcome with its exit (W4). */
const overtaken = (c: Container, phase: Running): ReadonlyArray<ContainerEvent> => {
  const gone = { errno: 'ESRCH', error: 'the container exited first' }
  const signals = phase.signals.map((s): ContainerEvent => ({
    _tag: 'ContainerSignalFailed',
    v: 1,
    id: c.id,
    operation: s.operation,
    ...gone,
  }))
  const { freezer } = phase
  if (freezer._tag === 'Freezing')
    return [
      ...signals,
      { _tag: 'ContainerPauseFailed', v: 1, id: c.id, operation: freezer.operation, ...gone },
    ]
  if (freezer._tag === 'Thawing')
    return [
      ...signals,
      { _tag: 'ContainerUnpauseFailed', v: 1, id: c.id, operation: freezer.operation, ...gone },
    ]
  return signals
}

type ObserveExit = CommandOf<'ObserveExit'>

/** With its update made: the policies that follow are those that the client was promised. */
const settled = (
  c: Container,
  context: CommandContext,
): readonly [Container, ReadonlyArray<ContainerEvent>] => {
  const events = settledUpdate(c)
  const after = events.reduce<Container | undefined>(
    (one, event) => evolveContainer(one, event, context.now),
    c,
  )
  return [after ?? c, events]
}

const exitedEvent = (
  command: ObserveExit,
  cause: Extract<ContainerEvent, { _tag: 'ContainerExited' }>['cause'],
): ContainerEvent => ({
  _tag: 'ContainerExited',
  v: 1,
  id: command.id,
  attempt: command.attempt,
  exit: command.exit,
  oomKilled: command.oomKilled,
  cause,
})

const exitOfRunning = (
  c: Container,
  phase: Running,
  command: ObserveExit,
  context: CommandContext,
): Decision => {
  const stop = phase.stop
  const cause = command.reboot ? 'reboot' : stop !== null ? 'stop' : 'itself'
  const exited = exitedEvent(command, cause)
  const [updated, update] = settled(c, context)
  const ended = evolveContainer(updated, exited, context.now)
  const restart = stop?.restart ?? null
  const next =
    restart !== null && ended !== undefined
      ? [startRequested(ended, { operation: restart, cause: 'restart', timeoutMs: null }, context)]
      : consequences(ended, context)
  return accept([...update, ...overtaken(c, phase), exited, ...next])
}

export const decideExit = (
  c: Container,
  command: ObserveExit,
  context: CommandContext,
): Decision => {
  const phase = c.phase
  if (phase._tag === 'Running' && phase.attempt === command.attempt)
    return exitOfRunning(c, phase, command, context)
  if (phase._tag === 'Removing' && phase.processes !== null && c.attempt === command.attempt)
    return accept([exitedEvent(command, command.reboot ? 'reboot' : 'removal')])
  // While starting, the answer of the start decides; the exit is observed again after it.
  return nothing
}

/** Exit codes of failed starts, by the runtime's text (spec 22 section 2, spec 96 C.6). */
export const startFailureCode = (errno: string, error: string): number => {
  if (/executable file .*not found|no such file or directory|not a directory/i.test(error))
    return 127
  if (/permission denied|is a directory|exec format error/i.test(error)) return 126
  return errno === 'ERUNTIME' ? 128 : 125
}

const startFailed = (
  c: Container,
  failure: { readonly errno: string; readonly error: string },
  context: CommandContext,
): Decision => {
  if (c.phase._tag !== 'Starting') return nothing
  const { operation, attempt, cause } = c.phase
  const event: ContainerEvent = {
    _tag: 'ContainerStartFailed',
    v: 1,
    id: c.id,
    operation,
    attempt,
    ...failure,
    exitCode: startFailureCode(failure.errno, failure.error),
  }
  const [updated, update] = settled(c, context)
  const ended = evolveContainer(updated, event, context.now)
  // A client is told of its own failed start; the policy goes on with its own attempts.
  const byPolicy = cause === 'policy' || failure.errno === 'EREBOOT'
  const removes = c.host.AutoRemove && cause === 'user'
  return accept([...update, event, ...(byPolicy || removes ? consequences(ended, context) : [])])
}

export const decideStartFailed = (
  c: Container,
  command: CommandOf<'RecordStartFailed'>,
  context: CommandContext,
): Decision =>
  c.phase._tag === 'Starting' && c.phase.attempt === command.attempt
    ? startFailed(c, { errno: command.errno, error: command.error }, context)
    : nothing

export const decideExpireStart = (
  c: Container,
  command: CommandOf<'ExpireStart'>,
  context: CommandContext,
): Decision => {
  const phase = c.phase
  const late =
    phase._tag === 'Starting' &&
    phase.attempt === command.attempt &&
    phase.deadline !== null &&
    hasPassed(phase.deadline, context.now)
  return late
    ? startFailed(c, { errno: 'ETIMEDOUT', error: 'start timeout expired' }, context)
    : nothing
}

export const decideStartByPolicy = (
  c: Container,
  command: CommandOf<'StartByPolicy'>,
  context: CommandContext,
): Decision => {
  const phase = c.phase
  if (phase._tag !== 'Exited' || phase.restart === null) return nothing
  if (!hasPassed(phase.restart.at, context.now)) return nothing
  const { timeoutMs } = command
  return accept([
    startRequested(c, { operation: context.operation, cause: 'policy', timeoutMs }, context),
  ])
}

/** A daemon start starts `always` containers again, also those that the user had stopped (C.5). */
export const decideDaemonStartPolicy = (c: Container, context: CommandContext): Decision => {
  const phase = c.phase
  if (phase._tag !== 'Exited' || phase.restart !== null) return nothing
  if (c.host.RestartPolicy.Name !== 'always' || !c.stoppedByUser) return nothing
  const restart = { delayMs: firstDelayMs, count: 1, reason: 'policy always, daemon start' }
  return accept([scheduled(c, restart, context)])
}
