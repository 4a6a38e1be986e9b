/** Unpacks one layer: stream, hash, tree, verify, make durable, rename into place. */
import { createHash } from 'node:crypto'
import { closeSync, constants, mkdirSync, openSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import type { LayerSource } from '../../../domain/ports/storage-ports.ts'
import type { DiffId, LayerId } from '../../../domain/identity.ts'
import { applied } from '../../errors/system-error.ts'
import { makeDurableDirectory, syncDirectory } from '../../files/durable.ts'
import { syncFileSystem } from '../../kernel/nodes.ts'
import { decompressed } from '../archive/byte-source.ts'
import { readFacts, writeFacts } from '../facts.ts'
import { removeTree } from '../remove-tree.ts'
import { retire } from '../retire.ts'
import { malformed, notWhole } from '../tar/archive-error.ts'
import { TarReader } from '../tar/tar-reader.ts'
import { LayerWriter, type LayerLimits, type WrittenLayer } from './layer-writer.ts'
import { verifiedBlob } from './verified-blob.ts'

export interface UnpackOrder {
  readonly layer: LayerId
  readonly diff: DiffId
  readonly source: LayerSource
  /** Where the layer is made, and where it goes; both on one file system. */
  readonly staging: string
  readonly directory: string
  readonly limits: LayerLimits
}

/** Headers and padding beside the content: 4 KiB for each entry and 16 MiB are generous. */
const maxStreamBytes = ({ maxBytes, maxEntries }: LayerLimits): number =>
  maxBytes + maxEntries * 4096 + 2 ** 24

/** Feeds the reader with what the layer inflates to; answers the digest of it. */
const readInto = async (reader: TarReader, order: UnpackOrder): Promise<string> => {
  const { source, limits } = order
  const hash = createHash('sha256')
  const blob = verifiedBlob(source, order.diff)
  let streamBytes = 0
  try {
    for await (const bytes of decompressed(blob.pieces)) {
      streamBytes += bytes.length
      if (streamBytes > maxStreamBytes(limits))
        throw malformed(`${source.entry}: inflates to more than ${maxStreamBytes(limits)} bytes`)
      hash.update(bytes)
      reader.feed(bytes)
    }
    reader.end()
    await blob.verify()
  } finally {
    await blob.close()
  }
  return hash.digest('hex')
}

const unpackInto = async (root: string, order: UnpackOrder): Promise<WrittenLayer> => {
  const { source, diff, limits } = order
  const writer = new LayerWriter(root, limits)
  try {
    const digest = await readInto(new TarReader(writer), order)
    if (digest !== diff)
      throw notWhole(`${source.entry}: the content has digest sha256:${digest}, not sha256:${diff}`)
    return writer.finish()
  } finally {
    writer.close()
  }
}

const syncContent = (directory: string): void => {
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    applied(syncFileSystem(fd), directory)
  } finally {
    closeSync(fd)
  }
}

const stage = async (order: UnpackOrder): Promise<number> => {
  const { layer, diff, staging, directory } = order
  mkdirSync(staging, { mode: 0o700 })
  mkdirSync(`${staging}/diff`, { mode: 0o755 })
  const written = await unpackInto(`${staging}/diff`, order)
  await writeFacts(staging, { version: 1, layer, diff, ...written })
  // Content, names and facts together, before the name that makes them count.
  syncContent(staging)
  renameSync(staging, directory)
  await syncDirectory(dirname(directory))
  await syncDirectory(dirname(staging))
  return written.sizeBytes
}

/** Answers the size in bytes. Throws `ArchiveError` and Node's errors; staging is then gone. */
export const unpackLayer = async (order: UnpackOrder): Promise<number> => {
  const committed = readFacts(order.directory, order.layer)
  if (committed !== undefined && committed.diff !== order.diff)
    throw notWhole(`layer ${order.layer} is there with another diff id ${committed.diff}`)
  if (committed !== undefined) return committed.sizeBytes
  await makeDurableDirectory(dirname(order.directory), 0o700)
  await makeDurableDirectory(dirname(order.staging), 0o700)
  await retire(order.directory, order.staging)
  try {
    return await stage(order)
  } catch (error) {
    removeTree(order.staging)
    throw error
  }
}
