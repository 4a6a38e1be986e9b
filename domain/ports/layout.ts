/** Names of host resources as functions of ids: an intent alone finds what it may have made. */
import type { ContainerId, CopyId, ExecId, LayerId, VolumeName } from '../identity.ts'

/** Absolute directories of one daemon: `-g` and `-S` (CFG-GRAPH-01, CFG-STATE-01). */
export interface Layout {
  readonly root: string
  readonly state: string
}

/** Addresses one incarnation of one container on the host. */
export interface ContainerRef {
  readonly id: ContainerId
  /** The configured name (`crun`, `runc`, `lcr`, …), not a path. */
  readonly runtime: string
  /** Incarnation number, from 1. */
  readonly attempt: number
  /** Absolute cgroup path below each hierarchy's mount, e.g. `/isulad/<id>`. */
  readonly cgroupPath: string
}

/** `<root>/engines/<runtime>/<id>` (RT-PATH-01): log and network files. Survives reboots. */
export const containerDirectory = (l: Layout, ref: Pick<ContainerRef, 'id' | 'runtime'>): string =>
  `${l.root}/engines/${ref.runtime}/${ref.id}`

/** The durable log in conmon's k8s-file format. */
export const logFile = (l: Layout, ref: Pick<ContainerRef, 'id' | 'runtime'>): string =>
  `${containerDirectory(l, ref)}/container.log`

/** What users see as `LogPath`: docker's json-file, a projection made from the durable log. */
export const jsonLogFile = (l: Layout, ref: Pick<ContainerRef, 'id' | 'runtime'>): string =>
  `${containerDirectory(l, ref)}/console.log`

/** Values that no event holds, 0600 (architecture: secrets). */
export const secretsFile = (l: Layout, id: ContainerId): string => `${l.root}/secrets/${id}`

/** `<state>/<runtime>/<id>` (RT-PATH-06): everything that a reboot may take away. */
export const stateDirectory = (l: Layout, ref: Pick<ContainerRef, 'id' | 'runtime'>): string =>
  `${l.state}/${ref.runtime}/${ref.id}`

/** One incarnation's run directory: pid files, exit and OOM records of the monitor. */
export const runDirectory = (l: Layout, ref: ContainerRef): string =>
  `${stateDirectory(l, ref)}/${ref.attempt}`

/** The OCI bundle of an incarnation, on tmpfs: `config.json`, the monitor's `ctl` and `attach`. */
export const bundleDirectory = (l: Layout, ref: ContainerRef): string =>
  `${runDirectory(l, ref)}/bundle`

export const execDirectory = (l: Layout, ref: ContainerRef, exec: ExecId): string =>
  `${runDirectory(l, ref)}/exec/${exec}`

/** `--root` of the OCI runtime, one per configured runtime name. */
export const runtimeRoot = (l: Layout, runtime: string): string => `${l.state}/${runtime}/.runtime`

/** A committed layer: `diff/` holds the tree, `layer.json` its verified facts. */
export const layerDirectory = (l: Layout, layer: LayerId): string =>
  `${l.root}/storage/overlay/${layer}`

/** Where a layer is unpacked before it is verified and renamed into place. */
export const layerStaging = (l: Layout, layer: LayerId): string =>
  `${l.root}/storage/staging/${layer}`

/** A container's writable layer: `diff/` (upper), `work/`, `merged/` (the rootfs mount point). */
export const writableDirectory = (l: Layout, id: ContainerId): string =>
  `${l.root}/storage/overlay-containers/${id}`

/** Where a writable layer is moved before it is removed; an id of a layer might be equal. */
export const writableStaging = (l: Layout, id: ContainerId): string =>
  `${l.root}/storage/staging/container-${id}`

export const rootfsMount = (l: Layout, id: ContainerId): string =>
  `${writableDirectory(l, id)}/merged`

/** `<root>/volumes/<name>`; what containers see of it is `_data` (spec 23, section 3). */
export const volumeDirectory = (l: Layout, volume: VolumeName): string =>
  `${l.root}/volumes/${volume}`

export const volumeData = (l: Layout, volume: VolumeName): string =>
  `${volumeDirectory(l, volume)}/_data`

/** Where a volume is filled before it gets its name, and moved before it is removed. */
export const volumeStaging = (l: Layout, volume: VolumeName): string =>
  `${l.root}/storage/staging/volume-${volume}`

/** Layers that commits write, until the image that they are for has them. */
export const commitsDirectory = (l: Layout): string => `${l.root}/storage/commits`

export const commitArchive = (l: Layout, copy: CopyId): string =>
  `${commitsDirectory(l)}/${copy}.tar`

/** The default cgroup path of a container below `parent` (CFG-CGROUP-01, both spellings). */
export const cgroupPath = (parent: string, id: ContainerId): string =>
  `/${parent.replace(/^\/+|\/+$/g, '')}/${id}`.replace(/\/{2,}/g, '/')
