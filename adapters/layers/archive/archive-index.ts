/** What an archive holds, and the way from a name to the file that it means. */
import { posix } from 'node:path'
import { malformed, shownName } from '../tar/archive-error.ts'
import type { TarEntry } from '../tar/tar-entry.ts'
import { archiveEvents, plainName } from './archive-entries.ts'

type Place =
  | { readonly _tag: 'File'; readonly sizeBytes: number }
  /** Older `docker save` archives store a layer once and link to it. */
  | { readonly _tag: 'Link'; readonly target: string }

export interface ArchivedFile {
  readonly name: string
  readonly sizeBytes: number
}

export interface ArchiveIndex {
  /** The file that `name` means after links, or undefined. */
  readonly resolve: (name: string) => ArchivedFile | undefined
  /** Contents of the files that were asked for, by their own names. */
  readonly contents: ReadonlyMap<string, Buffer>
}

export interface Keeping {
  /** Asked once for each file, in the order of the archive. */
  readonly keep: (file: ArchivedFile) => boolean
  /** A kept file that is longer is refused. */
  readonly maxFileBytes: number
  /** Of all kept files together: contents are held in memory. */
  readonly maxTotalBytes: number
}

const maxEntries = 100_000
/** Names and link targets are held in memory as well. */
const maxNameBytes = 4096
const maxAllNameBytes = 32 << 20
const maxLinks = 8

const shown = (name: string): string => shownName(Buffer.from(name))

const resolver =
  (places: ReadonlyMap<string, Place>) =>
  (name: string): ArchivedFile | undefined => {
    let at = plainName(name)
    for (let links = 0; links <= maxLinks; links++) {
      const place = places.get(at)
      if (place === undefined) return undefined
      if (place._tag === 'File') return { name: at, sizeBytes: place.sizeBytes }
      at = place.target
    }
    throw malformed(`entry ${shown(name)}: too many links`)
  }

const linkTarget = (name: string, type: 'symlink' | 'link', target: string): string => {
  const isWhole = type === 'link' || target.startsWith('/')
  const normal = posix.normalize(isWhole ? target : posix.join(posix.dirname(name), target))
  if (normal.startsWith('/') || normal.startsWith('..'))
    throw malformed(`entry ${shown(name)}: the link leaves the archive`)
  return plainName(normal)
}

class Kept {
  readonly pieces = new Map<string, Array<Buffer>>()
  readonly #keeping: Keeping
  #totalBytes = 0

  constructor(keeping: Keeping) {
    this.#keeping = keeping
  }

  wants(file: ArchivedFile): boolean {
    const { keep, maxFileBytes, maxTotalBytes } = this.#keeping
    if (!keep(file)) return false
    if (file.sizeBytes > maxFileBytes)
      throw malformed(`entry ${shown(file.name)} is longer than ${maxFileBytes} bytes`)
    this.#totalBytes += file.sizeBytes
    if (this.#totalBytes > maxTotalBytes)
      throw malformed(`the archive's documents are longer than ${maxTotalBytes} bytes`)
    this.pieces.set(file.name, [])
    return true
  }
}

const placeOf = (name: string, { type, storedBytes, linkName }: TarEntry): Place | undefined => {
  if (type === 'link' || type === 'symlink')
    return { _tag: 'Link', target: linkTarget(name, type, linkName.toString('utf8')) }
  return type === 'file' ? { _tag: 'File', sizeBytes: storedBytes } : undefined
}

/** What an entry's names take. Throws `EINVAL` where one is too long. */
const heldBytes = ({ name, linkName }: TarEntry): number => {
  if (name.length > maxNameBytes) throw malformed(`entry ${shownName(name)}: the name is too long`)
  if (linkName.length > maxNameBytes)
    throw malformed(`entry ${shownName(name)}: the link's target is too long`)
  return name.length + linkName.length
}

/** Reads the directory of an archive, with the contents of the files that are to be kept. */
export const indexArchive = async (path: string, keeping: Keeping): Promise<ArchiveIndex> => {
  const places = new Map<string, Place>()
  const kept = new Kept(keeping)
  let [entries, nameBytes] = [0, 0]
  const wanted = (name: string, { storedBytes }: TarEntry): boolean =>
    kept.wants({ name, sizeBytes: storedBytes })
  for await (const event of archiveEvents(path, wanted)) {
    const { name } = event
    if (event._tag === 'Data') {
      kept.pieces.get(name)?.push(Buffer.from(event.bytes))
      continue
    }
    entries += 1
    if (entries > maxEntries) throw malformed(`more than ${maxEntries} entries`)
    nameBytes += heldBytes(event.entry)
    if (nameBytes > maxAllNameBytes)
      throw malformed(`the archive's names are longer than ${maxAllNameBytes} bytes`)
    // Readers that take the first and readers that take the last would see different images.
    if (places.has(name)) throw malformed(`entry ${shown(name)} is there twice`)
    const place = placeOf(name, event.entry)
    if (place !== undefined) places.set(name, place)
  }
  const contents = new Map([...kept.pieces].map(([name, parts]) => [name, Buffer.concat(parts)]))
  return { resolve: resolver(places), contents }
}

/** The bytes of one file of an archive, by its own name. Throws `EINVAL` where there is none. */
export async function* archivedFile(path: string, name: string): AsyncGenerator<Buffer> {
  let found = false
  const own = plainName(name)
  for await (const event of archiveEvents(path, (n) => !found && n === own)) {
    if (event._tag === 'Data') yield event.bytes
    else if (found) return
    else found = event.name === own && event.entry.type === 'file'
  }
  if (!found) throw malformed(`the archive has no file ${JSON.stringify(name)}`)
}
