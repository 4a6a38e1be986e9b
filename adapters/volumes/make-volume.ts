/** Makes a volume whole in staging and gives it its name last; fills one that is still empty. */
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { applied, SystemError } from '../errors/system-error.ts'
import { makeDurableDirectory, syncDirectory } from '../files/durable.ts'
import { mountOverlay } from '../layers/overlay-mount.ts'
import { removeTree } from '../layers/remove-tree.ts'
import { unmountAll } from '../layers/writable-layer.ts'
import { syncFileSystem } from '../kernel/nodes.ts'
import { copyTree } from './copy-tree.ts'
import { imageDirectory } from './image-directory.ts'
import type { MakeTask } from './tasks.ts'

/** As Docker makes them: what is in a volume says who may read it. */
const dataMode = 0o755

/** The mode as it is said, whatever the daemon's umask. */
const makeDirectory = (path: string, mode: number): void => {
  mkdirSync(path)
  chmodSync(path, mode)
}

const clear = (staging: string): void => {
  unmountAll(`${staging}/image`)
  removeTree(staging)
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined

const syncAll = (path: string): void => {
  const fd = openSync(path, 'r')
  try {
    applied(syncFileSystem(fd), path)
  } finally {
    closeSync(fd)
  }
}

/** An image that has nothing at that path leaves the volume empty. */
const fillFrom = (staging: string, layers: ReadonlyArray<string>, path: string): void => {
  const image = `${staging}/image`
  for (const name of ['image', 'upper', 'work']) makeDirectory(`${staging}/${name}`, 0o700)
  const missing = layers.find((layer) => !isThere(layer))
  if (missing !== undefined) throw new SystemError('ENOENT', `${missing} is missing`)
  const lower = [...layers].reverse()
  const mounted = mountOverlay({
    lower: lower.length === 0 ? [`${staging}/data`] : lower,
    upper: `${staging}/upper`,
    work: `${staging}/work`,
    target: image,
  })
  applied(mounted, image)
  try {
    const from = imageDirectory(image, path)
    if (from !== undefined) copyTree(from, `${staging}/data`)
  } finally {
    unmountAll(image)
  }
}

const stage = async ({ staging, fill }: MakeTask): Promise<void> => {
  clear(staging)
  await makeDurableDirectory(dirname(staging), 0o700)
  makeDirectory(staging, 0o700)
  makeDirectory(`${staging}/data`, dataMode)
  if (fill !== null) fillFrom(staging, fill.layers, fill.path)
  syncAll(`${staging}/data`)
}

/**
 * Idempotent. Data that is already in a volume of that name is never touched: only an empty one is
 * filled, in one step (rename(2) over an empty directory).
 */
export const makeVolume = async (task: MakeTask): Promise<void> => {
  const { directory, staging, fill } = task
  const data = `${directory}/_data`
  if (isThere(data) && (fill === null || readdirSync(data).length > 0)) return clear(staging)
  await stage(task)
  await makeDurableDirectory(directory, 0o700)
  renameSync(`${staging}/data`, data)
  await syncDirectory(directory)
  await syncDirectory(dirname(directory))
  clear(staging)
}
