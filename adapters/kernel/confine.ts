/** Confines the calling thread to a directory: its paths cannot lead out of it. */
import { native, onPath, type Sys } from './libc.ts'

const unshareCall = native<[number]>('int unshare(int flags)')
const chrootCall = native<[Buffer]>('int chroot(void *path)')
const chdirCall = native<[Buffer]>('int chdir(void *path)')
const umaskCall = native<[number]>('unsigned int umask(unsigned int mask)')

/** unshare(2): root, working directory and umask are this thread's own. */
const cloneFs = 0x200

/**
 * unshare(2), chroot(2) and chdir(2) for this thread alone, with an empty umask. It cannot be taken
 * back: for threads that end after their work. Only synchronous calls stay in this thread.
 */
export const confineThread = (root: string): Sys<number> => {
  const own = unshareCall(cloneFs)
  if (!own.ok) return own
  const inside = onPath(root, (at) => chrootCall(at))
  if (!inside.ok) return inside
  umaskCall(0)
  return onPath('/', (at) => chdirCall(at))
}
