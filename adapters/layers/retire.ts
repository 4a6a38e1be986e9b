/** Takes a directory of the layer store away so that nobody ever sees half of it in its place. */
import { lstatSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeDurableDirectory, syncDirectory } from '../files/durable.ts'
import { removeTree } from './remove-tree.ts'

/** Renames it into staging first, durably, then deletes there; absent is fine. Blocks. */
export const retire = async (directory: string, staging: string): Promise<void> => {
  removeTree(staging)
  if (lstatSync(directory, { throwIfNoEntry: false }) === undefined) return
  await makeDurableDirectory(dirname(staging), 0o700)
  renameSync(directory, staging)
  await syncDirectory(dirname(directory))
  removeTree(staging)
}
