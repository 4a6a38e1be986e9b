/** A container's writable layer on disk: making it, unmounting it, taking it away. */
import { dirname } from 'node:path'
import { makeDurableDirectories } from '../files/durable.ts'
import { unmount } from '../kernel/mount.ts'
import { isMountPoint, mountsAtOrBelow } from '../kernel/mountinfo.ts'
import { retire } from './retire.ts'
import { applied, SystemError } from '../errors/system-error.ts'

const parts = { diff: 0o755, work: 0o700, merged: 0o755 }

/**
 * `diff` becomes the container's `/`, which others than root must be able to enter. All of it is
 * synced again where it is already there: whoever made it may not have come so far.
 */
export const makeWritable = (directory: string): Promise<void> => {
  const inside = Object.entries(parts).map(([name, mode]) => ({
    path: `${directory}/${name}`,
    mode,
  }))
  const wanted = [{ path: directory, mode: 0o700 }, ...inside]
  return makeDurableDirectories(wanted, [dirname(directory), ...wanted.map(({ path }) => path)])
}

/** Two file systems on a mount point are somebody's mistake; more than this is endless. */
const maxStacked = 16

/** Not mounted is fine. Throws `EBUSY` while somebody uses it. Blocks. */
export const unmountAll = (mountPoint: string): void => {
  for (let i = 0; i < maxStacked && isMountPoint(mountPoint); i++) {
    const gone = unmount(mountPoint)
    // `EINVAL`: somebody else was faster.
    if (!gone.ok && gone.errno !== 'EINVAL') applied(gone, mountPoint)
  }
  if (isMountPoint(mountPoint)) throw new SystemError('EBUSY', `${mountPoint} is still mounted`)
}

/** Never deletes through a mount: what is mounted may be somebody's data. Blocks. */
export const removeWritable = async (directory: string, staging: string): Promise<void> => {
  unmountAll(`${directory}/merged`)
  const [mounted] = [...mountsAtOrBelow(directory), ...mountsAtOrBelow(staging)]
  if (mounted !== undefined)
    throw new SystemError('EBUSY', `${mounted.mountPoint} is still mounted`)
  await retire(directory, staging)
}
