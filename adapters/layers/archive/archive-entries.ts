/** Walks the entries of an image archive, a tar file that may be compressed as a whole. */
import { readSync } from 'node:fs'
import { malformed, shownName } from '../tar/archive-error.ts'
import type { TarEntry } from '../tar/tar-entry.ts'
import { TarReader } from '../tar/tar-reader.ts'
import { compressionOf, decompressed, rangeBytes, withFile } from './byte-source.ts'

export type ArchiveEvent =
  | { readonly _tag: 'Entry'; readonly entry: TarEntry; readonly name: string }
  /** A piece of the data of a wanted entry, valid until the next event is asked for. */
  | { readonly _tag: 'Data'; readonly name: string; readonly bytes: Buffer }

/** Names inside an archive, without `./` and doubled slashes; text, because JSON names them. */
export const plainName = (name: string): string =>
  name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')

export type Wanted = (name: string, entry: TarEntry) => boolean

const collector = (wanted: Wanted) => {
  let events: Array<ArchiveEvent> = []
  let name = ''
  const reader = new TarReader({
    onEntry: (entry) => {
      if (entry.sparse !== undefined)
        throw malformed(`entry ${shownName(entry.name)}: sparse files do not belong here`)
      name = plainName(entry.name.toString('utf8'))
      // Nothing is written by these names, but no honest program makes such an archive.
      if (name.split('/').includes('..'))
        throw malformed(`entry ${shownName(entry.name)}: the name holds ".."`)
      events.push({ _tag: 'Entry', entry, name })
      return entry.type === 'file' && wanted(name, entry)
    },
    onData: (bytes) => events.push({ _tag: 'Data', name, bytes }),
    onEntryEnd: () => undefined,
  })
  const taken = (): ReadonlyArray<ArchiveEvent> => {
    const before = events
    events = []
    return before
  }
  return { reader, taken }
}

/** Headers are read, data that nobody wants is seeked over. */
async function* plainEvents(fd: number, sizeBytes: number, wanted: Wanted) {
  const { reader, taken } = collector(wanted)
  const piece = Buffer.allocUnsafe(256 << 10)
  for (let at = 0; at < sizeBytes;) {
    const skippable = Math.min(reader.skippable(), sizeBytes - at)
    if (skippable > 0) {
      reader.skip(skippable)
      at += skippable
      continue
    }
    const count = readSync(fd, piece, 0, piece.length, at)
    if (count === 0) break
    reader.feed(piece.subarray(0, count))
    at += count
    yield* taken()
  }
  reader.end()
}

async function* compressedEvents(fd: number, sizeBytes: number, wanted: Wanted) {
  const { reader, taken } = collector(wanted)
  for await (const piece of decompressed(rangeBytes(fd, { start: 0, sizeBytes }))) {
    reader.feed(piece)
    yield* taken()
  }
  reader.end()
}

/** Throws `ArchiveError` and Node's errors (`ENOENT`, …). */
export const archiveEvents = (path: string, wanted: Wanted): AsyncGenerator<ArchiveEvent> =>
  withFile(path, (fd, sizeBytes) => {
    const first = Buffer.alloc(6)
    readSync(fd, first, 0, first.length, 0)
    return compressionOf(first) === 'none'
      ? plainEvents(fd, sizeBytes, wanted)
      : compressedEvents(fd, sizeBytes, wanted)
  })
