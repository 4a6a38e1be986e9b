/** What the operations of the monitor port work with. */
import type { Layout } from '../../domain/ports/layout.ts'
import type { CgroupPort, ProcessPort, RuntimePort } from '../../domain/ports/process-ports.ts'
import type { CgroupHost } from '../cgroups/hierarchies.ts'
import type { RuntimeCatalogue } from '../runtime/runtime-catalogue.ts'
import type { StreamLauncher } from './streams.ts'

export interface MonitorParts {
  readonly layout: Layout
  /** Absolute path of conmon. */
  readonly program: string
  readonly catalogue: RuntimeCatalogue
  readonly host: CgroupHost
  readonly runtime: RuntimePort
  readonly cgroup: CgroupPort
  readonly process: ProcessPort
  readonly streams: StreamLauncher
  /** How long `launch` and `exec` wait for conmon's answer (RT-FLOW-06: about two minutes). */
  readonly deadlineMs: number
}
