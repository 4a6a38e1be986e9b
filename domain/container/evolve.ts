/** Folds one event into a container: pure, total, time only from the event's own stamp. */
import { absurd } from '../absurd.ts'
import { operationId, type CopyId, type ExecId, type OperationId } from '../identity.ts'
import { exitWallMs } from '../ports/exit-record.ts'
import type { Now } from '../time.ts'
import { freezingCopies, type Copy } from './copies.ts'
import type { ContainerEvent, ContainerEventOf } from './events.ts'
import type { Container, Exec, Phase, Running, Starting, Stop } from './state.ts'

/** The create has its outcome with its failure; who removes what is left waits for this one. */
const undoOf = (create: OperationId): OperationId => operationId(`${create}/undo`)

const withPhase = (c: Container, phase: Phase): Container => ({ ...c, phase })

const created = (e: ContainerEventOf<'ContainerCreateRequested'>, at: Now): Container => ({
  id: e.id,
  name: e.name,
  image: e.image,
  layers: e.layers,
  runtime: e.runtime,
  cgroupPath: e.cgroupPath,
  host: e.host,
  process: e.process,
  storage: e.storage,
  created: at,
  attempt: 0,
  restartCount: 0,
  streak: 0,
  lastDelayMs: 0,
  stoppedByUser: false,
  unreleased: null,
  releaseDelay: null,
  oomSeen: false,
  lastRun: null,
  execs: {},
  phase: {
    _tag: 'Creating',
    operation: e.operation,
    awaiting: e.storage.awaited.length > 0,
  },
})

const startRequested = (
  c: Container,
  e: ContainerEventOf<'ContainerStartRequested'>,
  at: Now,
): Container => ({
  ...c,
  attempt: e.attempt,
  oomSeen: false,
  stoppedByUser: false,
  streak: e.cause === 'policy' ? c.streak : 0,
  phase: {
    _tag: 'Starting',
    operation: e.operation,
    attempt: e.attempt,
    cause: e.cause,
    requested: at,
    deadline: e.deadline,
    joins: e.joins,
    processes: null,
    stop: null,
  },
})

const started = (c: Container, phase: Starting, at: Now): Container =>
  phase.processes === null
    ? c
    : withPhase(c, {
        _tag: 'Running',
        attempt: phase.attempt,
        processes: phase.processes,
        started: at,
        monitorLost: false,
        freezer: { _tag: 'Thawed' },
        stop: phase.stop,
        signals: [],
      })

const startFailed = (
  c: Container,
  e: ContainerEventOf<'ContainerStartFailed'>,
  at: Now,
): Container => ({
  ...c,
  unreleased: e.attempt,
  lastRun: {
    attempt: e.attempt,
    exit: { _tag: 'KnownExit', code: e.exitCode, wallMs: at.wallMs },
    oomKilled: false,
    cause: 'itself',
    started: null,
    ended: at,
    error: e.error,
  },
  phase: { _tag: 'Exited', attempt: e.attempt, restart: null },
})

const exited = (c: Container, e: ContainerEventOf<'ContainerExited'>, at: Now): Container => {
  const lastRun = {
    attempt: e.attempt,
    exit: e.exit,
    oomKilled: e.oomKilled,
    cause: e.cause,
    started: c.phase._tag === 'Running' ? c.phase.started : null,
    ended: { ...at, wallMs: exitWallMs(e.exit) },
    error: '',
  }
  return c.phase._tag === 'Removing'
    ? { ...c, lastRun, phase: { ...c.phase, processes: null } }
    : {
        ...c,
        lastRun,
        unreleased: e.attempt,
        phase: { _tag: 'Exited', attempt: e.attempt, restart: null },
      }
}

const stopRequested = (
  c: Container,
  e: ContainerEventOf<'ContainerStopRequested'>,
  at: Now,
): Container => {
  const phase = c.phase
  if (phase._tag !== 'Running' && phase._tag !== 'Starting') return c
  const stop: Stop = {
    operations: [...(phase.stop?.operations ?? []), e.operation],
    signal: e.signal,
    graceEnd: e.graceEnd,
    restart: e.restart ? e.operation : null,
    requested: at,
  }
  return { ...c, stoppedByUser: !e.restart, phase: { ...phase, stop } }
}

