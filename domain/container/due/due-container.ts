/** What is due for a container in its present state: the only source of effects on it. */
import { absurd } from '../../absurd.ts'
import type { ExecId } from '../../identity.ts'
import { allDue, dueCommand, duePlan, idle, wakeAt, type Due, type Plan } from '../../plan.ts'
import type { Effect } from '../../ports/effects.ts'
import { isRecorded } from '../log-options.ts'
import type { BundleRequest } from '../../ports/storage-ports.ts'
import { hasPassed, type Deadline, type Now } from '../../time.ts'
import { liveLimits } from '../limits.ts'
import {
  containerRef,
  rootfsSource,
  type Container,
  type Creating,
  type Exec,
  type Exited,
  type Removing,
  type Running,
  type Starting,
  type Stop,
} from '../state.ts'
import { dueCopy } from './due-copies.ts'

/** How long an exit is waited for after SIGKILL before a stop is given up (ms). */
const stopGiveUpMs = 60_000
/** How long a forced removal waits for the exit fact before it goes on without it (ms). */
const removalExitWaitMs = 15_000
/** How long the exit records of execs are waited for after their container's end (ms). */
const execDrainMs = 2_000

const lane = (c: Container, name = 'main'): string => `container:${c.id}/${name}`

const bundleRequest = (c: Container, attempt: number): BundleRequest => ({
  ref: containerRef(c, attempt),
  name: c.name,
  host: c.host,
  process: c.process,
  storage: c.storage,
})

const dueCreate = (c: Container, phase: Creating): Due =>
  duePlan({
    key: `${phase.operation}/create`,
    lane: lane(c),
    steps: [
      { _tag: 'CreateContainerDirectory', request: bundleRequest(c, 0) },
      { _tag: 'CreateWritableLayer', id: c.id },
    ],
    subject: { _tag: 'Create', id: c.id },
    onFailure: 'conclude',
  })

const releaseSteps = (c: Container, attempt: number): ReadonlyArray<Effect> => {
  const ref = containerRef(c, attempt)
  return [
    { _tag: 'KillCgroup', ref },
    { _tag: 'ThawCgroup', ref },
    // A launch that was overtaken may still be at work: its monitor and runtime end first, then
    // whatever they had time to put into the cgroup.
    { _tag: 'ClearMonitor', ref },
    { _tag: 'KillCgroup', ref },
    { _tag: 'RemoveRuntimeContainer', ref },
    { _tag: 'RemoveCgroup', ref },
    { _tag: 'UnmountRootfs', id: c.id },
  ]
}

const dueRelease = (c: Container, attempt: number): Due =>
  duePlan({
    key: `${c.id}/release/${attempt}`,
    lane: lane(c),
    steps: releaseSteps(c, attempt),
    subject: { _tag: 'Release', id: c.id, attempt },
    onFailure: 'retry',
  })

const launchPlan = (c: Container, phase: Starting): Plan => ({
  key: `${phase.operation}/launch/${phase.attempt}`,
  lane: lane(c),
  steps: [
    { _tag: 'MountRootfs', request: { id: c.id, ...rootfsSource(c) } },
    { _tag: 'WriteBundle', request: { ...bundleRequest(c, phase.attempt), joins: phase.joins } },
    {
      _tag: 'LaunchProcess',
      request: {
        ref: containerRef(c, phase.attempt),
        terminal: c.process.Tty,
        openStdin: c.process.OpenStdin,
        name: c.name,
        ...(isRecorded(c.process.Annotations) ? {} : { unlogged: true }),
        ...(c.host.NoPivotRoot ? { noPivot: true } : {}),
      },
    },
  ],
  subject: { _tag: 'Launch', id: c.id, attempt: phase.attempt },
  onFailure: 'conclude',
})

const startPlan = (c: Container, phase: Starting): Plan => ({
  key: `${phase.operation}/start/${phase.attempt}`,
  lane: lane(c),
  steps: [{ _tag: 'StartProcess', ref: containerRef(c, phase.attempt) }],
  subject: { _tag: 'Start', id: c.id, attempt: phase.attempt },
  onFailure: 'conclude',
})

