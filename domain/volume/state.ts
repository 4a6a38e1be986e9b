/** A volume: data that outlives its containers, made before any of them and removed by request. */
import type { Delay } from '../container/state.ts'
import type { OperationId, VolumeName } from '../identity.ts'
import type { VolumeFill } from '../ports/storage-ports.ts'
import type { Now } from '../time.ts'

export interface Volume {
  readonly id: VolumeName
  /** Nobody gave it a name: it goes with its last user where that is asked for. */
  readonly anonymous: boolean
  readonly created: Now
  /** Made by request and never filled: its first user may fill it from its image. */
  readonly fresh: boolean
  readonly phase:
    | {
        readonly _tag: 'Creating'
        readonly operation: OperationId
        readonly fill: VolumeFill | null
      }
    | { readonly _tag: 'Ready' }
    | { readonly _tag: 'Filling'; readonly operation: OperationId; readonly fill: VolumeFill }
    | {
        readonly _tag: 'Removing'
        readonly operation: OperationId
        readonly delay: Delay | null
      }
}
