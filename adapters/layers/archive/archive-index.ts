/** What an archive holds, and the way from a name to the file that it means. */
import { posix } from 'node:path'
import { malformed } from '../tar/archive-error.ts'
import { archiveEvents, plainName } from './archive-entries.ts'

type Place =
  | { readonly _tag: 'File'; readonly sizeBytes: number }
  /** Older `docker save` archives store a layer once and link to it. */
  | { readonly _tag: 'Link'; readonly target: string }

export interface ArchiveIndex {
  /** The file that `name` means after links, or undefined. */
  readonly resolve: (
    name: string,
  ) => { readonly name: string; readonly sizeBytes: number } | undefined
  /** Contents of the files that were asked for, by their own names. */
  readonly contents: ReadonlyMap<string, Buffer>
}

const maxEntries = 100_000
const maxLinks = 8

const resolver =
  (places: ReadonlyMap<string, Place>) =>
  (name: string): { readonly name: string; readonly sizeBytes: number } | undefined => {
    let at = plainName(name)
    for (let links = 0; links <= maxLinks; links++) {
      const place = places.get(at)
      if (place === undefined) return undefined
      if (place._tag === 'File') return { name: at, sizeBytes: place.sizeBytes }
      at = place.target
    }
    throw malformed(`entry ${JSON.stringify(name)}: too many links`)
  }

const linkTarget = (name: string, type: 'symlink' | 'link', target: string): string => {
  const joined = type === 'link' ? target : posix.join(posix.dirname(name), target)
  const normal = posix.normalize(joined)
  if (normal.startsWith('/') || normal.startsWith('..'))
    throw malformed(`entry ${JSON.stringify(name)}: the link leaves the archive`)
  return plainName(normal)
}

/**
 * Reads the directory of an archive, with the contents of the files that `keep` names; a kept file
 * beyond `maxKeptBytes` is refused.
 */
export const indexArchive = async (
  path: string,
  keep: (name: string) => boolean,
  maxKeptBytes: number,
): Promise<ArchiveIndex> => {
  const places = new Map<string, Place>()
  const pieces = new Map<string, Array<Buffer>>()
  for await (const event of archiveEvents(path, keep)) {
    const { name } = event
    if (event._tag === 'Data') {
      pieces.get(name)?.push(Buffer.from(event.bytes))
      continue
    }
    const { type, storedBytes, linkName } = event.entry
    if (places.size >= maxEntries) throw malformed(`more than ${maxEntries} entries`)
    // Readers that take the first and readers that take the last would see different images.
    if (places.has(name)) throw malformed(`entry ${JSON.stringify(name)} is there twice`)
    if (type === 'link' || type === 'symlink') {
      places.set(name, { _tag: 'Link', target: linkTarget(name, type, linkName.toString('utf8')) })
    }
    if (type !== 'file') continue
    places.set(name, { _tag: 'File', sizeBytes: storedBytes })
    if (!keep(name)) continue
    if (storedBytes > maxKeptBytes)
      throw malformed(`entry ${JSON.stringify(name)} is longer than ${maxKeptBytes} bytes`)
    pieces.set(name, [])
  }
  const contents = new Map([...pieces].map(([name, parts]) => [name, Buffer.concat(parts)]))
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
