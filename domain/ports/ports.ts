/** All effect ports of one host: what the real adapters and the simulated host both provide. */
import type {
  CgroupPort,
  MonitorPort,
  ProcessPort,
  RuntimePort,
  WatchPort,
} from './process-ports.ts'
import type { BundlePort, CopyPort, LayerPort, RootfsPort, VolumePort } from './storage-ports.ts'
import type { ObservePort } from './observation.ts'
import type { ClockPort, EntropyPort, TimerPort } from './ambient-ports.ts'

export interface Ports {
  readonly runtime: RuntimePort
  readonly monitor: MonitorPort
  readonly process: ProcessPort
  readonly cgroup: CgroupPort
  readonly layer: LayerPort
  readonly rootfs: RootfsPort
  readonly bundle: BundlePort
  readonly volume: VolumePort
  readonly copy: CopyPort
  readonly observe: ObservePort
  readonly watch: WatchPort
  readonly clock: ClockPort
  readonly timer: TimerPort
  readonly entropy: EntropyPort
}
