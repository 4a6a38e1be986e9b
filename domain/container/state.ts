/** A container's state: one phase per lifecycle stage, holding only what that stage knows. */
import type { ContainerId, CopyId, ExecId, ImageId, LayerId, OperationId } from '../identity.ts'
import type { Exit } from '../ports/exit-record.ts'
import type { ContainerRef } from '../ports/layout.ts'
import type { ExecProcess } from '../ports/process-ports.ts'
import type { Deadline, Now } from '../time.ts'
import type { HostConfig, ProcessConfig } from './config.ts'
import type { Copies } from './copies.ts'
import type { ExitCause, Processes, StartCause } from './events.ts'
import type { Join } from './joins.ts'
import type { ContainerStorage } from './storage.ts'
import type { UpdatedValues } from './validate/update.ts'

export interface Stop {
  readonly operations: ReadonlyArray<OperationId>
  readonly signal: number
  readonly graceEnd: Deadline | null
  readonly restart: OperationId | null
  readonly requested: Now
}

export interface PendingSignal {
  readonly operation: OperationId
  readonly signal: number
}

export interface Exec {
  readonly operation: OperationId
  readonly attempt: number
  readonly detached: boolean
  readonly process: ExecProcess
  /** Copies that had the container stand still when it was asked for: it waits for their ends. */
  readonly behind?: ReadonlyArray<CopyId>
}

/** An effect that keeps failing: journalled when the errno changes or the tries double. */
export interface Delay {
  readonly errno: string
  readonly error: string
  readonly tries: number
}

export type Freezer =
  | { readonly _tag: 'Thawed' }
  | { readonly _tag: 'Freezing'; readonly operation: OperationId }
  | { readonly _tag: 'Frozen' }
  | { readonly _tag: 'Thawing'; readonly operation: OperationId }

/** An update that the cgroup has not yet taken. */
export interface PendingUpdate extends UpdatedValues {
  readonly operation: OperationId
}

export interface Creating {
  readonly _tag: 'Creating'
  readonly operation: OperationId
  /** Until its volumes are ready. */
  readonly awaiting: boolean
}

export interface Created {
  readonly _tag: 'Created'
}

export interface Starting {
  readonly _tag: 'Starting'
  readonly operation: OperationId
  readonly attempt: number
  readonly cause: StartCause
  readonly requested: Now
  readonly deadline: Deadline | null
  readonly joins: ReadonlyArray<Join>
  readonly processes: Processes | null
  readonly stop: Stop | null
}

export interface Running {
  readonly _tag: 'Running'
  readonly attempt: number
  readonly processes: Processes
  readonly started: Now
  readonly monitorLost: boolean
  readonly freezer: Freezer
  readonly stop: Stop | null
  readonly signals: ReadonlyArray<PendingSignal>
}

export interface ScheduledRestart {
  readonly at: Deadline
  readonly delayMs: number
}

export interface Exited {
  readonly _tag: 'Exited'
  readonly attempt: number
  readonly restart: ScheduledRestart | null
}

export interface Removing {
  readonly _tag: 'Removing'
  readonly operation: OperationId
  readonly requested: Now
  /** The incarnation whose exit is still to be seen. */
  readonly processes: Processes | null
  readonly delay: Delay | null
  /** Its anonymous volumes go with it. */
  readonly volumes: boolean
}

export type Phase = Creating | Created | Starting | Running | Exited | Removing

/** The end of the last incarnation. `started` is absent when it never ran. */
export interface LastRun {
  readonly attempt: number
  readonly exit: Exit
  readonly oomKilled: boolean
  readonly cause: ExitCause
  readonly started: Now | null
  readonly ended: Now
  readonly error: string
}

export interface Container {
  readonly id: ContainerId
  readonly name: string
  readonly image: { readonly id: ImageId; readonly reference: string }
  readonly layers: ReadonlyArray<LayerId>
  readonly runtime: string
  readonly cgroupPath: string
  readonly host: HostConfig
  readonly process: ProcessConfig
  readonly storage: ContainerStorage
  readonly created: Now
  /** Incarnations so far; the next start is attempt + 1. */
  readonly attempt: number
  /** Policy restarts shown to users (RestartCount). */
  readonly restartCount: number
  /** Consecutive policy restarts that count for the back-off and for `on-failure:n`. */
  readonly streak: number
  readonly lastDelayMs: number
  /** A user's stop or kill suppresses the policy until the next start. */
  readonly stoppedByUser: boolean
  /** The incarnation whose host resources are not yet released. */
  readonly unreleased: number | null
  readonly releaseDelay: Delay | null
  /** The OOM killer was seen at work in the present incarnation. */
  readonly oomSeen: boolean
  readonly lastRun: LastRun | null
  readonly execs: Readonly<Record<ExecId, Exec>>
  /** Copies under way or waiting, oldest first; absent where there is none. */
  readonly copies?: Copies
  readonly update?: PendingUpdate
  readonly phase: Phase
}

export const containerRef = (c: Container, attempt: number = c.attempt): ContainerRef => ({
  id: c.id,
  runtime: c.runtime,
  attempt,
  cgroupPath: c.cgroupPath,
})

/** What the root file system is made of, as effects are told. */
export const rootfsSource = ({
  layers,
  host,
}: Container): { readonly layers: ReadonlyArray<LayerId>; readonly external?: string } =>
  host.ExternalRootfs === '' ? { layers } : { layers, external: host.ExternalRootfs }

/** The status words of spec 22 section 7 (State.Status), and `removing` where it has none. */
export type StatusWord =
  'inited' | 'starting' | 'running' | 'paused' | 'restarting' | 'exited' | 'removing'

export const statusWord = (c: Container): StatusWord => {
  switch (c.phase._tag) {
    case 'Creating':
    case 'Created':
      return 'inited'
    case 'Starting':
      return 'starting'
    case 'Running':
      return c.phase.freezer._tag === 'Frozen' || c.phase.freezer._tag === 'Thawing'
        ? 'paused'
        : 'running'
    case 'Exited':
      return c.phase.restart === null ? 'exited' : 'restarting'
    case 'Removing':
      return 'removing'
  }
}
