/** Imperative requests to a volume, and what the engine records of its own work on it. */
import type { VolumeName } from '../identity.ts'

interface Failure {
  readonly errno: string
  readonly error: string
}

export type VolumeCommand =
  | { readonly _tag: 'CreateVolume'; readonly volume: VolumeName }
  | { readonly _tag: 'RemoveVolume'; readonly volume: VolumeName }
  /** Made or filled: whichever of the two is under way. */
  | { readonly _tag: 'RecordVolumeMade'; readonly volume: VolumeName }
  | ({ readonly _tag: 'RecordVolumeMakeFailed'; readonly volume: VolumeName } & Failure)
  | { readonly _tag: 'RecordVolumeRemoved'; readonly volume: VolumeName }
  | ({
      readonly _tag: 'RecordVolumeRemoveDelayed'
      readonly volume: VolumeName
      readonly tries: number
    } & Failure)
