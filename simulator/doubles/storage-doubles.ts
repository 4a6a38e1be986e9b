/** Layer, rootfs and bundle ports on the simulated host. */
import { liveLimits } from '../../domain/container/limits.ts'
import { notApplied, type EffectError } from '../../domain/ports/answer.ts'
import type { ContainerId } from '../../domain/identity.ts'
import type {
  BundlePort,
  BundleRequest,
  LayerPort,
  MountRequest,
  RootfsPort,
  UnpackRequest,
} from '../../domain/ports/storage-ports.ts'
import { incarnation, noFiles } from '../host/host-state.ts'
import type { SimulatedHost } from '../host/simulated-host.ts'
import type { DaemonLife } from './daemon-life.ts'
import { refusedUser } from './accounts.ts'
import { effective, reading, type Part } from './port-call.ts'

const done = (): void => undefined
/** What every simulated layer measures. */
const layerBytes = 4096
/** The entry of a layer source that cannot be unpacked. */
export const brokenEntry = 'broken'
/** The entry of a layer source whose archive is not there. */
export const missingEntry = 'missing'

/** A committed layer of another digest is no answer. */
const refusedLayer = (
  { durable }: SimulatedHost,
  { layer, diff }: Pick<UnpackRequest, 'layer' | 'diff'>,
): EffectError | undefined =>
  (durable.layers.get(layer)?.diff ?? diff) === diff
    ? undefined
    : notApplied('EVERIFY', 'the layer has another diff id')

const stage =
  (host: SimulatedHost, { layer, diff, source }: UnpackRequest): Part =>
  () => {
    if (host.durable.layers.has(layer)) return refusedLayer(host, { layer, diff })
    if (source.entry === missingEntry) return notApplied('ENOENT', 'the archive is missing')
    if (source.entry === brokenEntry) {
      host.durable.staging.delete(layer)
      return notApplied('EVERIFY', 'the diff id is another one')
    }
    host.durable.staging.add(layer)
    return undefined
  }

const commit =
  (host: SimulatedHost, { layer, diff }: UnpackRequest): Part =>
  () => {
    host.durable.staging.delete(layer)
    const refused = refusedLayer(host, { layer, diff })
    if (refused !== undefined) return refused
    host.durable.layers.set(layer, { diff, sizeBytes: layerBytes })
    return undefined
  }

export const layerDouble = (d: DaemonLife): LayerPort => ({
  unpack: (request) =>
    effective(d, {
      label: `unpack ${request.layer}`,
      intent: `unpack ${request.layer}`,
      parts: [stage(d.host, request), commit(d.host, request)],
      value: () => d.host.durable.layers.get(request.layer)?.sizeBytes ?? 0,
    }),
  remove: (layer) =>
    effective(d, {
      label: `remove layer ${layer}`,
      intent: `retire ${layer}`,
      parts: [
        () => {
          for (const [id, layers] of d.host.volatile.mounts)
            if (layers.includes(layer)) d.violated('W7', `layer ${layer} removed under ${id}`)
          d.host.durable.layers.delete(layer)
          d.host.durable.staging.delete(layer)
          return undefined
        },
      ],
      value: done,
    }),
  isCommitted: (layer) =>
    reading(d, `is ${layer} committed`, () => d.host.durable.layers.has(layer)),
})

/** Nothing is taken away from under a process that still lives (W7). */
const checkUnused = (d: DaemonLife, id: ContainerId, what: string): void => {
  if (d.host.inCgroup(id).length > 0) d.violated('W7', `${what} of ${id} under live processes`)
}

const mount =
  (host: SimulatedHost, { id, layers }: MountRequest): Part =>
  () => {
    if (host.volatile.mounts.has(id)) return undefined
    if (host.durable.writable.get(id) !== 'whole') return notApplied('ENOENT', 'no writable layer')
    if (layers.some((layer) => !host.durable.layers.has(layer)))
      return notApplied('ENOENT', 'a layer is missing')
    host.mount(id, layers)
    return undefined
  }

export const rootfsDouble = (d: DaemonLife): RootfsPort => {
  const { host } = d
  const grow = (id: ContainerId, to: 'half' | 'whole'): Part => {
    return () => {
      if (host.durable.writable.get(id) !== 'whole') host.durable.writable.set(id, to)
      return undefined
    }
  }
  return {
    createWritable: (id) =>
      effective(d, {
        label: `create writable layer of ${id}`,
        intent: `create ${id}`,
        parts: [grow(id, 'half'), grow(id, 'whole')],
        value: done,
      }),
    removeWritable: (id) =>
      effective(d, {
        label: `remove writable layer of ${id}`,
        intent: `remove ${id}`,
        parts: [
          () => {
            checkUnused(d, id, 'writable layer removed')
            host.unmount(id)
            if (host.durable.writable.has(id)) host.durable.writable.set(id, 'half')
            return undefined
          },
          () => {
            host.durable.writable.delete(id)
            return undefined
          },
        ],
        value: done,
      }),
    mount: (request) =>
      effective(d, {
        label: `mount ${request.id}`,
        intent: `start ${request.id}`,
        parts: [mount(host, request)],
        value: done,
      }),
    unmount: (id) =>
      effective(d, {
        label: `unmount ${id}`,
        intent: `create ${id}`,
        parts: [
          () => {
            checkUnused(d, id, 'rootfs unmounted')
            host.unmount(id)
            return undefined
          },
        ],
        value: done,
      }),
  }
}

const writeBundle =
  (host: SimulatedHost, { ref, process, host: config, storage, joins = [] }: BundleRequest): Part =>
  () => {
    host.durable.directories.add(ref.id)
    const gone = joins.find(({ init }) => init === null || !host.isAlive(init))
    if (gone !== undefined) return notApplied('EINVAL', `${gone.container} is not running`)
    const refused = refusedUser(process.User)
    if (refused !== undefined) return refused
    const run = host.runDirectory(ref.id, ref.attempt)
    const limits = liveLimits(config)
    const volumes = storage.volumes.map(({ volume }) => volume)
    const fresh = { ...noFiles(), bundle: true, volumes, limits, execs: new Map() }
    if (run === undefined) host.volatile.runDirectories.set(incarnation(ref.id, ref.attempt), fresh)
    else Object.assign(run, { bundle: true, volumes, limits })
    return undefined
  }

export const bundleDouble = (d: DaemonLife): BundlePort => {
  const { host } = d
  return {
    createDirectory: ({ ref }) =>
      effective(d, {
        label: `create directory of ${ref.id}`,
        intent: `create ${ref.id}`,
        parts: [
          () => {
            host.durable.directories.add(ref.id)
            return undefined
          },
        ],
        value: done,
      }),
    removeDirectory: (ref) =>
      effective(d, {
        label: `remove directory of ${ref.id}`,
        intent: `remove ${ref.id}`,
        parts: [
          () => {
            host.removeDirectories(ref.id)
            return undefined
          },
        ],
        value: done,
      }),
    writeBundle: (request) =>
      effective(d, {
        label: `write bundle of ${request.ref.id}/${request.ref.attempt}`,
        intent: `start ${request.ref.id}/${request.ref.attempt}`,
        parts: [writeBundle(host, request)],
        value: done,
      }),
  }
}