const removeRequested = (
  c: Container,
  e: ContainerEventOf<'ContainerRemoveRequested'>,
  at: Now,
): Container => ({
  ...withoutCopies(withoutUpdate(c)),
  // They have their outcome with this event: the removal has overtaken them.
  execs: {},
  phase: {
    _tag: 'Removing',
    operation: e.operation,
    requested: at,
    processes: c.phase._tag === 'Running' || c.phase._tag === 'Starting' ? c.phase.processes : null,
    delay: null,
    volumes: e.volumes,
  },
})

const running = (c: Container, change: (r: Running) => Running): Container =>
  c.phase._tag === 'Running' ? withPhase(c, change(c.phase)) : c

const withoutExec = (c: Container, exec: ExecId): Container => {
  const execs: Record<ExecId, Exec> = { ...c.execs }
  delete execs[exec]
  return { ...c, execs }
}

const copyRequested = (c: Container, e: ContainerEventOf<'ContainerCopyRequested'>): Container => {
  const { operation, direction, freeze, mount } = e
  const copy: Copy = { operation, direction, attempt: c.attempt, freeze, mount }
  return { ...c, copies: { ...c.copies, [e.copy]: copy } }
}

const withoutCopies = ({ copies: _, ...c }: Container): Container => c

const withoutCopy = (c: Container, copy: CopyId): Container => {
  const copies: Record<CopyId, Copy> = { ...c.copies }
  delete copies[copy]
  return Object.keys(copies).length === 0 ? withoutCopies(c) : { ...c, copies }
}

const endedSignal = (c: Container, operation: string): Container =>
  running(c, (r) => ({ ...r, signals: r.signals.filter((s) => s.operation !== operation) }))

/** Events of a running incarnation that only touch freezer, signals and monitor. */
const evolveRunning = (
  c: Container,
  e: ContainerEventOf<
    | 'ContainerMonitorLost'
    | 'ContainerSignalRequested'
    | 'ContainerSignalled'
    | 'ContainerSignalFailed'
    | 'ContainerPauseRequested'
    | 'ContainerPaused'
    | 'ContainerPauseFailed'
    | 'ContainerUnpauseRequested'
    | 'ContainerUnpaused'
    | 'ContainerUnpauseFailed'
    | 'ContainerStopAbandoned'
  >,
): Container => {
  switch (e._tag) {
    case 'ContainerMonitorLost':
      return running(c, (r) => ({ ...r, monitorLost: true }))
    case 'ContainerSignalRequested':
      return running(c, (r) => ({
        ...r,
        signals: [...r.signals, { operation: e.operation, signal: e.signal }],
      }))
    case 'ContainerSignalled':
    case 'ContainerSignalFailed':
      return endedSignal(c, e.operation)
    case 'ContainerPauseRequested':
      return running(c, (r) => ({
        ...r,
        freezer: { _tag: 'Freezing', operation: e.operation },
      }))
    case 'ContainerPaused':
    case 'ContainerUnpauseFailed':
      return running(c, (r) => ({ ...r, freezer: { _tag: 'Frozen' } }))
    case 'ContainerUnpauseRequested':
      return running(c, (r) => ({ ...r, freezer: { _tag: 'Thawing', operation: e.operation } }))
    case 'ContainerUnpaused':
    case 'ContainerPauseFailed':
      return running(c, (r) => ({ ...r, freezer: { _tag: 'Thawed' } }))
    case 'ContainerStopAbandoned':
      return running(c, (r) => ({ ...r, stop: null }))
    default:
      return absurd(e)
  }
}

const launched = (c: Container, e: ContainerEventOf<'ContainerLaunched'>): Container =>
  c.phase._tag === 'Starting' ? withPhase(c, { ...c.phase, processes: e.processes }) : c

const restartScheduled = (
  c: Container,
  e: ContainerEventOf<'ContainerRestartScheduled'>,
): Container =>
  c.phase._tag === 'Exited'
    ? {
        ...c,
        restartCount: c.restartCount + 1,
        streak: e.count,
        lastDelayMs: e.delayMs,
        phase: { ...c.phase, restart: { at: e.at, delayMs: e.delayMs } },
      }
    : c

