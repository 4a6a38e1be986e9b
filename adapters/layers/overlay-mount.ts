/** Mounts an overlay of any number of layers that the kernel allows. */
import { closeSync, constants, openSync } from 'node:fs'
import type { Sys } from '../kernel/libc.ts'
import { maxOptionBytes, mount } from '../kernel/mount.ts'

export interface Overlay {
  /** Top layer first, at least one. */
  readonly lower: ReadonlyArray<string>
  readonly upper: string
  readonly work: string
  readonly target: string
}

/**
 * Off, whatever the kernel's defaults are: with them a layer's diff would not be a plain tree
 * (redirect_dir, metacopy), or a second mount of an upper would be refused (index).
 */
const fixedOptions = 'index=off,metacopy=off,redirect_dir=off'

const optionsOf = ({ lower, upper, work }: Omit<Overlay, 'target'>): string =>
  `lowerdir=${lower.join(':')},upperdir=${upper},workdir=${work},${fixedOptions}`

/** Characters that have a meaning of their own in overlayfs' options. */
const isPlain = (path: string): boolean => !/[:,\\]/.test(path)

/** Short names for long paths: open directories, named through this process. */
const throughDescriptors = (overlay: Overlay): Sys<number> => {
  const fds: Array<number> = []
  const short = (path: string): string => {
    const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
    fds.push(fd)
    return `/proc/self/fd/${fd}`
  }
  try {
    const [lower, upper, work] = [
      overlay.lower.map(short),
      short(overlay.upper),
      short(overlay.work),
    ]
    return call(overlay.target, optionsOf({ lower, upper, work }))
  } finally {
    for (const fd of fds) closeSync(fd)
  }
}

const call = (target: string, options: string): Sys<number> =>
  mount({ source: 'overlay', target, type: 'overlay', flags: 0, options })

/**
 * mount(2) takes one page of options: about 35 layers by their own paths, about 200 through
 * descriptors; beyond that `E2BIG`. Throws Node's error where a directory is missing.
 */
export const mountOverlay = (overlay: Overlay): Sys<number> => {
  const options = optionsOf(overlay)
  const paths = [...overlay.lower, overlay.upper, overlay.work]
  const fits = Buffer.byteLength(options) <= maxOptionBytes
  return fits && paths.every(isPlain) ? call(overlay.target, options) : throughDescriptors(overlay)
}
