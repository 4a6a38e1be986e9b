/** An image: loading until all its layers are committed, then stored with its references. */
import type { DiffId, ImageId, LayerId, OperationId } from '../identity.ts'
import type { Now } from '../time.ts'

export interface Image {
  readonly id: ImageId
  readonly config: string
  readonly references: ReadonlyArray<string>
  /** Bottom layer first. */
  readonly layers: ReadonlyArray<{ readonly layer: LayerId; readonly diff: DiffId }>
  readonly loaded: Now
  /** `operation` is open while layers are unpacked; `waiting` are clients of a repeated load. */
  readonly phase:
    | { readonly _tag: 'Loading'; readonly operation: OperationId }
    | { readonly _tag: 'Stored'; readonly sizeBytes: number }
}