const untilDeadline = (deadline: Deadline | null, now: Now, late: Due): Due =>
  deadline === null ? idle : hasPassed(deadline, now) ? late : wakeAt(deadline.monoMs)

const dueStarting = (c: Container, phase: Starting, now: Now): Due => {
  const copy = dueCopy(c)
  if (copy === undefined && c.unreleased !== null) return dueRelease(c, c.unreleased)
  const expiry = untilDeadline(
    phase.deadline,
    now,
    dueCommand({ _tag: 'ExpireStart', id: c.id, attempt: phase.attempt }),
  )
  const plan = phase.processes === null ? launchPlan(c, phase) : startPlan(c, phase)
  return allDue([copy ?? duePlan(plan), expiry])
}

const killPlan = (c: Container, key: string, processes: Running['processes']): Plan => ({
  key,
  lane: lane(c),
  steps: [
    { _tag: 'KillProcess', process: processes.init },
    { _tag: 'KillCgroup', ref: containerRef(c) },
    { _tag: 'ThawCgroup', ref: containerRef(c) },
  ],
  subject: { _tag: 'Kill', id: c.id },
  onFailure: 'retry',
})

const dueKill = (c: Container, phase: Running, graceEnd: Deadline, now: Now): Due => {
  const giveUp = { boot: graceEnd.boot, monoMs: graceEnd.monoMs + stopGiveUpMs }
  const abandon = dueCommand({
    _tag: 'AbandonStop',
    id: c.id,
    reason: `no exit was seen ${stopGiveUpMs / 1000} s after SIGKILL`,
  })
  const kill = killPlan(c, `${c.id}/${phase.attempt}/kill/${graceEnd.monoMs}`, phase.processes)
  return allDue([duePlan(kill), untilDeadline(giveUp, now, abandon)])
}

const dueStop = (c: Container, phase: Running, stop: Stop, now: Now): Due => {
  if (stop.graceEnd !== null && hasPassed(stop.graceEnd, now))
    return dueKill(c, phase, stop.graceEnd, now)
  const terminate: Plan = {
    key: `${stop.operations[stop.operations.length - 1] ?? c.id}/terminate`,
    lane: lane(c),
    steps: [{ _tag: 'SignalProcess', process: phase.processes.init, signal: stop.signal }],
    subject: { _tag: 'StopSignal', id: c.id },
    onFailure: 'conclude',
  }
  return allDue([duePlan(terminate), untilDeadline(stop.graceEnd, now, idle)])
}

const dueFreezer = (c: Container, phase: Running): Due => {
  const freezer = phase.freezer
  switch (freezer._tag) {
    case 'Thawed':
    case 'Frozen':
      return idle
    case 'Freezing':
      return duePlan({
        key: `${freezer.operation}/freeze`,
        lane: lane(c, 'freezer'),
        steps: [{ _tag: 'FreezeCgroup', ref: containerRef(c) }],
        subject: { _tag: 'Freeze', id: c.id },
        onFailure: 'conclude',
      })
    case 'Thawing':
      return duePlan({
        key: `${freezer.operation}/thaw`,
        lane: lane(c, 'freezer'),
        steps: [{ _tag: 'ThawCgroup', ref: containerRef(c) }],
        subject: { _tag: 'Thaw', id: c.id },
        onFailure: 'conclude',
      })
    default:
      return absurd(freezer)
  }
}

const dueUpdate = (c: Container): Due =>
  c.update === undefined
    ? idle
    : duePlan({
        key: `${c.update.operation}/update`,
        lane: lane(c, 'update'),
        steps: [
          {
            _tag: 'UpdateCgroup',
            request: {
              ref: containerRef(c),
              limits: c.update.limits,
              previous: liveLimits(c.host),
            },
          },
        ],
        subject: { _tag: 'Update', id: c.id, operation: c.update.operation },
        onFailure: 'conclude',
      })

const dueSignals = (c: Container, phase: Running): Due =>
  allDue(
    phase.signals.map((s) =>
      duePlan({
        key: `${s.operation}/signal`,
        lane: lane(c, `signal/${s.operation}`),
        steps: [{ _tag: 'SignalProcess', process: phase.processes.init, signal: s.signal }],
        subject: { _tag: 'Signal', id: c.id, operation: s.operation },
        onFailure: 'conclude',
      }),
    ),
  )

