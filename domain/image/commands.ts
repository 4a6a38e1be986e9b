/** Imperative requests to an image. */
import type { ImageId } from '../identity.ts'
import type { ArchivedImage } from '../ports/storage-ports.ts'

export type ImageCommand =
  | {
      readonly _tag: 'LoadImage'
      readonly image: ArchivedImage
      /** Given references replace those of the archive. */
      readonly references: ReadonlyArray<string>
      readonly origin: string
    }
  | { readonly _tag: 'TagImage'; readonly id: ImageId; readonly reference: string }
  | {
      readonly _tag: 'RemoveImage'
      readonly id: ImageId
      /** The reference that the user named; empty when the image was named by id. */
      readonly reference: string
      readonly force: boolean
    }
