/** All ports of one daemon on the simulated host. */
import type { Ports } from '../../domain/ports/ports.ts'
import type { Possible } from '../faults/fault-source.ts'
import { copyDouble } from './copy-double.ts'
import { volumeDouble } from './volume-double.ts'
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

const lateness = [40, 900, 5_000] as const
const lateTimer: Possible = {
  kind: 'late-timer',
  detail: (chance) => String(chance.pick(lateness)),
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
      volume: volumeDouble(d),
      copy: copyDouble(d),
      observe: observeDouble(d),
      watch: watch.port,
      clock: { now: () => d.host.now() },
      timer: {
        at: (monoMs, call) => {
          if (!d.isAlive()) return () => undefined
          const late = d.faults.strike('timer', [lateTimer])
          const atMs = d.host.timeOf(monoMs) + Number(late?.detail ?? 0)
          return d.scheduler.add({ owner: d.owner, kind: 'timer', atMs, run: call })
        },
      },
      entropy: { hex: (bytes) => d.prng.hex(bytes) },
    },
  }
}
