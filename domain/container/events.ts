/** The events of a container's stream. `…Requested` is an intent; each has exactly one outcome. */
import * as t from 'io-ts'
import {
  ContainerId,
  CopyId,
  ExecId,
  ImageId,
  LayerId,
  OperationId,
  ProcessIdentity,
} from '../identity.ts'
import { defaulted } from '../defaulted.ts'
import { Integer } from '../integer.ts'
import { Exit } from '../ports/exit-record.ts'
import { Deadline } from '../time.ts'
import { CopyDirection } from './copies.ts'
import { HostConfig, ProcessConfig, RestartPolicy } from './config.ts'
import { ContainerStorage, noStorage } from './storage.ts'
import { Join } from './joins.ts'
import { LiveLimits } from './limits.ts'

const event = <Tag extends string, P extends t.Props>(tag: Tag, props: P) =>
  t.strict({ _tag: t.literal(tag), v: t.literal(1), id: ContainerId, ...props }, tag)

const operation = { operation: OperationId }
const failure = { errno: t.string, error: t.string }

/** Who or what wanted a start: a client, the restart policy, or the second half of `restart`. */
export const StartCause = t.keyof({ user: null, policy: null, restart: null })
export type StartCause = t.TypeOf<typeof StartCause>

export const ExitCause = t.keyof({ itself: null, stop: null, removal: null, reboot: null })
export type ExitCause = t.TypeOf<typeof ExitCause>

export const Processes = t.strict({ init: ProcessIdentity, monitor: ProcessIdentity }, 'Processes')
export type Processes = t.TypeOf<typeof Processes>

export const ExecSpec = t.strict(
  {
    args: t.readonlyArray(t.string),
    env: t.readonlyArray(t.string),
    user: t.string,
    workingDir: t.string,
    terminal: t.boolean,
    openStdin: t.boolean,
  },
  'ExecSpec',
)

export const ContainerCreateRequested = event('ContainerCreateRequested', {
  ...operation,
  name: t.string,
  image: t.strict({ id: ImageId, reference: t.string }),
  /** Bottom layer first. */
  layers: t.readonlyArray(LayerId),
  runtime: t.string,
  cgroupPath: t.string,
  host: HostConfig,
  process: ProcessConfig,
  storage: defaulted(ContainerStorage, noStorage),
})
/** Every volume that the container waited for is there: it can be made now. */
export const ContainerVolumesReady = event('ContainerVolumesReady', {})
export const ContainerCreated = event('ContainerCreated', operation)
export const ContainerCreateFailed = event('ContainerCreateFailed', { ...operation, ...failure })

export const ContainerStartRequested = event('ContainerStartRequested', {
  ...operation,
  attempt: Integer,
  cause: StartCause,
  deadline: t.union([Deadline, t.null]),
  joins: defaulted(t.readonlyArray(Join), []),
})
export const ContainerLaunched = event('ContainerLaunched', {
  attempt: Integer,
  processes: Processes,
})
export const ContainerStarted = event('ContainerStarted', { ...operation, attempt: Integer })
export const ContainerStartFailed = event('ContainerStartFailed', {
  ...operation,
  ...failure,
  attempt: Integer,
  /** 125 engine, 126 not executable, 127 not found, 128 other (spec 96, C.6). */
  exitCode: Integer,
})

export const ContainerExited = event('ContainerExited', {
  attempt: Integer,
  exit: Exit,
  oomKilled: t.boolean,
  cause: ExitCause,
})
export const ContainerReleased = event('ContainerReleased', { attempt: Integer })
export const ContainerReleaseDelayed = event('ContainerReleaseDelayed', {
  ...failure,
  attempt: Integer,
  tries: Integer,
})
export const ContainerMonitorLost = event('ContainerMonitorLost', { attempt: Integer })
export const ContainerOomObserved = event('ContainerOomObserved', { attempt: Integer })

export const ContainerStopRequested = event('ContainerStopRequested', {
  ...operation,
  signal: Integer,
  /** When SIGKILL follows; null: never (stop -t -1). */
  graceEnd: t.union([Deadline, t.null]),
  /** Set by `restart`: the start that follows the exit. */
  restart: t.boolean,
})
export const ContainerStopAbandoned = event('ContainerStopAbandoned', {
  ...operation,
  reason: t.string,
})

