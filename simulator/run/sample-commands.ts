/** Well formed commands and ids for templates and random walks. */
import type { Command } from '../../domain/command.ts'
import type { ContainerRequest } from '../../domain/container/commands.ts'
import type { RestartPolicy } from '../../domain/container/config.ts'
import { sampleHost, sampleProcess } from '../../domain/container/container-fixture.ts'
import {
  containerId,
  diffId,
  execId,
  imageId,
  layerId,
  type ContainerId,
  type ImageId,
  type LayerId,
} from '../../domain/identity.ts'
import type { ArchivedImage } from '../../domain/ports/storage-ports.ts'

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

export interface CreateOptions {
  readonly name?: string
  readonly image?: number
  readonly restart?: RestartPolicy
  readonly autoRemove?: boolean
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
  },
  process: sampleProcess,
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

export const remove = (id: ContainerId, force = false): Command => ({
  _tag: 'RemoveContainer',
  id,
  force,
})

export const rename = (id: ContainerId, name: string): Command => ({
  _tag: 'RenameContainer',
  id,
  name,
})

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
