/** Unpacks one layer: stream, hash, tree, verify, make durable, rename into place. */
import { createHash } from 'node:crypto'
import { closeSync, constants, mkdirSync, openSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import type { LayerSource } from '../../../domain/ports/storage-ports.ts'
import type { DiffId, LayerId } from '../../../domain/identity.ts'
import { applied } from '../../errors/system-error.ts'
import { makeDurableDirectory, syncDirectory } from '../../files/durable.ts'
import { syncFileSystem } from '../../kernel/nodes.ts'
import { archivedFile } from '../archive/archive-index.ts'
import { decompressed } from '../archive/byte-source.ts'
import { readFacts, writeFacts } from '../facts.ts'
import { removeTree } from '../remove-tree.ts'
import { retire } from '../retire.ts'
import { notWhole } from '../tar/archive-error.ts'
import { TarReader } from '../tar/tar-reader.ts'
import { LayerWriter, type LayerLimits, type WrittenLayer } from './layer-writer.ts'

export interface UnpackOrder {
  readonly layer: LayerId
  readonly diff: DiffId
  readonly source: LayerSource
  /** Where the layer is made, and where it goes; both on one file system. */
  readonly staging: string
  readonly directory: string
  readonly limits: LayerLimits
}

const unpackInto = async (root: string, order: UnpackOrder): Promise<WrittenLayer> => {
  const { archive, entry } = order.source
  const writer = new LayerWriter(root, order.limits)
  const hash = createHash('sha256')
  try {
    const reader = new TarReader(writer)
    for await (const bytes of decompressed(archivedFile(archive, entry))) {
      hash.update(bytes)
      reader.feed(bytes)
    }
    reader.end()
  } finally {
    writer.close()
  }
  const digest = hash.digest('hex')
  if (digest !== order.diff)
    throw notWhole(`${entry}: the content has digest sha256:${digest}, not sha256:${order.diff}`)
  return writer.finish()
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
