/** Looks where a copy is to go, as the paths of the calling side are now. */
import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { posix } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { SystemError } from '../../errors/system-error.ts'
import {
  assertsDirectory,
  placementOf,
  type CopySource,
  type CopyTarget,
  type Placement,
} from './copy-rules.ts'

const typeAt = (path: string): CopyTarget['type'] => {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  return stat.isDirectory() ? 'directory' : 'other'
}

/** A link at the end of the path stands for what it points to, even if nothing is there yet. */
const behindLink = (path: string): string => {
  if (assertsDirectory(path)) return path
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return path
  return typeAt(path) === undefined
    ? posix.resolve(posix.dirname(path), readlinkSync(path))
    : realpathSync(path)
}

/** `path` is absolute. Throws `ENOENT`, `ENOTDIR`, `EINVAL` where it cannot be copied there. */
export const findPlacement = (source: CopySource, path: string): Placement => {
  const target = behindLink(path)
  const placement = placementOf(source, { path: target, type: typeAt(target) })
  if (E.isLeft(placement)) throw new SystemError('EINVAL', placement.left)
  const { directory } = placement.right
  const parent = typeAt(directory)
  if (parent === undefined) throw new SystemError('ENOENT', `no such directory: ${directory}`)
  if (parent === 'other') throw new SystemError('ENOTDIR', `not a directory: ${directory}`)
  return placement.right
}
