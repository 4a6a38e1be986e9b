/** What lies in our directories: names only, cheap enough for every start. */
import { readdirSync } from 'node:fs'
import {
  containerId,
  layerId,
  VolumeName,
  type ContainerId,
  type LayerId,
} from '../../domain/identity.ts'
import { layerDirectory, runtimeRoot, type Layout } from '../../domain/ports/layout.ts'
import type { Stranger } from '../../domain/ports/observation.ts'
import { readFacts } from '../layers/facts.ts'
import { errnoOf } from '../errors/errno.ts'

/** One container under one runtime name, with its attempts in ascending order. */
export interface RunState {
  readonly runtime: string
  readonly id: ContainerId
  readonly attempts: ReadonlyArray<number>
}

export interface DirectoryScan {
  readonly runs: ReadonlyArray<RunState>
  /** Containers that a runtime has state of: id to the runtime's name. */
  readonly runtimes: ReadonlyMap<ContainerId, string>
  readonly directories: ReadonlySet<ContainerId>
  readonly writable: ReadonlySet<ContainerId>
  readonly layers: ReadonlyArray<LayerId>
  readonly volumes: ReadonlyArray<VolumeName>
  readonly strangers: ReadonlyArray<Stranger>
}

const hex64 = /^[0-9a-f]{64}$/
const attemptName = /^[1-9][0-9]*$/

/** Absent is empty: a host that was just rebooted has no state directory. */
export const namesIn = (directory: string): ReadonlyArray<string> => {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return []
    throw error
  }
}

export const isContainerName = (name: string): name is ContainerId => hex64.test(name)

const idsIn = (directory: string): ReadonlyArray<ContainerId> =>
  namesIn(directory).filter(isContainerName)

const runsOf = (l: Layout, runtime: string): ReadonlyArray<RunState> =>
  idsIn(`${l.state}/${runtime}`).map((id) => ({
    runtime,
    id,
    attempts: namesIn(`${l.state}/${runtime}/${id}`)
      .filter((name) => attemptName.test(name))
      .map(Number)
      .sort((a, b) => a - b),
  }))

const strangersIn = (
  directory: string,
  kind: Stranger['kind'],
  ours: (name: string) => boolean,
): ReadonlyArray<Stranger> =>
  namesIn(directory)
    .filter((name) => !ours(name))
    .map((name) => ({ kind, name: `${directory}/${name}` }))

const isLayer = (l: Layout) => (name: string) =>
  hex64.test(name) && readFacts(layerDirectory(l, layerId(name)), layerId(name)) !== undefined

export const scanDirectories = (l: Layout): DirectoryScan => {
  const runtimeNames = namesIn(l.state).filter((name) => !name.startsWith('.'))
  const roots = runtimeNames.map((name) => ({ name, root: runtimeRoot(l, name) }))
  const engines = namesIn(`${l.root}/engines`)
  const overlay = `${l.root}/storage/overlay`
  const containers = `${l.root}/storage/overlay-containers`
  return {
    runs: runtimeNames.flatMap((name) => runsOf(l, name)),
    runtimes: new Map(
      roots.flatMap(({ name, root }) => idsIn(root).map((id) => [containerId(id), name] as const)),
    ),
    directories: new Set(engines.flatMap((name) => idsIn(`${l.root}/engines/${name}`))),
    writable: new Set(idsIn(containers)),
    layers: namesIn(overlay).filter(isLayer(l)).map(layerId),
    volumes: namesIn(`${l.root}/volumes`).filter(VolumeName.is),
    strangers: [
      ...strangersIn(overlay, 'staging', isLayer(l)),
      ...strangersIn(`${l.root}/storage/staging`, 'staging', () => false),
      ...strangersIn(containers, 'staging', isContainerName),
      ...strangersIn(`${l.root}/volumes`, 'staging', VolumeName.is),
      ...roots.flatMap(({ root }) => strangersIn(root, 'runtime', isContainerName)),
    ],
  }
}
