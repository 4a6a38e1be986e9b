/** Reads the directory of a docker-archive: which images it holds and where their layers are. */
import * as t from 'io-ts'
import type { ArchivedImage } from '../../domain/ports/storage-ports.ts'
import { malformed, notWhole } from '../layers/tar/archive-error.ts'
import type { ArchiveDocuments } from './archive-documents.ts'
import { archivedImage, merged, reference, sha256 } from './archived-image.ts'
import { decodeDocument } from './json-document.ts'

export const manifestName = 'manifest.json'

/** Every image costs a look at its config. */
export const maxImages = 250

/** Members that we do not use are left alone: writers add their own. */
const ManifestItem = t.intersection([
  t.type({ Config: t.string, Layers: t.array(t.string) }),
  t.partial({ RepoTags: t.union([t.array(t.string), t.null]) }),
])
const Manifest = t.array(ManifestItem)
type ManifestItem = t.TypeOf<typeof ManifestItem>

/** Writers name a config by its digest: a name that lies tells of a damaged archive. */
const checkConfigName = (name: string, digest: string): void => {
  const claimed = /(?:^|\/)([0-9a-f]{64})(?:\.json)?$/.exec(name)?.[1]
  if (claimed !== undefined && claimed !== digest)
    throw notWhole(`${name}: the content has digest sha256:${digest}`)
}

const image = (documents: ArchiveDocuments, item: ManifestItem, i: number): ArchivedImage => {
  const what = `${manifestName}: ${i}`
  const config = documents.bytes(item.Config, `${what}.Config`)
  checkConfigName(item.Config, sha256(config))
  return archivedImage({
    archive: documents.archive,
    config,
    configName: item.Config,
    what: `${what}.Layers`,
    references: (item.RepoTags ?? []).map((tag, n) => reference(tag, `${what}.RepoTags.${n}`)),
    layers: item.Layers.map((name, n) => () => documents.file(name, `${what}.Layers.${n}`).name),
  })
}

/** Throws `ArchiveError` and Node's errors. */
export const readDockerArchive = async (
  documents: ArchiveDocuments,
): Promise<ReadonlyArray<ArchivedImage>> => {
  const text = documents.bytes(manifestName, 'not an image archive').toString('utf8')
  const items = decodeDocument(Manifest, text, manifestName)
  if (items.length === 0) throw malformed(`${manifestName}: it names no image`)
  if (items.length > maxImages)
    throw malformed(`${manifestName}: ${items.length} images are more than ${maxImages}`)
  await documents.fetch(items.map(({ Config }) => Config))
  return merged(items.map((item, i) => image(documents, item, i)))
}
