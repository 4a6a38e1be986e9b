/** Reads the directory of a docker-archive: which images it holds and where their layers are. */
import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { imageId, layerId, type DiffId, type LayerId } from '../../domain/identity.ts'
import { normaliseReference } from '../../domain/image/reference.ts'
import type { ArchivedImage } from '../../domain/ports/storage-ports.ts'
import { plainName } from '../layers/archive/archive-entries.ts'
import { indexArchive, type ArchiveIndex } from '../layers/archive/archive-index.ts'
import { malformed, notWhole } from '../layers/tar/archive-error.ts'
import { parseDiffIds, parseManifest, type ManifestItem } from './image-config.ts'

const manifestName = 'manifest.json'
/** Manifest and configs are documents of some kilobytes. */
const maxDocumentBytes = 8 << 20

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

/** OCI image spec, config.md: chain(0) = diff(0), chain(n) = sha256(chain(n-1) " " diff(n)). */
const chainIds = (diffs: ReadonlyArray<DiffId>): ReadonlyArray<LayerId> => {
  const chain: Array<LayerId> = []
  for (const diff of diffs) {
    const below = chain.at(-1)
    chain.push(layerId(below === undefined ? diff : sha256(`sha256:${below} sha256:${diff}`)))
  }
  return chain
}

const document = (index: ArchiveIndex, name: string, what: string): Buffer => {
  const file = index.resolve(name)
  const bytes = file === undefined ? undefined : index.contents.get(file.name)
  if (bytes === undefined) throw malformed(`${what}: the archive has no file "${name}"`)
  return bytes
}

/** Writers name a config by its digest: a name that lies tells of a damaged archive. */
const checkConfigName = (name: string, digest: string): void => {
  const claimed = /(?:^|\/)([0-9a-f]{64})(?:\.json)?$/.exec(name)?.[1]
  if (claimed !== undefined && claimed !== digest)
    throw notWhole(`${name}: the content has digest sha256:${digest}`)
}

const references = (item: ManifestItem, what: string): ReadonlyArray<string> =>
  (item.RepoTags ?? []).map((tag, i) => {
    const reference = normaliseReference(tag)
    if (E.isLeft(reference))
      throw malformed(`${what}.RepoTags.${i} "${tag}": ${reference.left.reason}`)
    return reference.right
  })

interface Reading {
  readonly archive: string
  readonly index: ArchiveIndex
}

const image = ({ archive, index }: Reading, item: ManifestItem, i: number): ArchivedImage => {
  const what = `manifest.json: ${i}`
  const bytes = document(index, item.Config, `${what}.Config`)
  const config = bytes.toString('utf8')
  if (!Buffer.from(config).equals(bytes)) throw malformed(`${item.Config}: not UTF-8`)
  const digest = sha256(bytes)
  checkConfigName(item.Config, digest)
  const diffs = parseDiffIds(config, item.Config)
  if (diffs.length !== item.Layers.length)
    throw malformed(
      `${what}.Layers has ${item.Layers.length} layers, its config's diff_ids have ${diffs.length}`,
    )
  const chain = chainIds(diffs)
  const layers = item.Layers.map((name, n) => {
    const file = index.resolve(name)
    const [layer, diff] = [chain[n], diffs[n]]
    if (file === undefined || layer === undefined || diff === undefined)
      throw malformed(`${what}.Layers.${n}: the archive has no file "${name}"`)
    return { layer, diff, source: { archive, entry: file.name } }
  })
  return { id: imageId(digest), config, references: references(item, what), layers }
}

/** One image that is listed twice has the references of both. */
const merged = (images: ReadonlyArray<ArchivedImage>): ReadonlyArray<ArchivedImage> => {
  const byId = new Map<string, ArchivedImage>()
  for (const one of images) {
    const before = byId.get(one.id)?.references ?? []
    byId.set(one.id, { ...one, references: [...new Set([...before, ...one.references])] })
  }
  return [...byId.values()]
}

/** Throws `ArchiveError` and Node's errors. Blocks: for worker threads. */
export const readDockerArchive = async (archive: string): Promise<ReadonlyArray<ArchivedImage>> => {
  const first = await indexArchive(archive, (name) => name === manifestName, maxDocumentBytes)
  const text = document(first, manifestName, 'not an image archive').toString('utf8')
  const items = parseManifest(text)
  if (items.length === 0) throw malformed('manifest.json: it names no image')
  const configs = new Set(
    items.map(({ Config }) => first.resolve(Config)?.name ?? plainName(Config)),
  )
  const index = await indexArchive(archive, (name) => configs.has(name), maxDocumentBytes)
  return merged(items.map((item, i) => image({ archive, index }, item, i)))
}
