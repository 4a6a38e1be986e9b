/** All ports of one daemon on the simulated host. */
import type { Ports } from '../../domain/ports/ports.ts'
import type { DaemonLife } from './daemon-life.ts'
import { monitorDouble } from './monitor-double.ts'
import { observeDouble, watchDouble } from './observe-double.ts'
import { cgroupDouble, processDouble, runtimeDouble } from './process-doubles.ts'
import { bundleDouble, layerDouble, rootfsDouble } from './storage-doubles.ts'

export interface SimulatedPorts {
  readonly ports: Ports
  /** The daemon is gone: nothing of it listens to the host any more. */
  readonly close: () => void
}

export const simulatedPorts = (d: DaemonLife): SimulatedPorts => {
  const watch = watchDouble(d)
  return {
    close: watch.close,
    ports: {
      runtime: runtimeDouble(d),
      monitor: monitorDouble(d),
      process: processDouble(d),
      cgroup: cgroupDouble(d),
      layer: layerDouble(d),
      rootfs: rootfsDouble(d),
      bundle: bundleDouble(d),
      observe: observeDouble(d),
      watch: watch.port,
      clock: { now: () => d.host.now() },
      timer: {
        at: (monoMs, call) =>
          d.isAlive()
            ? d.scheduler.add({
                owner: d.owner,
                kind: 'timer',
                atMs: d.host.timeOf(monoMs),
                run: call,
              })
            : () => undefined,
      },
      entropy: { hex: (bytes) => d.prng.hex(bytes) },
    },
  }
}
