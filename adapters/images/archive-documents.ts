/** The documents of an image archive, read in as few passes as possible. */
import {
  indexArchive,
  type ArchivedFile,
  type ArchiveIndex,
} from '../layers/archive/archive-index.ts'
import { plainName } from '../layers/archive/archive-entries.ts'
import { malformed } from '../layers/tar/archive-error.ts'

/** Manifests and configs are documents of some kilobytes. */
const maxDocumentBytes = 4 << 20
const maxAllBytes = 64 << 20

/** The first pass keeps what is probably a document, too: each pass over a gzip archive costs. */
const maxGuessBytes = 64 << 10
const maxGuessesBytes = 16 << 20

const wellKnown = new Set(['manifest.json', 'index.json', 'oci-layout'])

const looksLikeDocument = ({ name, sizeBytes }: ArchivedFile): boolean =>
  sizeBytes <= maxGuessBytes && /(^[^/]*\.json|^blobs\/[^/]+\/[^/]+)$/.test(name)

const firstPass = (path: string): Promise<ArchiveIndex> => {
  let guessedBytes = 0
  const guess = (file: ArchivedFile): boolean => {
    if (!looksLikeDocument(file) || guessedBytes + file.sizeBytes > maxGuessesBytes) return false
    guessedBytes += file.sizeBytes
    return true
  }
  return indexArchive(path, {
    keep: (file) => wellKnown.has(file.name) || guess(file),
    maxFileBytes: maxDocumentBytes,
    maxTotalBytes: maxAllBytes,
  })
}

export class ArchiveDocuments {
  readonly archive: string
  readonly #index: ArchiveIndex
  readonly #contents: Map<string, Buffer>

  /** Throws `ArchiveError` and Node's errors. */
  static async open(archive: string): Promise<ArchiveDocuments> {
    return new ArchiveDocuments(archive, await firstPass(archive))
  }

  private constructor(archive: string, index: ArchiveIndex) {
    this.archive = archive
    this.#index = index
    this.#contents = new Map(index.contents)
  }

  /** The file after links; throws `EINVAL` where there is none. `what` names who asks for it. */
  file(name: string, what: string): ArchivedFile {
    const file = this.#index.resolve(name)
    if (file === undefined) throw malformed(`${what}: the archive has no file ${shown(name)}`)
    return file
  }

  has(name: string): boolean {
    return this.#index.resolve(name) !== undefined
  }

  /** Makes these documents ready for `bytes`; names without a file are left to it. */
  async fetch(names: ReadonlyArray<string>): Promise<void> {
    const own = names.map((name) => this.#index.resolve(name)?.name ?? plainName(name))
    const missing = new Set(own.filter((name) => this.has(name) && !this.#contents.has(name)))
    if (missing.size === 0) return
    let heldBytes = 0
    for (const content of this.#contents.values()) heldBytes += content.length
    const { contents } = await indexArchive(this.archive, {
      keep: ({ name }) => missing.has(name),
      maxFileBytes: maxDocumentBytes,
      maxTotalBytes: maxAllBytes - heldBytes,
    })
    for (const [name, content] of contents) this.#contents.set(name, content)
  }

  /** The content of a fetched or well-known document; throws `EINVAL` where there is none. */
  bytes(name: string, what: string): Buffer {
    const bytes = this.#contents.get(this.file(name, what).name)
    if (bytes === undefined) throw malformed(`${what}: the archive has no file ${shown(name)}`)
    return bytes
  }
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 256))
