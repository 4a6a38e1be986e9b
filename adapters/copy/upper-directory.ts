/** What overlayfs writes into an upper directory to hide what lies below (overlayfs.rst). */
import type { BigIntStats } from 'node:fs'
import { applied } from '../errors/system-error.ts'
import { getXattr } from '../kernel/xattr.ts'
import type { Hides } from './tree/read-tree.ts'

const opaqueName = 'trusted.overlay.opaque'

const isWhiteout = (stat: BigIntStats): boolean => stat.isCharacterDevice() && stat.rdev === 0n

/** `y`: nothing of the directories below is seen; `x` marks something else. */
const isOpaque = (path: Buffer): boolean => {
  const value = getXattr(path, opaqueName)
  if (!value.ok && ['ENODATA', 'EOPNOTSUPP', 'ENOTSUP'].includes(value.errno)) return false
  return applied(value, path).toString('latin1') === 'y'
}

export const upperHides: Hides = (path, stat) => {
  if (isWhiteout(stat)) return 'Name'
  return stat.isDirectory() && isOpaque(path) ? 'Inside' : undefined
}
