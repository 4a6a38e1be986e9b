/** Reads an OCI image layout: which images for this host it holds and where their layers are. */
import type { ArchivedImage } from '../../domain/ports/storage-ports.ts'
import { malformed, notWhole } from '../layers/tar/archive-error.ts'
import type { ArchiveDocuments } from './archive-documents.ts'
import { archivedImage, merged, reference, sha256 } from './archived-image.ts'
import { maxImages } from './docker-archive.ts'
import { decodeDocument } from './json-document.ts'
import {
  hostPlatform,
  isForHost,
  isImageConfig,
  isIndex,
  isLayer,
  isManifest,
  OciIndex,
  OciLayout,
  OciManifest,
  platformText,
  type Descriptor,
} from './oci-documents.ts'

export const indexName = 'index.json'
const layoutName = 'oci-layout'

/** An index of indexes of indexes is somebody's joke. */
const maxIndexDepth = 4

const blobName = ({ digest }: Descriptor, what: string): string => {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1]
  if (hex === undefined) throw malformed(`${what}: the digest is not sha256:<64 digits>`)
  return `blobs/sha256/${hex}`
}

/** A blob that is there, as long as its descriptor says. */
const blobFile = (documents: ArchiveDocuments, descriptor: Descriptor, what: string) => {
  const file = documents.file(blobName(descriptor, what), what)
  if (file.sizeBytes !== descriptor.size)
    throw notWhole(`${what}: the blob has ${file.sizeBytes} bytes, not ${descriptor.size}`)
  return file
}

/** The content of a document, verified. */
const blobBytes = (documents: ArchiveDocuments, descriptor: Descriptor, what: string): Buffer => {
  blobFile(documents, descriptor, what)
  const bytes = documents.bytes(blobName(descriptor, what), what)
  const digest = sha256(bytes)
  if (`sha256:${digest}` !== descriptor.digest)
    throw notWhole(`${what}: the content has digest sha256:${digest}`)
  return bytes
}

/** A manifest or index for this host, and the name that an index gives it. */
interface Found {
  readonly descriptor: Descriptor
  readonly name: string | undefined
  readonly what: string
}

/**
 * containerd writes the whole reference beside the tag; others write either into one annotation.
 * A tag alone names no image.
 */
const nameOf = ({ annotations }: Descriptor): string | undefined => {
  const name =
    annotations?.['io.containerd.image.name'] ?? annotations?.['org.opencontainers.image.ref.name']
  return name !== undefined && /[:/@]/.test(name) ? name : undefined
}

class Layout {
  readonly #documents: ArchiveDocuments

  constructor(documents: ArchiveDocuments) {
    this.#documents = documents
  }

  async images(): Promise<ReadonlyArray<ArchivedImage>> {
    const { manifests } = this.#index(this.#documents.bytes(indexName, indexName), indexName)
    return merged(await this.#assembled(await this.#manifests(this.#usable(manifests, indexName))))
  }

  /** Goes down all indexes at once, so that each level costs one look at the archive. */
  async #manifests(top: ReadonlyArray<Found>): Promise<ReadonlyArray<Found>> {
    let found = top
    for (let depth = 1; depth <= maxIndexDepth; depth++) {
      const indexes = found.filter(({ descriptor }) => isIndex(descriptor))
      if (indexes.length === 0) return found
      await this.#documents.fetch(indexes.map((one) => blobName(one.descriptor, one.what)))
      found = found.map((one) => (isIndex(one.descriptor) ? this.#inner(one) : one))
    }
    throw malformed(`${indexName}: indexes are nested deeper than ${maxIndexDepth} levels`)
  }

  #index(bytes: Buffer, what: string): OciIndex {
    const index = decodeDocument(OciIndex, bytes.toString('utf8'), what)
    if (index.manifests.length > maxImages)
      throw malformed(`${what}: ${index.manifests.length} manifests are more than ${maxImages}`)
    return index
  }

  /** Other media types are to be ignored (image-index.md); attestations have no platform. */
  #usable(manifests: ReadonlyArray<Descriptor>, what: string): ReadonlyArray<Found> {
    const images = manifests
      .map((descriptor, i) => ({
        descriptor,
        name: nameOf(descriptor),
        what: `${what}: manifests.${i}`,
      }))
      .filter(({ descriptor }) => isIndex(descriptor) || isManifest(descriptor))
    const usable = images.filter(({ descriptor }) => isForHost(descriptor))
    if (images.length === 0) throw malformed(`${what}: it names no image`)
    if (usable.length > 0) return usable
    const has = [...new Set(images.map(({ descriptor }) => platformText(descriptor)))].slice(0, 8)
    throw malformed(`${what}: no image for ${hostPlatform}, only for ${has.join(', ')}`)
  }

  /** The first image of an index is the one for this host. */
  #inner({ descriptor, name, what }: Found): Found {
    const index = this.#index(blobBytes(this.#documents, descriptor, what), descriptor.digest)
    const [first] = this.#usable(index.manifests, descriptor.digest)
    if (first === undefined) throw malformed(`${what}: it names no image`)
    return { ...first, name: name ?? first.name }
  }

  async #assembled(found: ReadonlyArray<Found>): Promise<ReadonlyArray<ArchivedImage>> {
    const documents = this.#documents
    await documents.fetch(found.map(({ descriptor, what }) => blobName(descriptor, what)))
    const parsed = found.map(({ descriptor, what, name }) => {
      const { digest } = descriptor
      const text = blobBytes(documents, descriptor, what).toString('utf8')
      return { name, what: digest, ...decodeDocument(OciManifest, text, digest) }
    })
    await documents.fetch(parsed.map(({ config, what }) => blobName(config, `${what}: config`)))
    return parsed.map(({ what, name, config, layers }) => {
      if (!isImageConfig(config))
        throw malformed(`${what}: config: media type ${shown(config.mediaType)} is no image`)
      return archivedImage({
        archive: documents.archive,
        config: blobBytes(documents, config, `${what}: config`),
        configName: config.digest,
        what: `${what}: layers`,
        references: name === undefined ? [] : [reference(name, `${indexName}: the name`)],
        layers: layers.map((layer, n) => () => this.#layer(layer, `${what}: layers.${n}`)),
      })
    })
  }

  #layer(layer: Descriptor, what: string): string {
    if (!isLayer(layer))
      throw malformed(`${what}: media type ${shown(layer.mediaType)} is not supported`)
    return blobFile(this.#documents, layer, what).name
  }
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 200))

/** Throws `ArchiveError` and Node's errors. */
export const readOciLayout = (
  documents: ArchiveDocuments,
): Promise<ReadonlyArray<ArchivedImage>> => {
  const text = documents.bytes(layoutName, 'not an OCI layout').toString('utf8')
  const { imageLayoutVersion } = decodeDocument(OciLayout, text, layoutName)
  if (!imageLayoutVersion.startsWith('1.'))
    throw malformed(`${layoutName}: version ${shown(imageLayoutVersion)} is not supported`)
  return new Layout(documents).images()
}