/** A runtime executes nothing in a container that stands still. */
const mayRun = (c: Container, { behind = [] }: Exec): boolean =>
  behind.every((copy) => c.copies?.[copy] === undefined)

const dueExecs = (c: Container): Due =>
  allDue(
    Object.entries(c.execs)
      .filter(([, exec]) => mayRun(c, exec))
      .map(([id, exec]) =>
        duePlan({
          key: `${exec.operation}/exec`,
          lane: lane(c, `exec/${id}`),
          steps: [
            {
              _tag: 'ExecProcess',
              request: {
                ref: containerRef(c, exec.attempt),
                exec: id as ExecId,
                process: exec.process,
              },
            },
          ],
          subject: { _tag: 'Exec', id: c.id, exec: id as ExecId },
          onFailure: 'conclude',
        }),
      ),
  )

const dueRunning = (c: Container, phase: Running, now: Now): Due =>
  allDue([
    phase.stop === null ? idle : dueStop(c, phase, phase.stop, now),
    dueCopy(c) ?? dueFreezer(c, phase),
    dueUpdate(c),
    dueSignals(c, phase),
    dueExecs(c),
  ])

/** Execs get a moment to leave their exit records before the release clears them away. */
const drained = (c: Container, now: Now): number | undefined => {
  const ended = c.lastRun?.ended
  if (Object.keys(c.execs).length === 0 || ended === undefined) return undefined
  const end = { boot: ended.boot, monoMs: ended.monoMs + execDrainMs }
  return hasPassed(end, now) ? undefined : end.monoMs
}

const dueExited = (c: Container, phase: Exited, now: Now): Due => {
  const copy = dueCopy(c)
  if (copy !== undefined) return copy
  if (c.unreleased !== null) {
    const waiting = drained(c, now)
    return waiting === undefined ? dueRelease(c, c.unreleased) : wakeAt(waiting)
  }
  if (phase.restart === null) return idle
  return untilDeadline(
    phase.restart.at,
    now,
    dueCommand({ _tag: 'StartByPolicy', id: c.id, timeoutMs: null }),
  )
}

/** It had ended, and its end was cleared away, when the removal was asked for. */
const isReleased = (
  { attempt, unreleased, lastRun }: Container,
  { requested }: Removing,
): boolean =>
  unreleased === null &&
  lastRun?.attempt === attempt &&
  lastRun.ended.boot === requested.boot &&
  lastRun.ended.monoMs < requested.monoMs

const removalSteps = (c: Container, phase: Removing): ReadonlyArray<Effect> => [
  ...(c.attempt === 0 || isReleased(c, phase) ? [] : releaseSteps(c, c.attempt)),
  { _tag: 'RemoveWritableLayer', id: c.id },
  { _tag: 'RemoveContainerDirectory', ref: containerRef(c) },
]

const dueRemoving = (c: Container, phase: Removing, now: Now): Due => {
  const exitBy = { boot: phase.requested.boot, monoMs: phase.requested.monoMs + removalExitWaitMs }
  if (phase.processes !== null && !hasPassed(exitBy, now))
    return allDue([
      duePlan(killPlan(c, `${phase.operation}/kill`, phase.processes)),
      wakeAt(exitBy.monoMs),
    ])
  return duePlan({
    key: `${phase.operation}/remove`,
    lane: lane(c),
    steps: removalSteps(c, phase),
    subject: { _tag: 'Remove', id: c.id },
    onFailure: 'retry',
  })
}

export const dueContainer = (c: Container, now: Now): Due => {
  const phase = c.phase
  switch (phase._tag) {
    case 'Creating':
      return phase.awaiting ? idle : dueCreate(c, phase)
    case 'Created':
      return dueCopy(c) ?? idle
    case 'Starting':
      return dueStarting(c, phase, now)
    case 'Running':
      return dueRunning(c, phase, now)
    case 'Exited':
      return dueExited(c, phase, now)
    case 'Removing':
      return dueRemoving(c, phase, now)
    default:
      return absurd(phase)
  }
}
