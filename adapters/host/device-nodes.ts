/** The host's device nodes, for privileged containers (PRIV-MODE-03). */
import type { Stats } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostDevice } from '../../domain/oci/host-facts.ts'

/** Pseudo file systems and links of the running system, not devices. */
const skipped: ReadonlySet<string> = new Set(['pts', 'shm', 'fd', 'mqueue', 'hugepages', '.udev'])

/** Linux dev_t: 12 bit major, 20 bit minor, in the C library's split layout (makedev(3)). */
const majorOf = (device: number): number => {
  const id = BigInt(device)
  return Number(((id >> 8n) & 0xfffn) | ((id >> 32n) & 0xfffff000n))
}
const minorOf = (device: number): number => {
  const id = BigInt(device)
  return Number((id & 0xffn) | ((id >> 12n) & 0xffffff00n))
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

const deviceOf = (path: string, { mode, rdev, uid, gid }: Stats): HostDevice | undefined => {
  const type = mode & 0o170000
  if (type !== 0o020000 && type !== 0o060000) return undefined
  return {
    path,
    type: type === 0o020000 ? 'c' : 'b',
    major: majorOf(rdev),
    minor: minorOf(rdev),
    fileMode: mode & 0o7777,
    uid,
    gid,
  }
}

/** A node may vanish between listing and looking: then it is not there. */
const node = async (path: string): Promise<HostDevice | undefined> => {
  try {
    return deviceOf(path, await lstat(path))
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** Follows symbolic links; undefined: no device node. Rejects with the errno of stat(2). */
export const deviceAt = async (path: string): Promise<HostDevice | undefined> =>
  deviceOf(path, await stat(path))

export const hostDevices = async (directory = '/dev'): Promise<ReadonlyArray<HostDevice>> => {
  const entries = await readdir(directory, { withFileTypes: true })
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : hostDevices(path)
      if (!entry.isCharacterDevice() && !entry.isBlockDevice()) return []
      const device = await node(path)
      return device === undefined ? [] : [device]
    }),
  )
  return found.flat().sort((a, b) => (a.path < b.path ? -1 : 1))
}
