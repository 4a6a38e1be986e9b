/** Well formed commands and ids for templates and random walks. */
import type { Command } from '../../domain/command.ts'
import type { CopyDirection } from '../../domain/container/copies.ts'
import type { ContainerRequest } from '../../domain/container/commands.ts'
import type { RestartPolicy } from '../../domain/container/config.ts'
import type { UpdateChange } from '../../domain/container/limits.ts'
import { sampleHost, sampleProcess } from '../../domain/container/container-fixture.ts'
import {
  containerId,
  copyId,
  diffId,
  execId,
  imageId,
  layerId,
  volumeName,
  type ContainerId,
  type ImageId,
  type LayerId,
  type VolumeName,
} from '../../domain/identity.ts'
import type { Prng } from '../schedule/prng.ts'
import type { ArchivedImage } from '../../domain/ports/storage-ports.ts'
import type { WantedVolume } from '../../domain/container/storage.ts'

const hex64 = (start: string): string => start.padEnd(64, '0')

/** `c001…`, `c002…`, … */
export const containerNumber = (n: number): ContainerId =>
  containerId(hex64(`c${String(n).padStart(3, '0')}`))
export const layerNumber = (n: number): LayerId => layerId(hex64(`a${n}`))
export const imageNumber = (n: number): ImageId => imageId(hex64(`b${n}`))

/** An image of two layers; image 2 shares its lower layer with image 1. */
export const sampleImage = (n: number, entry = 'layer'): ArchivedImage => ({
  id: imageNumber(n),
  config: '{}',
  references: [`image-${n}:latest`],
  layers: [9, n].map((l) => ({
    layer: layerNumber(l),
    diff: diffId(hex64(`d${l}`)),
    source: { archive: '/image.tar', entry: l === 9 ? 'layer' : entry },
  })),
})

export const load = (image: ArchivedImage): Command => ({
  _tag: 'LoadImage',
  image,
  references: image.references,
  origin: 'archive',
})

export const removeImage = (n: number, force = false): Command => ({
  _tag: 'RemoveImage',
  id: imageNumber(n),
  reference: '',
  force,
})

export const volumeNumber = (n: number): VolumeName => volumeName(`data${n}`)
const minted = (n: number): VolumeName => volumeName(hex64(`f${n}`))

/** `-v dataN:/data`. */
export const named = (n: number, copies = true): WantedVolume => ({
  volume: volumeNumber(n),
  target: `/data${n}`,
  readonly: false,
  implied: false,
  anonymous: false,
  copies,
})

/** `-v /mintN`; each number is minted once. */
export const anonymous = (n: number): WantedVolume => ({
  ...named(n),
  volume: minted(n),
  target: `/mint${n}`,
  anonymous: true,
})

/** What a container may ask for; `mint` answers a number that was never used before. */
export const drawVolumes = (chance: Prng, mint: () => number): ReadonlyArray<WantedVolume> => {
  if (chance.oneIn(2)) return []
  const volume = named(chance.pick([1, 1, 2]), chance.oneIn(2))
  return chance.oneIn(2) ? [volume] : [volume, anonymous(mint())]
}

export const createVolume = (n: number): Command => ({
  _tag: 'CreateVolume',
  volume: volumeNumber(n),
})
export const removeVolume = (volume: VolumeName): Command => ({ _tag: 'RemoveVolume', volume })

export interface CreateOptions {
  readonly name?: string
  readonly image?: number
  readonly restart?: RestartPolicy
  readonly autoRemove?: boolean
  /** Whose pid and network namespaces it shares. */
  readonly joins?: ContainerId
  readonly volumes?: ReadonlyArray<WantedVolume>
  /** `--volumes-from`. */
  readonly from?: ReadonlyArray<ContainerId>
}

export const create = (id: ContainerId, o: CreateOptions = {}): Command => ({
  _tag: 'CreateContainer',
  id,
  name: o.name ?? `name-${id.slice(0, 4)}`,
  image: { id: imageNumber(o.image ?? 1), reference: `image-${o.image ?? 1}:latest` },
  layers: [layerNumber(9), layerNumber(o.image ?? 1)],
  runtime: 'crun',
  cgroupPath: `/isulad/${id}`,
  host: {
    ...sampleHost,
    AutoRemove: o.autoRemove ?? false,
    RestartPolicy: o.restart ?? sampleHost.RestartPolicy,
    ...(o.joins === undefined
      ? {}
      : { PidMode: `container:${o.joins}`, NetworkMode: `container:${o.joins}` }),
  },
  process: sampleProcess,
  storage: {
    volumes: o.volumes ?? [],
    from: (o.from ?? []).map((container) => ({ container, readonly: null })),
  },
})

const sigterm = 15

export const start = (id: ContainerId, timeoutMs: number | null = null): Command => ({
  _tag: 'StartContainer',
  id,
  timeoutMs,
})

export const stop = (id: ContainerId, graceMs = 10_000): Command => ({
  _tag: 'StopContainer',
  id,
  signal: sigterm,
  graceMs,
})

export const restart = (id: ContainerId, graceMs = 10_000): Command => ({
  _tag: 'RestartContainer',
  id,
  signal: sigterm,
  graceMs,
  timeoutMs: null,
})

export const kill = (id: ContainerId, signal = 9): Command => ({
  _tag: 'KillContainer',
  id,
  signal,
})

export const pause = (id: ContainerId): Command => ({ _tag: 'PauseContainer', id })
export const unpause = (id: ContainerId): Command => ({ _tag: 'UnpauseContainer', id })

export const remove = (id: ContainerId, force = false, volumes = false): Command => ({
  _tag: 'RemoveContainer',
  id,
  force,
  volumes,
})

export const rename = (id: ContainerId, name: string): Command => ({
  _tag: 'RenameContainer',
  id,
  name,
})

export const update = (
  id: ContainerId,
  limits: UpdateChange['limits'],
  restart: RestartPolicy | null = null,
): Command => ({ _tag: 'UpdateContainer', id, change: { limits, restart } })

export interface ExecOptions {
  readonly exec?: string
  readonly detached?: boolean
  readonly args: ReadonlyArray<string>
}

export const exec = (id: ContainerId, o: ExecOptions): ContainerRequest => ({
  _tag: 'ExecInContainer',
  id,
  exec: execId(o.exec ?? 'e1'),
  detached: o.detached ?? false,
  process: {
    args: o.args,
    env: [],
    user: '',
    workingDir: '/',
    terminal: false,
    openStdin: false,
  },
})

export const copy = (id: ContainerId, name: string, direction: CopyDirection = 'out'): Command => ({
  _tag: 'CopyFiles',
  id,
  copy: copyId(name),
  direction,
  path: '/etc',
})
