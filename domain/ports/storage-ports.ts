/** Effect ports that make and remove files, layers and mounts. */
import type { HostConfig, ProcessConfig } from '../container/config.ts'
import type { CopyDirection } from '../container/copies.ts'
import type { Join } from '../container/joins.ts'
import type { ContainerStorage } from '../container/storage.ts'
import type { ContainerId, CopyId, DiffId, ImageId, LayerId, VolumeName } from '../identity.ts'
import type { Answer } from './answer.ts'
import type { ContainerRef } from './layout.ts'

/** Where a layer's archive is: an entry of a docker-archive or OCI archive on this host. */
export interface LayerSource {
  readonly archive: string
  /** Empty: the archive itself is the layer. */
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
  /** A directory or block device that is mounted instead of layers; absent: none. */
  readonly external?: string
}

export interface RootfsPort {
  /** Makes `diff/`, `work/`, `merged/` of the writable layer, durable. Idempotent. */
  readonly createWritable: (id: ContainerId) => Answer<void>
  /** Unmounts first if needed; `EBUSY` is answered, not hidden. Absent is applied. */
  readonly removeWritable: (id: ContainerId) => Answer<void>
  /** Mounts overlay, or what is external, at `rootfsMount`; already mounted is applied. */
  readonly mount: (request: MountRequest) => Answer<void>
  /** Not mounted is applied. */
  readonly unmount: (id: ContainerId) => Answer<void>
}

export interface BundleRequest {
  readonly ref: ContainerRef
  readonly name: string
  readonly host: HostConfig
  readonly process: ProcessConfig
  readonly storage: ContainerStorage
  /** Absent: it joins nobody. */
  readonly joins?: ReadonlyArray<Join>
}

export interface BundlePort {
  /** Makes the container directory with hosts, hostname, resolv.conf, durable. Idempotent. */
  readonly createDirectory: (request: BundleRequest) => Answer<void>
  /** Removes container directory and state directory; absent is applied. */
  readonly removeDirectory: (ref: ContainerRef) => Answer<void>
  /** Writes the OCI bundle of an incarnation. `EUSER`, `EINVAL`: it cannot be met here. */
  readonly writeBundle: (request: BundleRequest) => Answer<void>
}

export interface CopyRequest {
  readonly ref: ContainerRef
  readonly copy: CopyId
  readonly direction: CopyDirection
  /** The container runs and is frozen meanwhile. */
  readonly freeze: boolean
  /** The container does not run: its root file system is mounted meanwhile. */
  readonly mount: boolean
  /** Bottom layer first. */
  readonly layers: ReadonlyArray<LayerId>
  /** As of a mount request. */
  readonly external?: string
}

export interface CopyPort {
  /**
   * Moves the bytes between the root file system, which must be mounted, and the client that has
   * asked for this copy. At most once. `ENOENT`: no client (any more), or no such path inside;
   * `ECANCELED`: the client went away. What a failed copy wrote before stays.
   */
  readonly transfer: (id: ContainerId, copy: CopyId) => Answer<void>
  /** Ends a transfer that may still be under way and waits for its end; absent is applied. */
  readonly end: (copy: CopyId) => Answer<void>
}

/** The directory of an image whose content a new volume gets, with owner and mode. */
export interface VolumeFill {
  /** Bottom layer first. */
  readonly layers: ReadonlyArray<LayerId>
  /** Absolute in the image. */
  readonly path: string
}

export interface VolumeRequest {
  readonly volume: VolumeName
  readonly fill: VolumeFill | null
}

export interface VolumePort {
  /**
   * Makes the volume whole in staging, durably, then gives it its name. One that is there is
   * applied; it is filled only while it is empty. Idempotent.
   */
  readonly create: (request: VolumeRequest) => Answer<void>
  /** Removes the volume, all that is in it, and its staging; absent is applied. Idempotent. */
  readonly remove: (volume: VolumeName) => Answer<void>
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

/** Query port: what archives hold, before anything of them is taken over. */
export interface ArchivePort {
  /** Reads an image archive's directory, not its layers. */
  readonly read: (path: string) => Answer<ReadonlyArray<ArchivedImage>>
  /** The digest of a root file system's tar archive as it is after it was inflated. */
  readonly diffOf: (path: string) => Answer<DiffId>
}
