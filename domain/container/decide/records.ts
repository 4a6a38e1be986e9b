/** Decides the engine's own records: outcomes of effects and observations of the host. */
import type { CommandOf } from '../../command.ts'
import { accept, nothing, resolveNow, type Decision } from '../../decision.ts'
import type { DomainEvent } from '../../event.ts'
import type { ExecId, OperationId } from '../../identity.ts'
import { done } from '../../outcome.ts'
import type { ContainerEvent } from '../events.ts'
import type { Container, Delay } from '../state.ts'

export const decideCreated = (c: Container): Decision =>
  c.phase._tag === 'Creating' && !c.phase.awaiting
    ? accept([{ _tag: 'ContainerCreated', v: 1, id: c.id, operation: c.phase.operation }])
    : nothing

export const decideCreateFailed = (
  c: Container,
  command: CommandOf<'RecordCreateFailed'>,
): Decision =>
  c.phase._tag === 'Creating'
    ? accept([
        {
          _tag: 'ContainerCreateFailed',
          v: 1,
          id: c.id,
          operation: c.phase.operation,
          errno: command.errno,
          error: command.error,
        },
      ])
    : nothing

export const decideLaunched = (c: Container, command: CommandOf<'RecordLaunched'>): Decision =>
  c.phase._tag === 'Starting' && c.phase.attempt === command.attempt && c.phase.processes === null
    ? accept([
        {
          _tag: 'ContainerLaunched',
          v: 1,
          id: c.id,
          attempt: command.attempt,
          processes: command.launched,
        },
      ])
    : nothing

export const decideStarted = (c: Container, command: CommandOf<'RecordStarted'>): Decision =>
  c.phase._tag === 'Starting' && c.phase.attempt === command.attempt && c.phase.processes !== null
    ? accept([
        {
          _tag: 'ContainerStarted',
          v: 1,
          id: c.id,
          operation: c.phase.operation,
          attempt: command.attempt,
        },
      ])
    : nothing

export const decideMonitorLost = (
  c: Container,
  command: CommandOf<'ObserveMonitorLost'>,
): Decision =>
  c.phase._tag === 'Running' && c.phase.attempt === command.attempt && !c.phase.monitorLost
    ? accept([{ _tag: 'ContainerMonitorLost', v: 1, id: c.id, attempt: command.attempt }])
    : nothing

export const decideOom = (c: Container, command: CommandOf<'ObserveOom'>): Decision =>
  c.phase._tag === 'Running' && c.phase.attempt === command.attempt && !c.oomSeen
    ? accept([{ _tag: 'ContainerOomObserved', v: 1, id: c.id, attempt: command.attempt }])
    : nothing

/** Execs that left no exit record by the time their container is cleared end as unknown. */
const endedExecs = (c: Container, wallMs: number): ReadonlyArray<ContainerEvent> =>
  Object.keys(c.execs).map((exec) => ({
    _tag: 'ContainerExecEnded',
    v: 1,
    id: c.id,
    exec: exec as ExecId,
    exit: {
      _tag: 'UnknownExit',
      lastAliveWallMs: c.lastRun?.started?.wallMs ?? c.created.wallMs,
      firstDeadWallMs: wallMs,
      reason: 'the container ended and the exec left no exit record',
    },
  }))

export const decideReleased = (
  c: Container,
  command: CommandOf<'RecordReleased'>,
  wallMs: number,
): Decision =>
  c.unreleased === command.attempt && c.phase._tag !== 'Removing'
    ? accept([
        ...endedExecs(c, wallMs),
        { _tag: 'ContainerReleased', v: 1, id: c.id, attempt: command.attempt },
      ])
    : nothing

/** Journalled when the errno changes or the number of tries has doubled, never for each try. */
export const isNews = (
  before: Delay | null,
  now: { readonly errno: string; readonly tries: number },
): boolean => before === null || before.errno !== now.errno || now.tries >= 2 * before.tries

export const decideReleaseDelayed = (
  c: Container,
  command: CommandOf<'RecordReleaseDelayed'>,
): Decision =>
  c.unreleased === command.attempt && c.phase._tag !== 'Removing' && isNews(c.releaseDelay, command)
    ? accept([
        {
          _tag: 'ContainerReleaseDelayed',
          v: 1,
          id: c.id,
          attempt: command.attempt,
          errno: command.errno,
          error: command.error,
          tries: command.tries,
        },
      ])
    : nothing

