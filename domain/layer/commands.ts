/** What the engine records of its own work on layers. */
import type { LayerId } from '../identity.ts'

export type LayerCommand =
  | { readonly _tag: 'RecordLayerCommitted'; readonly layer: LayerId; readonly sizeBytes: number }
  | {
      readonly _tag: 'RecordLayerFailed'
      readonly layer: LayerId
      readonly errno: string
      readonly error: string
    }
  | { readonly _tag: 'RecordLayerRetired'; readonly layer: LayerId }
  | {
      readonly _tag: 'RecordLayerRetireDelayed'
      readonly layer: LayerId
      readonly errno: string
      readonly error: string
      readonly tries: number
    }
