/** What a container uses besides its own layers: volumes, and mounts of other containers. */
import * as t from 'io-ts'
import { VolumeName, type ContainerId } from '../identity.ts'
import { BindMount } from './config.ts'

export const VolumeUse = t.strict(
  {
    volume: VolumeName,
    target: t.string,
    readonly: t.boolean,
    /** Not spelled in the configuration: the image's, or taken from another container. */
    implied: t.boolean,
  },
  'VolumeUse',
)
export type VolumeUse = t.TypeOf<typeof VolumeUse>

export const ContainerStorage = t.strict(
  {
    /** Implied ones first; the others in the order in which the configuration spells them. */
    volumes: t.readonlyArray(VolumeUse),
    /** Binds of the containers named by `--volumes-from`. */
    binds: t.readonlyArray(BindMount),
    /** Volumes that were not ready when the container was asked for. */
    awaited: t.readonlyArray(VolumeName),
  },
  'ContainerStorage',
)
export type ContainerStorage = t.TypeOf<typeof ContainerStorage>

export const noStorage: ContainerStorage = { volumes: [], binds: [], awaited: [] }

/** One volume that a new container is to use. */
export interface WantedVolume extends VolumeUse {
  /** Its name was minted: it goes with the container where that is asked for. */
  readonly anonymous: boolean
  /** Whether a new volume gets what the image has at the target. */
  readonly copies: boolean
}

/** What a client asks for; what other containers have is looked up when it is decided. */
export interface StorageRequest {
  readonly volumes: ReadonlyArray<WantedVolume>
  readonly from: ReadonlyArray<{
    readonly container: ContainerId
    /** Null: as the other container has it. */
    readonly readonly: boolean | null
  }>
}

export const noStorageRequest: StorageRequest = { volumes: [], from: [] }
