/** Adapters with one mistake each: what a wrong implementation of a port could look like (M3). */
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { ContainerId } from '../../domain/identity.ts'
import type { LaunchObservation } from '../../domain/ports/process-ports.ts'
import type { ContainerRef } from '../../domain/ports/layout.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import type { PlantedBug } from '../faults/planted.ts'

const applied = () => TE.right(undefined)
const sigkill = 9

const portsBug = (name: string, ports: (ports: Ports) => Ports): PlantedBug => ({ name, ports })

export const forgottenWritableLayer = portsBug('a removal forgets the writable layer', (ports) => ({
  ...ports,
  rootfs: { ...ports.rootfs, removeWritable: applied },
}))

export const forgottenDirectory = portsBug('a removal forgets the directory', (ports) => ({
  ...ports,
  bundle: { ...ports.bundle, removeDirectory: applied },
}))

export const forgottenRuntimeState = portsBug('a release forgets the runtime’s state', (ports) => ({
  ...ports,
  runtime: { ...ports.runtime, remove: applied },
}))

export const forgottenMonitor = portsBug(
  'a release forgets the monitor and its files',
  (ports) => ({
    ...ports,
    monitor: { ...ports.monitor, clear: applied },
  }),
)

export const forgottenLayer = portsBug('a retired layer stays on disk', (ports) => ({
  ...ports,
  layer: { ...ports.layer, remove: applied },
}))

export const sparedProcesses = portsBug('a kill is said and not done', (ports) => ({
  ...ports,
  cgroup: { ...ports.cgroup, killAll: applied },
  process: {
    ...ports.process,
    signal: (process, signal) =>
      signal === sigkill ? applied() : ports.process.signal(process, signal),
  },
}))

/** Whatever a container was mounted for, its neighbour loses it, too. */
export const unmountedNeighbour = portsBug('an unmount takes the neighbour with it', (ports) => {
  const mounted = new Set<ContainerId>()
  return {
    ...ports,
    rootfs: {
      ...ports.rootfs,
      mount: (request) => {
        mounted.add(request.id)
        return ports.rootfs.mount(request)
      },
      unmount: (id) => {
        mounted.delete(id)
        const [neighbour] = mounted
        const own = ports.rootfs.unmount(id)
        return neighbour === undefined ? own : TE.chain(() => ports.rootfs.unmount(neighbour))(own)
      },
    },
  }
})

export const killedNeighbour = portsBug('a kill hits the cgroup of the neighbour, too', (ports) => {
  const launched = new Map<ContainerId, ContainerRef>()
  return {
    ...ports,
    monitor: {
      ...ports.monitor,
      launch: (request) => {
        launched.set(request.ref.id, request.ref)
        return ports.monitor.launch(request)
      },
    },
    cgroup: {
      ...ports.cgroup,
      remove: (ref) => {
        launched.delete(ref.id)
        const neighbour = [...launched.values()].find((other) => other.id !== ref.id)
        const own = ports.cgroup.remove(ref)
        return neighbour === undefined ? own : TE.chain(() => ports.cgroup.killAll(neighbour))(own)
      },
    },
  }
})

const withoutExit = (o: LaunchObservation): LaunchObservation => {
  const { exit, ...rest } = o
  return exit === undefined ? o : { ...rest, monitor: undefinedAlive(o) }
}

/** The monitor counts as gone, so that nobody waits for its record. */
const undefinedAlive = (o: LaunchObservation): NonNullable<LaunchObservation['monitor']> => ({
  identity: o.monitor?.identity ?? o.init?.identity ?? { boot: '' as never, pid: 0, startTicks: 0 },
  alive: false,
})

export const lostExitRecord = portsBug('an exit record is not read', (ports) => ({
  ...ports,
  monitor: {
    ...ports.monitor,
    observe: (ref) => TE.map(withoutExit)(ports.monitor.observe(ref)),
  },
}))

export const eternalLife = portsBug('a dead process is taken for a living one', (ports) => ({
  ...ports,
  monitor: {
    ...ports.monitor,
    observe: (ref) =>
      TE.map((o: LaunchObservation): LaunchObservation => {
        const { exit, ...rest } = o
        const init = o.init === undefined ? {} : { init: { ...o.init, alive: true } }
        return exit === undefined ? o : { ...rest, ...init }
      })(ports.monitor.observe(ref)),
  },
}))

export const wrongCode = portsBug('an exit code loses its signal', (ports) => ({
  ...ports,
  monitor: {
    ...ports.monitor,
    observe: (ref) =>
      TE.map((o: LaunchObservation): LaunchObservation =>
        o.exit === undefined ? o : { ...o, exit: { ...o.exit, code: o.exit.code & 127 } },
      )(ports.monitor.observe(ref)),
  },
}))

export const frozenForEver = portsBug('a thaw is said and not done', (ports) => ({
  ...ports,
  cgroup: { ...ports.cgroup, thaw: applied },
}))

export const throwingAdapter = portsBug('an adapter rejects instead of answering', (ports) => ({
  ...ports,
  cgroup: {
    ...ports.cgroup,
    freeze: () => () => Promise.reject(new Error('nobody caught this')),
  },
}))

export const hostBugs = {
  forgottenWritableLayer,
  forgottenDirectory,
  forgottenRuntimeState,
  forgottenMonitor,
  forgottenLayer,
  sparedProcesses,
  unmountedNeighbour,
  killedNeighbour,
  lostExitRecord,
  eternalLife,
  wrongCode,
  frozenForEver,
  throwingAdapter,
}
