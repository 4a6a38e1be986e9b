/** A simulated host as plain state: what a reboot takes away, and what it leaves. */
import type { LiveLimits } from '../../domain/container/limits.ts'
import {
  bootId,
  type BootId,
  type ContainerId,
  type DiffId,
  type ExecId,
  type LayerId,
  type VolumeName,
  type ProcessIdentity,
} from '../../domain/identity.ts'
import type { KnownExit } from '../../domain/ports/exit-record.ts'

export interface HostProcess {
  readonly identity: ProcessIdentity
  readonly role: 'init' | 'monitor' | 'exec' | 'exec-monitor' | 'stranger'
  readonly container: ContainerId
  readonly attempt: number
  readonly exec: ExecId | undefined
  readonly deaf: boolean
  alive: boolean
  /** How it will end when its cgroup is thawed. */
  pendingCode: number | undefined
}

/** One launch's files: who was started, and how it ended. */
export interface LaunchFiles {
  init: ProcessIdentity | undefined
  monitor: ProcessIdentity | undefined
  exit: KnownExit | undefined
  /** The OOM killer was here (conmon's oom file). */
  oom: boolean
}

export interface Cgroup {
  readonly container: ContainerId
  frozen: boolean
  limits: LiveLimits | undefined
}

export interface RunDirectory extends LaunchFiles {
  bundle: boolean
  /** What its bundle mounts. */
  volumes?: ReadonlyArray<VolumeName>
  /** What the bundle says of them. */
  limits?: LiveLimits
  readonly execs: Map<ExecId, LaunchFiles>
}

export interface RuntimeContainer {
  readonly attempt: number
  readonly init: ProcessIdentity
  status: 'created' | 'running' | 'stopped'
}

export const noFiles = (): LaunchFiles => ({
  init: undefined,
  monitor: undefined,
  exit: undefined,
  oom: false,
})

export const incarnation = (id: ContainerId, attempt: number): string => `${id}/${attempt}`

/** Lost at reboot. */
export interface VolatileState {
  readonly boot: BootId
  readonly bootedMs: number
  readonly processes: Map<number, HostProcess>
  /** Mounted root file systems with the layers below them. */
  readonly mounts: Map<ContainerId, ReadonlyArray<LayerId>>
  /** By cgroup path. */
  readonly cgroups: Map<string, Cgroup>
  /** By `incarnation`. */
  readonly runDirectories: Map<string, RunDirectory>
  readonly runtime: Map<ContainerId, RuntimeContainer>
}

export interface DurableState {
  readonly directories: Set<ContainerId>
  readonly writable: Map<ContainerId, 'half' | 'whole'>
  readonly staging: Set<LayerId>
  readonly layers: Map<LayerId, { readonly diff: DiffId; readonly sizeBytes: number }>
  /** By name; `filled` once an image's content has been copied in. */
  readonly volumes: Map<VolumeName, { filled: boolean }>
  /** Volumes that are being made or taken away. */
  readonly volumeStaging: Set<VolumeName>
}

/** What really happened: known to the oracles alone, never shown to the engine. */
export interface Notebook {
  /** Starts of the user's process per incarnation, and of execs per exec id. */
  readonly starts: Map<string, number>
  /** Transfers begun per copy. */
  readonly copies: Map<string, number>
  /** Incarnations whose start the runtime refused after it had ended the init. */
  readonly refused: Set<string>
  /** The true code of each ended incarnation and exec. */
  readonly exits: Map<string, number>
  /** What strangers took from under us, by its name in `holdingsOf`. */
  readonly taken: Set<string>
  /** Incarnations and execs whose evidence strangers removed: nobody can know more of them. */
  readonly robbed: Set<string>
  /** Incarnations that the engine itself ended by killing their cgroup. */
  readonly slain: Set<string>
  /** When each boot began (ms). */
  readonly boots: Map<BootId, number>
  /** When an incarnation's exit record came into being and went away (ms). */
  readonly records: Map<string, { readonly fromMs: number; untilMs: number | undefined }>
}

export const newBoot = (number: number, bootedMs: number): VolatileState => ({
  boot: bootId(`boot-${number}`),
  bootedMs,
  processes: new Map(),
  mounts: new Map(),
  cgroups: new Map(),
  runDirectories: new Map(),
  runtime: new Map(),
})
