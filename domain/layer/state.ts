/** A layer: visible only when committed, that is verified, complete and durable (W9). */
import type { Delay } from '../container/state.ts'
import type { DiffId, LayerId } from '../identity.ts'
import type { LayerSource } from '../ports/storage-ports.ts'

export interface Layer {
  readonly id: LayerId
  readonly phase:
    | { readonly _tag: 'Unpacking'; readonly diff: DiffId; readonly source: LayerSource }
    | { readonly _tag: 'Committed'; readonly sizeBytes: number }
    | {
        readonly _tag: 'Retiring'
        readonly delay: Delay | null
        /** A load that came meanwhile: unpacked anew once the old tree is gone. */
        readonly next: { readonly diff: DiffId; readonly source: LayerSource } | null
      }
}
