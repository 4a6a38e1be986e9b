/** Effect ports that make, signal and end processes. Adapters and simulator implement them. */
import type { ContainerId, ExecId, ProcessIdentity } from '../identity.ts'
import type { LiveLimits } from '../container/limits.ts'
import type { Answer } from './answer.ts'
import type { KnownExit } from './exit-record.ts'
import type { ContainerRef } from './layout.ts'

export type RuntimeStatus = 'absent' | 'creating' | 'created' | 'running' | 'paused' | 'stopped'

/** The OCI runtime's command line (crun, runc). */
export interface RuntimePort {
  /** `start`: runs the user's process of a created container. At most once. */
  readonly start: (ref: ContainerRef) => Answer<void>
  /** `state`: probe of the above. An unknown container is `absent`, not an error. */
  readonly status: (ref: ContainerRef) => Answer<RuntimeStatus>
  /** `delete --force`; an unknown container is applied. Idempotent. */
  readonly remove: (ref: ContainerRef) => Answer<void>
}

export interface LaunchRequest {
  readonly ref: ContainerRef
  readonly terminal: boolean
  readonly openStdin: boolean
  /** Human name given to the monitor. */
  readonly name: string
  /** Nothing of the output is recorded (CLI-LOGS-04). */
  readonly unlogged?: boolean
  /** The runtime changes the root without pivot_root(2). */
  readonly noPivot?: boolean
}

/** Both processes of a launched incarnation; the init waits in `created` until `start`. */
export interface Launched {
  readonly init: ProcessIdentity
  readonly monitor: ProcessIdentity
}

/** What the run directory and the process table say about one incarnation or exec. */
export interface LaunchObservation {
  /** Absent where no such process was ever recorded, or its identity cannot be proved. */
  readonly init?: { readonly identity: ProcessIdentity; readonly alive: boolean }
  readonly monitor?: { readonly identity: ProcessIdentity; readonly alive: boolean }
  readonly exit?: KnownExit
  readonly oomKilled: boolean
}

export interface ExecProcess {
  readonly args: ReadonlyArray<string>
  readonly env: ReadonlyArray<string>
  /** Empty: the container's own. */
  readonly user: string
  readonly workingDir: string
  readonly terminal: boolean
  readonly openStdin: boolean
}

export interface ExecRequest {
  readonly ref: ContainerRef
  readonly exec: ExecId
  readonly process: ExecProcess
}

/** The per-container monitor (conmon): owns stdio, the log, the exit record. */
export interface MonitorPort {
  /** Starts monitor and `runtime create`. At most once per (container, attempt). */
  readonly launch: (request: LaunchRequest) => Answer<Launched>
  /** Probe of `launch`; answers for a dead incarnation too, while its run directory is there. */
  readonly observe: (ref: ContainerRef) => Answer<LaunchObservation>
  /** Starts a monitor for one exec and its process. At most once per exec id. */
  readonly exec: (request: ExecRequest) => Answer<Launched>
  readonly observeExec: (ref: ContainerRef, exec: ExecId) => Answer<LaunchObservation>
  /** Ends the monitor of an incarnation if it still runs, removes its run directory. Idempotent. */
  readonly clear: (ref: ContainerRef) => Answer<void>
  readonly clearExec: (ref: ContainerRef, exec: ExecId) => Answer<void>
}

/** Signals by pidfd after checking boot id and start ticks; never to a bare pid (I5). */
export interface ProcessPort {
  /** `ESRCH` when that very process is gone. `signal` is a number 1-64. */
  readonly signal: (process: ProcessIdentity, signal: number) => Answer<void>
  readonly isAlive: (process: ProcessIdentity) => Answer<boolean>
}

export interface LimitsRequest {
  readonly ref: ContainerRef
  readonly limits: LiveLimits
  /** What the cgroup goes back to where the kernel refuses one of them. */
  readonly previous: LiveLimits
}

export interface CgroupPort {
  /** Idempotent; answers when the kernel says FROZEN (v1) or `frozen 1` (v2). */
  readonly freeze: (ref: ContainerRef) => Answer<void>
  readonly thaw: (ref: ContainerRef) => Answer<void>
  readonly isFrozen: (ref: ContainerRef) => Answer<boolean>
  /**
   * Writes the limits that are set in `limits`. All or nothing: where the kernel refuses one, those
   * that differ are set back to `previous`. Idempotent.
   */
  readonly setLimits: (request: LimitsRequest) => Answer<void>
  /** SIGKILL to every process in the container's cgroups; none there is applied. */
  readonly killAll: (ref: ContainerRef) => Answer<void>
  /** Removes the container's cgroup in every hierarchy; absent is applied. */
  readonly remove: (ref: ContainerRef) => Answer<void>
}

/** Unsolicited news of the host: they only hurry `observe`, which tells the truth. */
export type HostNotice =
  | { readonly _tag: 'LaunchChanged'; readonly id: ContainerId; readonly attempt: number }
  | {
      readonly _tag: 'ExecChanged'
      readonly id: ContainerId
      readonly attempt: number
      readonly exec: ExecId
    }

/** Watches init, monitor, exit and OOM files of live incarnations. Notices may repeat or lag. */
export interface WatchPort {
  readonly watch: (ref: ContainerRef, processes: ReadonlyArray<ProcessIdentity>) => void
  readonly watchExec: (
    ref: ContainerRef,
    exec: ExecId,
    processes: ReadonlyArray<ProcessIdentity>,
  ) => void
  readonly unwatch: (id: ContainerId) => void
  readonly onNotice: (listener: (notice: HostNotice) => void) => void
}
