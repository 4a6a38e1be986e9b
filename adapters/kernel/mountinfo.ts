/** The mount table of this process, proc_pid_mountinfo(5). */
import { readFileSync } from 'node:fs'

export interface MountEntry {
  readonly mountId: number
  readonly parentId: number
  /** `major:minor` of the file system. */
  readonly device: string
  /** Path inside the file system that forms the root of this mount. */
  readonly root: string
  readonly mountPoint: string
  readonly options: string
  /** Propagation: it has peers, or it receives what its master's peers mount. */
  readonly shared: boolean
  readonly slave: boolean
  readonly type: string
  readonly source: string
  readonly superOptions: string
}

/** The kernel writes blank, tab, newline and backslash as three octal digits. */
const unescape = (field: string): string => {
  if (!field.includes('\\')) return field
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
}

const utf8 = (latin: string): string => Buffer.from(latin, 'latin1').toString('utf8')

const parseLine = (line: string): MountEntry | undefined => {
  const [before, after] = line.split(' - ', 2)
  if (before === undefined || after === undefined) return undefined
  const [mountId, parentId, device, root, mountPoint, options, ...tags] = before.split(' ')
  const [type, source, superOptions] = after.split(' ')
  if (mountPoint === undefined || root === undefined || type === undefined) return undefined
  return {
    mountId: Number(mountId),
    parentId: Number(parentId),
    device: device ?? '',
    root: utf8(unescape(root)),
    mountPoint: utf8(unescape(mountPoint)),
    options: options ?? '',
    shared: tags.some((tag) => tag.startsWith('shared:')),
    slave: tags.some((tag) => tag.startsWith('master:')),
    type,
    source: utf8(unescape(source ?? '')),
    superOptions: utf8(unescape(superOptions ?? '')),
  }
}

/** Parses the bytes of a mountinfo file, in its order: the last of equal mount points is on top. */
export const parseMountinfo = (bytes: Buffer): ReadonlyArray<MountEntry> =>
  bytes
    .toString('latin1')
    .split('\n')
    .map(parseLine)
    .filter((entry) => entry !== undefined)

export const readMounts = (): ReadonlyArray<MountEntry> =>
  parseMountinfo(readFileSync('/proc/self/mountinfo'))

/** Mounts on `path` itself and below it; `path` is absolute and free of symbolic links. */
export const mountsAtOrBelow = (path: string): ReadonlyArray<MountEntry> => {
  const below = path === '/' ? '/' : `${path}/`
  return readMounts().filter((m) => m.mountPoint === path || m.mountPoint.startsWith(below))
}

const escapeField = (path: string): string =>
  Buffer.from(path, 'utf8')
    .toString('latin1')
    .replace(/[ \t\n\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`)

/** Only lines that name the path are taken apart: there may be thousands of mounts. */
export const isMountPoint = (path: string): boolean => {
  const named = ` ${escapeField(path)} `
  return readFileSync('/proc/self/mountinfo', 'latin1')
    .split('\n')
    .some((line) => line.includes(named) && parseLine(line)?.mountPoint === path)
}
