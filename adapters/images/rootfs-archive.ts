/** Reads a root file system's tar archive: whether it is one, and its digest. */
import { createHash } from 'node:crypto'
import { diffId, type DiffId } from '../../domain/identity.ts'
import { decompressed, wholeFile } from '../layers/archive/byte-source.ts'
import { malformed } from '../layers/tar/archive-error.ts'
import { TarReader } from '../layers/tar/tar-reader.ts'

/**
 * What a layer may not hold is refused when it is unpacked; here an archive must be whole. Throws
 * `ArchiveError` and Node's errors. Blocks: for worker threads.
 */
export const rootfsDigest = async (path: string): Promise<DiffId> => {
  const hash = createHash('sha256')
  let entries = 0
  const reader = new TarReader({
    onEntry: () => {
      entries += 1
      return false
    },
    onData: () => undefined,
    onEntryEnd: () => undefined,
  })
  for await (const bytes of decompressed(wholeFile(path))) {
    hash.update(bytes)
    reader.feed(bytes)
  }
  reader.end()
  if (entries === 0) throw malformed(`${path}: the archive is empty`)
  return diffId(hash.digest('hex'))
}