const restartCancelled = (c: Container): Container =>
  c.phase._tag === 'Exited'
    ? { ...c, stoppedByUser: true, phase: { ...c.phase, restart: null } }
    : c

const execRequested = (c: Container, e: ContainerEventOf<'ContainerExecRequested'>): Container => {
  const { operation, attempt, detached, process } = e
  const behind = freezingCopies(c)
  const exec: Exec = {
    ...{ operation, attempt, detached, process },
    ...(behind.length === 0 ? {} : { behind }),
  }
  return { ...c, execs: { ...c.execs, [e.exec]: exec } }
}

const createFailed = (
  c: Container,
  e: ContainerEventOf<'ContainerCreateFailed'>,
  at: Now,
): Container =>
  withPhase(c, {
    _tag: 'Removing',
    operation: undoOf(e.operation),
    requested: at,
    processes: null,
    delay: null,
    // Nobody has had them yet.
    volumes: true,
  })

const removeDelayed = (
  c: Container,
  { errno, error, tries }: ContainerEventOf<'ContainerRemoveDelayed'>,
): Container =>
  c.phase._tag === 'Removing' ? withPhase(c, { ...c.phase, delay: { errno, error, tries } }) : c

const withoutUpdate = ({ update: _, ...c }: Container): Container => c

const updated = (c: Container): Container =>
  c.update === undefined
    ? c
    : {
        ...withoutUpdate(c),
        host: { ...c.host, ...c.update.limits, RestartPolicy: c.update.restart },
      }

const evolveExisting = (
  c: Container,
  e: Exclude<ContainerEvent, { _tag: 'ContainerCreateRequested' }>,
  at: Now,
): Container | undefined => {
  switch (e._tag) {
    case 'ContainerVolumesReady':
      return c.phase._tag === 'Creating' ? withPhase(c, { ...c.phase, awaiting: false }) : c
    case 'ContainerCreated':
      return withPhase(c, { _tag: 'Created' })
    case 'ContainerCreateFailed':
      return createFailed(c, e, at)
    case 'ContainerStartRequested':
      return startRequested(c, e, at)
    case 'ContainerLaunched':
      return launched(c, e)
    case 'ContainerStarted':
      return c.phase._tag === 'Starting' ? started(c, c.phase, at) : c
    case 'ContainerStartFailed':
      return startFailed(c, e, at)
    case 'ContainerExited':
      return exited(c, e, at)
    case 'ContainerReleased':
      return { ...c, unreleased: null, releaseDelay: null }
    case 'ContainerReleaseDelayed':
      return { ...c, releaseDelay: { errno: e.errno, error: e.error, tries: e.tries } }
    case 'ContainerOomObserved':
      return { ...c, oomSeen: true }
    case 'ContainerStopRequested':
      return stopRequested(c, e, at)
    case 'ContainerRestartScheduled':
      return restartScheduled(c, e)
    case 'ContainerRestartCancelled':
      return restartCancelled(c)
    case 'ContainerRenamed':
      return { ...c, name: e.name }
    case 'ContainerUpdateRequested':
      return {
        ...c,
        update: { operation: e.operation, limits: e.limits, restart: e.restart },
      }
    case 'ContainerUpdated':
      return updated(c)
    case 'ContainerUpdateFailed':
      return withoutUpdate(c)
    case 'ContainerRemoveRequested':
      return removeRequested(c, e, at)
    case 'ContainerRemoveDelayed':
      return removeDelayed(c, e)
    case 'ContainerRemoved':
      return undefined
    case 'ContainerExecRequested':
      return execRequested(c, e)
    case 'ContainerExecEnded':
    case 'ContainerExecFailed':
      return withoutExec(c, e.exec)
    case 'ContainerCopyRequested':
      return copyRequested(c, e)
    case 'ContainerCopied':
    case 'ContainerCopyFailed':
      return withoutCopy(c, e.copy)
    default:
      return evolveRunning(c, e)
  }
}

/** `undefined` is an absent container. An event that cannot follow the state leaves it alone. */
export const evolveContainer = (
  before: Container | undefined,
  e: ContainerEvent,
  at: Now,
): Container | undefined => {
  if (e._tag === 'ContainerCreateRequested') return before ?? created(e, at)
  return before === undefined ? undefined : evolveExisting(before, e, at)
}
