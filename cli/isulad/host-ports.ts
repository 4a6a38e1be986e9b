/** Puts the adapters of a real host together as the engine's ports. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { systemClock } from '../../adapters/ambient/clock.ts'
import { systemEntropy } from '../../adapters/ambient/entropy.ts'
import { systemTimer } from '../../adapters/ambient/timers.ts'
import { detectCgroups } from '../../adapters/cgroups/hierarchies.ts'
import { startHostCalls } from '../../adapters/host-calls/host-calls.ts'
import { makeCopyPort } from '../../adapters/copy/copy-port.ts'
import { CopySessions } from '../../adapters/copy/sessions.ts'
import { createExitWatcher } from '../../adapters/kernel/exit-watcher.ts'
import { processPort } from '../../adapters/kernel/process-port.ts'
import { layerStore } from '../../adapters/layers/layer-store.ts'
import { makeMonitorControl, type MonitorControl } from '../../adapters/monitor/control.ts'
import { makeMonitorPort } from '../../adapters/monitor/monitor-port.ts'
import { makeStreamRegistry, type StreamRegistry } from '../../adapters/monitor/streams.ts'
import { makeWatchPort } from '../../adapters/monitor/watch-port.ts'
import { makeObservePort } from '../../adapters/observe/observe-port.ts'
import { hostQueries, type HostQueries } from '../../adapters/queries/host-queries.ts'
import {
  isExecutable,
  openRuntimeCatalogue,
  type RuntimeCatalogue,
} from '../../adapters/runtime/runtime-catalogue.ts'
import { makeRuntimePort } from '../../adapters/runtime/runtime-port.ts'
import { openVolumes } from '../../adapters/volumes/volume-port.ts'
import type { DaemonConfig } from '../../domain/config/daemon-config.ts'
import type { Layout } from '../../domain/ports/layout.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import type { EngineLog } from '../../journal/engine/engine.ts'

/** RT-FLOW-06: calls of the runtime and of the monitor end after two minutes. */
const runtimeDeadlineMs = 120_000

export interface RealHost {
  readonly ports: Ports
  readonly streams: StreamRegistry
  readonly control: MonitorControl
  readonly queries: HostQueries
  readonly copies: CopySessions
  readonly catalogue: RuntimeCatalogue
  readonly layout: Layout
  readonly cgroupMode: string
  /** Ends the adapters' threads. */
  readonly close: () => void
}

export interface HostWishes {
  readonly config: DaemonConfig
  readonly log: EngineLog
  /** Cgroup parents of the containers that there are, besides the configured one. */
  readonly cgroupParents: () => ReadonlyArray<string>
}

const searchPath = (): string => process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'

const findMonitor = (): string | undefined =>
  [...searchPath().split(':'), '/usr/sbin', '/usr/libexec/podman', '/usr/lib/podman']
    .map((folder) => `${folder}/conmon`)
    .find(isExecutable)

const catalogueOf = (
  { config }: HostWishes,
  layout: Layout,
): ReturnType<typeof openRuntimeCatalogue> =>
  openRuntimeCatalogue({
    configured: Object.fromEntries(config.runtimes.map((r) => [r.name, r])),
    ...(config.defaultRuntime === undefined ? {} : { defaultRuntime: config.defaultRuntime }),
    host: detectCgroups(),
    searchPath: searchPath(),
    place: { scratch: `${layout.state}/.probe`, cgroupParent: config.cgroupParent },
  })

/** `Left`: what the host lacks, for the operator. */
export const openHost = async (wishes: HostWishes): Promise<Either<string, RealHost>> => {
  const { config, log } = wishes
  const layout: Layout = { root: config.graph, state: config.state }
  const program = findMonitor()
  if (program === undefined) return E.left('conmon is not installed: it is needed on PATH')
  const opened = await catalogueOf(wishes, layout)
  if (E.isLeft(opened)) return opened
  const catalogue = opened.right
  for (const reason of catalogue.rejected) log.warn(`runtime passed over: ${reason}`)
  const host = detectCgroups()
  const clock = systemClock()
  const { bundle, cgroup, mounting, ...calls } = startHostCalls({
    layout,
    warn: (id, texts) => log.warn(`${id}: ${texts.join('; ')}`),
  })
  const runtime = makeRuntimePort({ layout, catalogue, deadlineMs: runtimeDeadlineMs })
  const streams = makeStreamRegistry({ layout })
  const exits = createExitWatcher()
  const copies = new CopySessions()
  const layers = layerStore({ layout })
  const volumes = openVolumes(layout)
  const common = { layout, program, catalogue, host, runtime, cgroup, process: processPort }
  const ports: Ports = {
    runtime,
    monitor: makeMonitorPort({ ...common, streams, deadlineMs: runtimeDeadlineMs }),
    process: processPort,
    cgroup,
    layer: layers.layer,
    rootfs: { ...layers.rootfs, ...mounting },
    bundle,
    volume: volumes.port,
    copy: makeCopyPort({ layout, sessions: copies }),
    observe: makeObservePort({
      layout,
      host,
      cgroupParents: wishes.cgroupParents,
      keepsProofs: true,
    }),
    watch: makeWatchPort({ layout, exits, onTrouble: log.warn }),
    clock,
    timer: systemTimer(clock),
    entropy: systemEntropy,
  }
  return E.right({
    ports,
    streams,
    control: makeMonitorControl(layout),
    queries: hostQueries(host),
    copies,
    catalogue,
    layout,
    cgroupMode: host.mode,
    close: () => {
      exits.close()
      layers.close()
      volumes.close()
      calls.close()
    },
  })
}
