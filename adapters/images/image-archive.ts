/** Tells a docker-archive from an OCI layout, and reads it. */
import type { ArchivedImage } from '../../domain/ports/storage-ports.ts'
import { malformed } from '../layers/tar/archive-error.ts'
import { ArchiveDocuments } from './archive-documents.ts'
import { manifestName, readDockerArchive } from './docker-archive.ts'
import { indexName, readOciLayout } from './oci-layout.ts'

/**
 * An archive that is both, as `docker save` writes it today, is read as docker-archive, which names
 * its images in full. Throws `ArchiveError` and Node's errors. Blocks: for worker threads.
 */
export const readImageArchive = async (archive: string): Promise<ReadonlyArray<ArchivedImage>> => {
  const documents = await ArchiveDocuments.open(archive)
  if (documents.has(manifestName)) return readDockerArchive(documents)
  if (documents.has(indexName)) return readOciLayout(documents)
  throw malformed(
    `not an image archive: it has no file "${manifestName}" (docker-archive) and no file ` +
      `"${indexName}" (OCI layout)`,
  )
}
