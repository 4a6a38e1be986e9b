/** What the archive thread is asked, and what it answers. */
import * as t from 'io-ts'
import { DiffId, ImageId, LayerId } from '../../domain/identity.ts'

export const ArchiveQuestion = t.strict({
  _tag: t.keyof({ Read: null, Digest: null }),
  path: t.string,
})
export type ArchiveQuestion = t.TypeOf<typeof ArchiveQuestion>

const ArchivedLayer = t.strict({
  layer: LayerId,
  diff: DiffId,
  source: t.strict({ archive: t.string, entry: t.string }),
})
const ArchivedImage = t.strict({
  id: ImageId,
  config: t.string,
  references: t.readonlyArray(t.string),
  layers: t.readonlyArray(ArchivedLayer),
})

export const ArchiveReply = t.union([
  t.strict({ _tag: t.literal('Read'), images: t.readonlyArray(ArchivedImage) }),
  t.strict({ _tag: t.literal('Digested'), diff: DiffId }),
  t.strict({ _tag: t.literal('NotApplied'), errno: t.string, detail: t.string }),
  t.strict({ _tag: t.literal('Indeterminate'), reason: t.string }),
])
export type ArchiveReply = t.TypeOf<typeof ArchiveReply>
