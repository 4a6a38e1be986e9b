/** Maps effects to port calls: the same for the real host and the simulated one. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { absurd } from '../../domain/absurd.ts'
import { noValue, type StepValue } from '../../domain/conclusion.ts'
import type { Answer } from '../../domain/ports/answer.ts'
import type { Effect } from '../../domain/ports/effects.ts'
import type { ContainerRef } from '../../domain/ports/layout.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import type { LaunchObservation, Launched } from '../../domain/ports/process-ports.ts'
import { probeCopy, runCopy } from './copy-effect.ts'
import type { Probed } from './machine.ts'

const sigkill = 9

const none = (answer: Answer<unknown>): Answer<StepValue> =>
  pipe(
    answer,
    TE.map(() => noValue),
  )

const processes = (answer: Answer<Launched>): Answer<StepValue> =>
  pipe(
    answer,
    TE.map((launched) => ({ _tag: 'Processes', launched })),
  )

/** What is gone needs no taking away: `errno` says that there is nothing to act on. */
const unlessGone = (errno: string, answer: Answer<void>): Answer<void> =>
  pipe(
    answer,
    TE.orElse((error) =>
      error._tag === 'NotApplied' && error.errno === errno ? TE.right(undefined) : TE.left(error),
    ),
  )

export const runEffect = (ports: Ports, effect: Effect): Answer<StepValue> => {
  switch (effect._tag) {
    case 'CreateContainerDirectory':
      return none(ports.bundle.createDirectory(effect.request))
    case 'CreateWritableLayer':
      return none(ports.rootfs.createWritable(effect.id))
    case 'MountRootfs':
      return none(ports.rootfs.mount(effect.request))
    case 'WriteBundle':
      return none(ports.bundle.writeBundle(effect.request))
    case 'LaunchProcess':
      return processes(ports.monitor.launch(effect.request))
    case 'StartProcess':
      return none(ports.runtime.start(effect.ref))
    case 'SignalProcess':
      return none(ports.process.signal(effect.process, effect.signal))
    case 'KillProcess':
      return none(unlessGone('ESRCH', ports.process.signal(effect.process, sigkill)))
    case 'FreezeCgroup':
      return none(ports.cgroup.freeze(effect.ref))
    case 'ThawCgroup':
      return none(unlessGone('ENOENT', ports.cgroup.thaw(effect.ref)))
    case 'UpdateCgroup':
      return none(ports.cgroup.setLimits(effect.request))
    case 'KillCgroup':
      return none(ports.cgroup.killAll(effect.ref))
    case 'RemoveRuntimeContainer':
      return none(ports.runtime.remove(effect.ref))
    case 'ClearMonitor':
      return none(ports.monitor.clear(effect.ref))
    case 'RemoveCgroup':
      return none(ports.cgroup.remove(effect.ref))
    case 'UnmountRootfs':
      return none(ports.rootfs.unmount(effect.id))
    case 'RemoveWritableLayer':
      return none(ports.rootfs.removeWritable(effect.id))
    case 'RemoveContainerDirectory':
      return none(ports.bundle.removeDirectory(effect.ref))
    case 'ExecProcess':
      return processes(ports.monitor.exec(effect.request))
    case 'ClearExec':
      return none(ports.monitor.clearExec(effect.ref, effect.exec))
    case 'CopyFiles':
      return runCopy(ports, effect.request)
    case 'UnpackLayer':
      return pipe(
        ports.layer.unpack(effect.request),
        TE.map((sizeBytes) => ({ _tag: 'Size', sizeBytes })),
      )
    case 'RemoveLayer':
      return none(ports.layer.remove(effect.layer))
    case 'CreateVolume':
      return none(ports.volume.create(effect.request))
    case 'RemoveVolume':
      return none(ports.volume.remove(effect.volume))
    default:
      return absurd(effect)
  }
}

const didNotHappen: Probed = { _tag: 'DidNotHappen' }
const cannotTell = (reason: string): Probed => ({ _tag: 'CannotTell', reason })
const didHappen = (value: StepValue): Probed => ({ _tag: 'DidHappen', value })

const isComplete = (
  o: LaunchObservation,
): o is LaunchObservation & Required<Pick<LaunchObservation, 'init' | 'monitor'>> =>
  o.init !== undefined &&
  o.monitor !== undefined &&
  (o.init.alive || o.exit !== undefined) &&
  (o.monitor.alive || o.exit !== undefined)

