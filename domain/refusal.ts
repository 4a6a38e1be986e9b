/** Why a command is refused: the rule by name, never a text. Texts live in the front doors. */
import type { StatusWord } from './container/state.ts'
import type { ContainerId, ImageId, VolumeName } from './identity.ts'

export type ContainerAction =
  | 'start'
  | 'stop'
  | 'restart'
  | 'kill'
  | 'pause'
  | 'unpause'
  | 'exec'
  | 'remove'
  | 'rename'
  | 'copy'

export type Refusal =
  | { readonly _tag: 'NoSuchContainer'; readonly id: string }
  | { readonly _tag: 'NameInUse'; readonly name: string; readonly holder: ContainerId }
  | { readonly _tag: 'IdInUse'; readonly id: ContainerId }
  | {
      readonly _tag: 'WrongState'
      readonly id: ContainerId
      readonly action: ContainerAction
      readonly state: StatusWord
    }
  | { readonly _tag: 'RemovalInProgress'; readonly id: ContainerId; readonly action: string }
  | { readonly _tag: 'CreateInProgress'; readonly id: ContainerId; readonly action: string }
  | { readonly _tag: 'UpdateInProgress'; readonly id: ContainerId }
  | {
      readonly _tag: 'InvalidUpdate'
      readonly id: ContainerId
      readonly field: string
      readonly message: string
    }
  | { readonly _tag: 'Quarantined'; readonly subject: string; readonly reason: string }
  | { readonly _tag: 'NoSuchImage'; readonly reference: string }
  | { readonly _tag: 'ImageIncomplete'; readonly id: ImageId }
  | {
      readonly _tag: 'ImageInUse'
      readonly id: ImageId
      readonly users: ReadonlyArray<ContainerId>
    }
  | { readonly _tag: 'NoSuchVolume'; readonly name: VolumeName }
  | {
      readonly _tag: 'VolumeInUse'
      readonly name: VolumeName
      readonly users: ReadonlyArray<ContainerId>
    }
  | {
      readonly _tag: 'VolumeBusy'
      readonly name: VolumeName
      readonly doing: 'created' | 'removed'
    }
