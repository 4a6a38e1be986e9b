/** Decides start, stop, restart and kill. */
import { absurd } from '../../absurd.ts'
import type { CommandOf } from '../../command.ts'
import {
  accept,
  join,
  nothing,
  refuse,
  type CommandContext,
  type Decision,
} from '../../decision.ts'
import type { OperationId } from '../../identity.ts'
import type { ContainerAction } from '../../refusal.ts'
import { deadlineIn, type Deadline } from '../../time.ts'
import type { ContainerEventOf, StartCause } from '../events.ts'
import { statusWord, type Container, type Running, type Stop } from '../state.ts'

const sigkill = 9

export const wrongState = (c: Container, action: ContainerAction): Decision =>
  refuse({ _tag: 'WrongState', id: c.id, action, state: statusWord(c) })

interface StartParameters {
  readonly operation: OperationId
  readonly cause: StartCause
  readonly timeoutMs: number | null
}

export const startRequested = (
  c: Container,
  p: StartParameters,
  context: CommandContext,
): ContainerEventOf<'ContainerStartRequested'> => ({
  _tag: 'ContainerStartRequested',
  v: 1,
  id: c.id,
  operation: p.operation,
  attempt: c.attempt + 1,
  cause: p.cause,
  deadline: p.timeoutMs === null ? null : deadlineIn(context.now, p.timeoutMs),
  joins: [],
})

const start = (c: Container, timeoutMs: number | null, context: CommandContext): Decision =>
  accept([startRequested(c, { operation: context.operation, cause: 'user', timeoutMs }, context)], {
    whenResolved: context.operation,
  })

export const decideStart = (
  c: Container,
  command: CommandOf<'StartContainer'>,
  context: CommandContext,
): Decision => {
  switch (c.phase._tag) {
    case 'Creating':
      return refuse({ _tag: 'CreateInProgress', id: c.id, action: 'start' })
    case 'Removing':
      return refuse({ _tag: 'RemovalInProgress', id: c.id, action: 'start' })
    case 'Created':
      return start(c, command.timeoutMs, context)
    case 'Exited':
      return c.phase.restart === null ? start(c, command.timeoutMs, context) : nothing
    case 'Starting': // Join the open operation: it may still fail.
      return join(c.phase.operation)
    case 'Running':
      return c.phase.freezer._tag === 'Thawed' ? nothing : wrongState(c, 'start')
    default:
      return absurd(c.phase)
  }
}

interface StopParameters {
  readonly action: 'stop' | 'kill' | 'restart'
  readonly signal: number
  readonly graceMs: number
}

const graceEnd = (p: StopParameters, context: CommandContext): Deadline | null =>
  p.graceMs < 0 ? null : deadlineIn(context.now, p.graceMs)

const stopRequested = (c: Container, p: StopParameters, context: CommandContext): Decision =>
  accept(
    [
      {
        _tag: 'ContainerStopRequested',
        v: 1,
        id: c.id,
        operation: context.operation,
        signal: p.signal,
        graceEnd: graceEnd(p, context),
        restart: p.action === 'restart',
      },
    ],
    { whenResolved: context.operation },
  )

/** A stop that would end the container no sooner than the open one adds nothing (D3). */
const addsNothing = (open: Stop, p: StopParameters, context: CommandContext): boolean => {
  if (p.action === 'restart' || open.restart !== null) return false
  const end = graceEnd(p, context)
  if (open.graceEnd === null) return end === null && p.signal === open.signal
  return end === null || end.boot !== open.graceEnd.boot || end.monoMs >= open.graceEnd.monoMs
}

const stopLive = (
  c: Container,
  phase: Pick<Running, 'stop'>,
  p: StopParameters,
  context: CommandContext,
): Decision => {
  const first = phase.stop?.operations[0]
  if (phase.stop !== null && first !== undefined && addsNothing(phase.stop, p, context))
    return join(first)
  return stopRequested(c, p, context)
}

const cancelRestart = (c: Container, by: string): Decision =>
  accept([{ _tag: 'ContainerRestartCancelled', v: 1, id: c.id, reason: `${by} by user` }])

export const decideStop = (
  c: Container,
  command: CommandOf<'StopContainer'>,
  context: CommandContext,
): Decision => {
  const p = { action: 'stop', signal: command.signal, graceMs: command.graceMs } as const
  switch (c.phase._tag) {
    case 'Creating':
    case 'Created':
      return nothing
    case 'Exited':
      return c.phase.restart === null ? nothing : cancelRestart(c, 'stop')
    case 'Removing':
      return join(c.phase.operation)
    case 'Starting':
      return stopLive(c, c.phase, p, context)
    case 'Running':
      return c.phase.freezer._tag === 'Thawed'
        ? stopLive(c, c.phase, p, context)
        : wrongState(c, 'stop')
    default:
      return absurd(c.phase)
  }
}

export const decideRestart = (
  c: Container,
  command: CommandOf<'RestartContainer'>,
  context: CommandContext,
): Decision => {
  const p = { action: 'restart', signal: command.signal, graceMs: command.graceMs } as const
  switch (c.phase._tag) {
    case 'Creating':
      return refuse({ _tag: 'CreateInProgress', id: c.id, action: 'restart' })
    case 'Removing':
      return refuse({ _tag: 'RemovalInProgress', id: c.id, action: 'restart' })
    case 'Created':
    case 'Exited':
      return start(c, command.timeoutMs, context)
    case 'Starting':
      return stopLive(c, c.phase, p, context)
    case 'Running':
      return c.phase.freezer._tag === 'Thawed'
        ? stopLive(c, c.phase, p, context)
        : wrongState(c, 'restart')
    default:
      return absurd(c.phase)
  }
}

const signalRunning = (c: Container, signal: number, context: CommandContext): Decision =>
  accept(
    [
      {
        _tag: 'ContainerSignalRequested',
        v: 1,
        id: c.id,
        operation: context.operation,
        signal,
      },
    ],
    { whenResolved: context.operation },
  )

export const decideKill = (
  c: Container,
  command: CommandOf<'KillContainer'>,
  context: CommandContext,
): Decision => {
  const p = { action: 'kill', signal: sigkill, graceMs: 0 } as const
  const phase = c.phase
  if (phase._tag === 'Removing')
    return refuse({ _tag: 'RemovalInProgress', id: c.id, action: 'kill' })
  if (phase._tag === 'Exited' && phase.restart !== null) return cancelRestart(c, 'kill')
  if (phase._tag === 'Starting')
    return command.signal === sigkill ? stopLive(c, phase, p, context) : wrongState(c, 'kill')
  if (phase._tag !== 'Running' || phase.freezer._tag !== 'Thawed') return wrongState(c, 'kill')
  return command.signal === sigkill
    ? stopLive(c, phase, p, context)
    : signalRunning(c, command.signal, context)
}