const launchedOf = (o: Required<Pick<LaunchObservation, 'init' | 'monitor'>>): Probed =>
  didHappen({
    _tag: 'Processes',
    launched: { init: o.init.identity, monitor: o.monitor.identity },
  })

/** A partial launch is cleared away, so that it may be repeated (M-04, R-23). */
const probeLaunch = (ports: Ports, ref: ContainerRef): Answer<Probed> =>
  pipe(
    ports.monitor.observe(ref),
    TE.chain((o) =>
      isComplete(o)
        ? TE.right(launchedOf(o))
        : pipe(
            ports.monitor.clear(ref),
            TE.chain(() => ports.cgroup.killAll(ref)),
            TE.chain(() => ports.runtime.remove(ref)),
            TE.chain(() => ports.cgroup.remove(ref)),
            // The run directory held the bundle: the plan of the launch is begun anew.
            TE.map(() => didNotHappen),
          ),
    ),
  )

/** Somebody may have taken the runtime's state away; an exit that was written down is left. */
const probeAbsent = (ports: Ports, ref: ContainerRef): Answer<Probed> =>
  pipe(
    ports.monitor.observe(ref),
    TE.map((o) =>
      o.exit === undefined
        ? cannotTell('the runtime state is gone, and no exit was written down')
        : didHappen(noValue),
    ),
  )

const probeStart = (ports: Ports, ref: ContainerRef): Answer<Probed> =>
  pipe(
    ports.runtime.status(ref),
    TE.chain((status): Answer<Probed> => {
      switch (status) {
        case 'created':
          return TE.right(didNotHappen)
        case 'absent':
          return probeAbsent(ports, ref)
        case 'creating':
          return TE.right(cannotTell('the runtime still creates the container'))
        case 'running':
        case 'paused':
        case 'stopped':
          return TE.right(didHappen(noValue))
        default:
          return absurd(status)
      }
    }),
  )

/** The files of an exec lie in its container's run directory: where that is gone, so are they. */
const probeUnseenExec = (ports: Ports, ref: ContainerRef): Answer<Probed> =>
  pipe(
    ports.monitor.observe(ref),
    TE.map((o) =>
      o.init === undefined && o.exit === undefined
        ? cannotTell('the run directory is gone, and with it what an exec leaves')
        : didNotHappen,
    ),
  )

const probeExec = (ports: Ports, effect: Effect & { _tag: 'ExecProcess' }): Answer<Probed> =>
  pipe(
    ports.monitor.observeExec(effect.request.ref, effect.request.exec),
    TE.chain((o) => {
      if (o.init !== undefined && o.monitor !== undefined)
        return TE.right(launchedOf({ init: o.init, monitor: o.monitor }))
      if (o.exit !== undefined) return TE.right(didHappen(noValue))
      if (o.monitor === undefined) return probeUnseenExec(ports, effect.request.ref)
      // What is given up must not run on without an owner (M-12).
      return pipe(
        ports.monitor.clearExec(effect.request.ref, effect.request.exec),
        TE.map(() => cannotTell('the exec monitor was there, its process could not be proved')),
      )
    }),
  )

/** Asked only for effects that are not idempotent. */
export const probeEffect = (ports: Ports, effect: Effect): Answer<Probed> => {
  switch (effect._tag) {
    case 'LaunchProcess':
      return probeLaunch(ports, effect.request.ref)
    case 'StartProcess':
      return probeStart(ports, effect.ref)
    case 'ExecProcess':
      return probeExec(ports, effect)
    case 'CopyFiles':
      return probeCopy(ports, effect.request)
    case 'SignalProcess':
      return TE.right(cannotTell('a signal leaves no trace'))
    default:
      return TE.right(didNotHappen)
  }
}

const subjectOfRequest = (request: Extract<Effect, { request: unknown }>['request']): string => {
  if ('layer' in request) return request.layer
  if ('volume' in request) return request.volume
  return 'id' in request ? request.id : request.ref.id
}

const subjectOf = (effect: Effect): string => {
  if ('ref' in effect) return effect.ref.id
  if ('id' in effect) return effect.id
  if ('layer' in effect) return effect.layer
  if ('volume' in effect) return effect.volume
  return 'process' in effect ? `pid ${effect.process.pid}` : subjectOfRequest(effect.request)
}

/** For logs and traces: `StartProcess container 1a2b…`. */
export const describeEffect = (effect: Effect): string => `${effect._tag} ${subjectOf(effect)}`
