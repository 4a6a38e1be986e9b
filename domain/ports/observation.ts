/** What the host really holds of ours, as recovery and audit see it. */
import type { BootId, ContainerId, ExecId, LayerId, VolumeName } from '../identity.ts'
import type { Answer } from './answer.ts'
import type { LaunchObservation, RuntimeStatus } from './process-ports.ts'

export interface IncarnationObservation extends LaunchObservation {
  readonly attempt: number
  readonly execs: Readonly<Record<ExecId, LaunchObservation>>
}

export interface ContainerObservation {
  readonly incarnations: ReadonlyArray<IncarnationObservation>
  readonly runtime: RuntimeStatus
  readonly rootfsMounted: boolean
  readonly cgroup: boolean
  readonly frozen: boolean
  /** Live, non-zombie processes in the container's cgroups. */
  readonly processes: number
  readonly directory: boolean
  readonly writableLayer: boolean
}

/** Something with our mark that belongs to no container or layer directory by its name. */
export interface Stranger {
  readonly kind: 'mount' | 'cgroup' | 'monitor' | 'runtime' | 'staging' | 'fifo' | 'process'
  readonly name: string
}

export interface HostObservation {
  readonly boot: BootId
  readonly wallMs: number
  readonly containers: Readonly<Record<ContainerId, ContainerObservation>>
  readonly layers: ReadonlyArray<LayerId>
  readonly volumes: ReadonlyArray<VolumeName>
  readonly strangers: ReadonlyArray<Stranger>
}

/** Reads everything that carries our mark: run directories, cgroups, mounts, monitors, layers. */
export interface ObservePort {
  readonly observe: () => Answer<HostObservation>
}
