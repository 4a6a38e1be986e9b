/** Ways to make a real host refuse: each answers how to take the obstacle away again. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { errnoOf } from '../../adapters/errors/errno.ts'
import { applied } from '../../adapters/errors/system-error.ts'
import { readMounts } from '../../adapters/kernel/mountinfo.ts'
import { mount, mountFlags, unmount } from '../../adapters/kernel/mount.ts'

export type Undo = () => void

const tmpfs = { source: 'tmpfs', type: 'tmpfs', flags: 0 }
/** Few inodes, so that they are soon used up. */
const smallOptions = 'size=64m,nr_inodes=2000'

/** A small file system of its own on an empty directory. */
export const ownFileSystem = (target: string): void =>
  void applied(mount({ ...tmpfs, target, options: smallOptions }), target)

/** No file or directory can be made any more: `ENOSPC`. */
export const full = (directory: string): Undo => {
  const filler = `${directory}/.filler`
  mkdirSync(filler)
  for (let n = 0; ; n += 1)
    try {
      writeFileSync(`${filler}/${n}`, '')
    } catch (error) {
      if (errnoOf(error) !== 'ENOSPC') throw error
      return () => rmSync(filler, { recursive: true })
    }
}

const bind = (target: string, flags: number): void => {
  const call = { source: target, target, type: '', flags: mountFlags.bind | flags, options: '' }
  applied(mount(call), target)
}

/** Laid over itself, for who writes there already would forbid a change of the mount: `EROFS`. */
export const readOnly = (target: string): Undo => {
  bind(target, 0)
  bind(target, mountFlags.remount | mountFlags.readOnly)
  return () => void applied(unmount(target), target)
}

/** Every descriptor of this process is taken: `EMFILE`. */
export const noDescriptors = (): Undo => {
  const taken: Array<number> = []
  for (;;)
    try {
      taken.push(openSync('/dev/null', 'r'))
    } catch (error) {
      if (errnoOf(error) !== 'EMFILE') throw error
      return () => taken.forEach((fd) => closeSync(fd))
    }
}

/** chattr(1): neither the file nor, of a directory, its entries can be changed: `EPERM`. */
export const immutable = (path: string): Undo => {
  execFileSync('chattr', ['+i', path])
  return () => void execFileSync('chattr', ['-i', path])
}

/** Something of somebody else is mounted below `directory`, itself `within`: `EBUSY`. */
export const mountedBelow = (directory: string, within: string): Undo => {
  const target = `${directory}/obstacle`
  mkdirSync(target)
  ownFileSystem(target)
  return () => {
    // The directory may have been renamed with the mount in it.
    for (const { mountPoint } of readMounts())
      if (mountPoint.startsWith(within) && mountPoint.endsWith('/obstacle'))
        applied(unmount(mountPoint), mountPoint)
  }
}

/** Somebody has a file of the mount open: `EBUSY`. */
export const heldOpen = (path: string): Undo => {
  const fd = openSync(path, 'r')
  return () => closeSync(fd)
}
