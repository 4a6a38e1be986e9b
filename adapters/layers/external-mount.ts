/** Mounts the user's own root file system: a directory or a block device (SYS-ROOTFS-*). */
import { readFileSync, statSync, type Stats } from 'node:fs'
import { hasErrno } from '../errors/errno.ts'
import { applied, SystemError } from '../errors/system-error.ts'
import { mount, mountFlags, unmount } from '../kernel/mount.ts'

const statOf = (path: string): Stats => {
  try {
    return statSync(path)
  } catch (error) {
    if (hasErrno(error, 'ENOENT') || hasErrno(error, 'ENOTDIR'))
      throw new SystemError('ENOENT', `Failed to get rootfs '${path}'`)
    throw error
  }
}

const none = { source: 'none', type: '', options: '' }

/** What is mounted below the source stays outside, so that one unmount takes all away. */
const bind = (source: string, target: string): void => {
  applied(mount({ ...none, source, target, flags: mountFlags.bind }), target)
  const alone = mount({ ...none, target, flags: mountFlags.private })
  if (alone.ok) return
  unmount(target)
  applied(alone, target)
}

/** Tried first; the kernel loads their modules when they are asked for. */
const usual = ['ext4', 'xfs', 'btrfs']

const blockTypes = (): ReadonlyArray<string> => {
  const known = readFileSync('/proc/filesystems', 'utf8').split('\n')
  return known.flatMap((line) => (line.startsWith('\t') ? [line.slice(1)] : []))
}

/** `EINVAL` and `ENODEV` of mount(2) are what a wrong type answers. */
const mountDevice = (source: string, target: string): void => {
  for (const type of new Set([...usual, ...blockTypes()])) {
    const mounted = mount({ source, target, type, flags: 0, options: '' })
    if (mounted.ok) return
    if (mounted.errno !== 'EINVAL' && mounted.errno !== 'ENODEV') applied(mounted, source)
  }
  throw new SystemError('EINVAL', `${source} has no file system that this kernel can mount`)
}

/** Throws `ENOENT`, `EINVAL`, and what mount(2) answers. */
export const mountExternal = (source: string, target: string): void => {
  const stat = statOf(source)
  if (stat.isDirectory()) return bind(source, target)
  if (stat.isBlockDevice()) return mountDevice(source, target)
  throw new SystemError('EINVAL', `rootfs '${source}' is neither a directory nor a block device`)
}