export const ContainerSignalRequested = event('ContainerSignalRequested', {
  ...operation,
  signal: Integer,
})
export const ContainerSignalled = event('ContainerSignalled', operation)
export const ContainerSignalFailed = event('ContainerSignalFailed', { ...operation, ...failure })

export const ContainerPauseRequested = event('ContainerPauseRequested', operation)
export const ContainerPaused = event('ContainerPaused', operation)
export const ContainerPauseFailed = event('ContainerPauseFailed', { ...operation, ...failure })
export const ContainerUnpauseRequested = event('ContainerUnpauseRequested', operation)
export const ContainerUnpaused = event('ContainerUnpaused', operation)
export const ContainerUnpauseFailed = event('ContainerUnpauseFailed', { ...operation, ...failure })

/** The whole values that the container has afterwards, whether they change or not. */
export const ContainerUpdateRequested = event('ContainerUpdateRequested', {
  ...operation,
  limits: LiveLimits,
  restart: RestartPolicy,
})
export const ContainerUpdated = event('ContainerUpdated', operation)
export const ContainerUpdateFailed = event('ContainerUpdateFailed', { ...operation, ...failure })

export const ContainerRestartScheduled = event('ContainerRestartScheduled', {
  delayMs: Integer,
  at: Deadline,
  /** Consecutive policy restarts, this one included. */
  count: Integer,
  reason: t.string,
})
export const ContainerRestartCancelled = event('ContainerRestartCancelled', { reason: t.string })

export const ContainerRenamed = event('ContainerRenamed', { name: t.string, previous: t.string })

export const ContainerRemoveRequested = event('ContainerRemoveRequested', {
  ...operation,
  cause: t.keyof({ user: null, autoRemove: null }),
  /** Its anonymous volumes go with it. */
  volumes: defaulted(t.boolean, false),
})
export const ContainerRemoveDelayed = event('ContainerRemoveDelayed', {
  ...failure,
  tries: Integer,
})
export const ContainerRemoved = event('ContainerRemoved', {})

export const ContainerExecRequested = event('ContainerExecRequested', {
  ...operation,
  exec: ExecId,
  attempt: Integer,
  detached: t.boolean,
  process: ExecSpec,
})
export const ContainerExecEnded = event('ContainerExecEnded', { exec: ExecId, exit: Exit })
export const ContainerExecFailed = event('ContainerExecFailed', { exec: ExecId, ...failure })

export const ContainerCopyRequested = event('ContainerCopyRequested', {
  ...operation,
  copy: CopyId,
  direction: CopyDirection,
  /** As the client gave it, inside the container. */
  path: t.string,
  /** The container runs, and is frozen for the time of the copy. */
  freeze: t.boolean,
  /** The container does not run: its root file system is mounted for the time of the copy. */
  mount: t.boolean,
})
export const ContainerCopied = event('ContainerCopied', { ...operation, copy: CopyId })
export const ContainerCopyFailed = event('ContainerCopyFailed', {
  ...operation,
  copy: CopyId,
  ...failure,
})

export const containerEvents = [
  ContainerCreateRequested,
  ContainerVolumesReady,
  ContainerCreated,
  ContainerCreateFailed,
  ContainerStartRequested,
  ContainerLaunched,
  ContainerStarted,
  ContainerStartFailed,
  ContainerExited,
  ContainerReleased,
  ContainerReleaseDelayed,
  ContainerMonitorLost,
  ContainerOomObserved,
  ContainerStopRequested,
  ContainerStopAbandoned,
  ContainerSignalRequested,
  ContainerSignalled,
  ContainerSignalFailed,
  ContainerPauseRequested,
  ContainerPaused,
  ContainerPauseFailed,
  ContainerUnpauseRequested,
  ContainerUnpaused,
  ContainerUnpauseFailed,
  ContainerUpdateRequested,
  ContainerUpdated,
  ContainerUpdateFailed,
  ContainerRestartScheduled,
  ContainerRestartCancelled,
  ContainerRenamed,
  ContainerRemoveRequested,
  ContainerRemoveDelayed,
  ContainerRemoved,
  ContainerExecRequested,
  ContainerExecEnded,
  ContainerExecFailed,
  ContainerCopyRequested,
  ContainerCopied,
  ContainerCopyFailed,
] as const

export type ContainerEvent = t.TypeOf<(typeof containerEvents)[number]>
export type ContainerEventOf<Tag extends ContainerEvent['_tag']> = Extract<
  ContainerEvent,
  { _tag: Tag }
>
