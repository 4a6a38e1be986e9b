/** What a hostile archive could have changed on the host, before and after. */
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hasErrno } from '../../adapters/errors/errno.ts'
import { mountsAtOrBelow } from '../../adapters/kernel/mountinfo.ts'
import type { Target } from './hostile-case.ts'

/** Directories that archives aim at; they are shared with others, so only our name counts. */
const aimedAt = ['/', '/tmp', '/etc', '/dev', '/root', '/var', '/home', '/proc/self/cwd']

const describe = (path: string): string => {
  const { mode, uid, gid, size, nlink, ino, mtimeMs, ctimeMs } = lstatSync(path)
  return [path, mode, uid, gid, size, nlink, ino, mtimeMs, ctimeMs].join(' ')
}

/** Every path below, with all that an unpacking could have changed of it. */
const treeOf = (path: string): ReadonlyArray<string> => [
  describe(path),
  ...(lstatSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .flatMap((name) => treeOf(`${path}/${name}`))
    : []),
]

export interface HostTrace {
  readonly tree: ReadonlyArray<string>
  readonly content: string
  readonly passwords: string
  readonly mounts: ReadonlyArray<string>
  /** Paths with the marker in their names, wherever archives aim at. */
  readonly breaches: ReadonlyArray<string>
}

/** `victims` is the victim's folder, which nobody but a breach changes. */
export const hostTrace = ({ marker, victim, folder }: Target): HostTrace => ({
  tree: treeOf(folder),
  content: readFileSync(victim, 'utf8'),
  passwords: describe('/etc/passwd'),
  mounts: mountsAtOrBelow(folder).map(({ mountPoint }) => mountPoint),
  breaches: [...aimedAt, folder, `${folder}/..`]
    .map((directory) => `${directory}/${marker}`)
    .filter((path) => existsSync(path)),
})

/** Open files of this process below a folder. */
export const openBelow = (folder: string): ReadonlyArray<string> =>
  readdirSync('/proc/self/fd')
    .flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)]
      } catch (error) {
        if (hasErrno(error, 'ENOENT')) return []
        throw error
      }
    })
    .filter((path) => path.startsWith(folder))