const hasSignal = (c: Container, operation: string): boolean =>
  c.phase._tag === 'Running' && c.phase.signals.some((s) => s.operation === operation)

export const decideSignalled = (c: Container, command: CommandOf<'RecordSignalled'>): Decision =>
  hasSignal(c, command.operation)
    ? accept([
        {
          _tag: 'ContainerSignalled',
          v: 1,
          id: c.id,
          operation: command.operation as OperationId,
        },
      ])
    : nothing

export const decideSignalFailed = (
  c: Container,
  command: CommandOf<'RecordSignalFailed'>,
): Decision =>
  hasSignal(c, command.operation)
    ? accept([
        {
          _tag: 'ContainerSignalFailed',
          v: 1,
          id: c.id,
          operation: command.operation as OperationId,
          errno: command.errno,
          error: command.error,
        },
      ])
    : nothing

export const decideAbandonStop = (c: Container, command: CommandOf<'AbandonStop'>): Decision => {
  const stop = c.phase._tag === 'Running' ? c.phase.stop : null
  const operation = stop?.operations[0]
  return operation === undefined
    ? nothing
    : accept([
        {
          _tag: 'ContainerStopAbandoned',
          v: 1,
          id: c.id,
          operation,
          reason: command.reason,
        },
      ])
}

type FreezerRecord = CommandOf<
  'RecordFrozen' | 'RecordFreezeFailed' | 'RecordThawed' | 'RecordThawFailed'
>

export const decideFreezer = (c: Container, command: FreezerRecord): Decision => {
  const freezer = c.phase._tag === 'Running' ? c.phase.freezer : undefined
  if (freezer?._tag === 'Freezing') {
    const base = { v: 1, id: c.id, operation: freezer.operation } as const
    if (command._tag === 'RecordFrozen') return accept([{ _tag: 'ContainerPaused', ...base }])
    if (command._tag === 'RecordFreezeFailed')
      return accept([
        { _tag: 'ContainerPauseFailed', ...base, errno: command.errno, error: command.error },
      ])
  }
  if (freezer?._tag === 'Thawing') {
    const base = { v: 1, id: c.id, operation: freezer.operation } as const
    if (command._tag === 'RecordThawed') return accept([{ _tag: 'ContainerUnpaused', ...base }])
    if (command._tag === 'RecordThawFailed')
      return accept([
        { _tag: 'ContainerUnpauseFailed', ...base, errno: command.errno, error: command.error },
      ])
  }
  return nothing
}

/** `released`: what nobody else needs goes in the same batch. */
export const decideRemoved = (c: Container, released: ReadonlyArray<DomainEvent>): Decision =>
  c.phase._tag === 'Removing'
    ? accept([{ _tag: 'ContainerRemoved', v: 1, id: c.id }, ...released])
    : nothing

export const decideRemoveDelayed = (
  c: Container,
  command: CommandOf<'RecordRemoveDelayed'>,
): Decision =>
  c.phase._tag === 'Removing' && isNews(c.phase.delay, command)
    ? accept([
        {
          _tag: 'ContainerRemoveDelayed',
          v: 1,
          id: c.id,
          errno: command.errno,
          error: command.error,
          tries: command.tries,
        },
      ])
    : nothing

/** A detached exec is answered once it runs; that needs no event, the host can be asked again. */
export const decideExecLaunched = (
  c: Container,
  command: CommandOf<'RecordExecLaunched'>,
): Decision => {
  const exec = c.execs[command.exec]
  return exec !== undefined && exec.detached ? resolveNow(exec.operation, done) : nothing
}

export const decideExecEnd = (
  c: Container,
  command: CommandOf<'ObserveExecExit' | 'RecordExecFailed'>,
): Decision => {
  if (c.execs[command.exec] === undefined) return nothing
  const base = { v: 1, id: c.id, exec: command.exec } as const
  return command._tag === 'ObserveExecExit'
    ? accept([{ _tag: 'ContainerExecEnded', ...base, exit: command.exit }])
    : accept([
        {
          _tag: 'ContainerExecFailed',
          ...base,
          errno: command.errno,
          error: command.error,
        },
      ])
}
