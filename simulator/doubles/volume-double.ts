/** The volume port on the simulated host: made in staging, filled, named; removed the other way. */
import type { VolumeName } from '../../domain/identity.ts'
import { notApplied } from '../../domain/ports/answer.ts'
import type { VolumePort, VolumeRequest } from '../../domain/ports/storage-ports.ts'
import type { SimulatedHost } from '../host/simulated-host.ts'
import type { DaemonLife } from './daemon-life.ts'
import { effective, type Part } from './port-call.ts'

const done = (): void => undefined

/** An image without this directory cannot fill a volume. */
export const missingPath = '/missing'

/** Nothing is taken away or replaced under a process that may use it (W7). */
const checkUnused = (d: DaemonLife, volume: VolumeName, what: string): void => {
  for (const [key, run] of d.host.volatile.runDirectories)
    if (run.volumes?.includes(volume) === true && d.host.isAlive(run.init))
      d.violated('W7', `volume ${volume} ${what} under ${key}`)
}

const stage =
  ({ durable }: SimulatedHost, { volume, fill }: VolumeRequest): Part =>
  () => {
    if (fill?.layers.some((layer) => !durable.layers.has(layer)) === true)
      return notApplied('ENOENT', 'a layer is missing')
    if (!durable.volumes.has(volume)) durable.volumeStaging.add(volume)
    return undefined
  }

const commit =
  (d: DaemonLife, { volume, fill }: VolumeRequest): Part =>
  () => {
    const { durable } = d.host
    durable.volumeStaging.delete(volume)
    const there = durable.volumes.get(volume)
    const filled = fill !== null && fill.path !== missingPath
    if (there !== undefined && filled) checkUnused(d, volume, 'filled')
    if (there === undefined) durable.volumes.set(volume, { filled })
    else if (filled) there.filled = true
    return undefined
  }

export const volumeDouble = (d: DaemonLife): VolumePort => ({
  create: (request) =>
    effective(d, {
      label: `make volume ${request.volume}`,
      intent: `volume ${request.volume}`,
      parts: [stage(d.host, request), commit(d, request)],
      value: done,
    }),
  remove: (volume) =>
    effective(d, {
      label: `remove volume ${volume}`,
      intent: `remove volume ${volume}`,
      parts: [
        () => {
          checkUnused(d, volume, 'removed')
          if (d.host.durable.volumes.delete(volume)) d.host.durable.volumeStaging.add(volume)
          return undefined
        },
        () => {
          d.host.durable.volumeStaging.delete(volume)
          return undefined
        },
      ],
      value: done,
    }),
})
