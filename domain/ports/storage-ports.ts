/** Effect ports that make and remove files, layers and mounts. */
import type { HostConfig, ProcessConfig } from '../container/config.ts'
import type { ContainerId, DiffId, ImageId, LayerId } from '../identity.ts'
import type { Answer } from './answer.ts'
import type { ContainerRef } from './layout.ts'

/** Where a layer's archive is: an entry of a docker-archive or OCI archive on this host. */
export interface LayerSource {
  readonly archive: string
  readonly entry: string
}

export interface UnpackRequest {
  readonly layer: LayerId
  readonly diff: DiffId
  readonly source: LayerSource
}

export interface LayerPort {
  /**
   * Unpacks into staging, verifies the diff id (`EVERIFY`), makes it durable, moves it into place.
   * A layer that is already committed is applied. Clears its own stale staging first. Idempotent.
   * Answers the tree's size in bytes (sum of regular files).
   */
  readonly unpack: (request: UnpackRequest) => Answer<number>
  /** Removes a committed layer and its staging; absent is applied. Idempotent. */
  readonly remove: (layer: LayerId) => Answer<void>
  /** Probe: the layer is committed and its facts file reads well. */
  readonly isCommitted: (layer: LayerId) => Answer<boolean>
}

export interface MountRequest {
  readonly id: ContainerId
  /** Bottom layer first. */
  readonly layers: ReadonlyArray<LayerId>
}

export interface RootfsPort {
  /** Makes `diff/`, `work/`, `merged/` of the writable layer, durable. Idempotent. */
  readonly createWritable: (id: ContainerId) => Answer<void>
  /** Unmounts first if needed; `EBUSY` is answered, not hidden. Absent is applied. */
  readonly removeWritable: (id: ContainerId) => Answer<void>
  /** Mounts overlay at `rootfsMount`; already mounted is applied. */
  readonly mount: (request: MountRequest) => Answer<void>
  /** Not mounted is applied. */
  readonly unmount: (id: ContainerId) => Answer<void>
}

export interface BundleRequest {
  readonly ref: ContainerRef
  readonly name: string
  readonly host: HostConfig
  readonly process: ProcessConfig
}

export interface BundlePort {
  /** Makes the container directory with hosts, hostname, resolv.conf, durable. Idempotent. */
  readonly createDirectory: (request: BundleRequest) => Answer<void>
  /** Removes container directory and state directory; absent is applied. */
  readonly removeDirectory: (ref: ContainerRef) => Answer<void>
  /** Writes the OCI bundle of an incarnation. `EUSER`, `EINVAL`: it cannot be met here. */
  readonly writeBundle: (request: BundleRequest) => Answer<void>
}

/** One image of an archive, all digests computed from the bytes that were read. */
export interface ArchivedImage {
  readonly id: ImageId
  /** The image's config file, verbatim text. */
  readonly config: string
  /** Normalised references (`busybox:latest`). */
  readonly references: ReadonlyArray<string>
  /** Bottom layer first. */
  readonly layers: ReadonlyArray<{
    readonly layer: LayerId
    readonly diff: DiffId
    readonly source: LayerSource
  }>
}

/** Query port: reads an image archive's directory, not its layers. */
export interface ArchivePort {
  readonly read: (path: string) => Answer<ReadonlyArray<ArchivedImage>>
}
