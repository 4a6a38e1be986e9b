/** The passwd and group files of a container's root file system, for an exec. */
import type { AccountFiles } from '../../domain/oci/host-facts.ts'
import { SystemError } from '../errors/system-error.ts'
import { readInside } from '../files/rooted-file.ts'

/** What a container made unreadable knows no users: numeric ones need no entry (CLI-USER-03). */
const readOrNothing = async (rootfs: string, path: string): Promise<string> => {
  try {
    return await readInside(rootfs, path)
  } catch (error) {
    if (error instanceof SystemError) return ''
    throw error
  }
}

export const readAccountFiles = async (rootfs: string): Promise<AccountFiles> => ({
  passwd: await readOrNothing(rootfs, 'etc/passwd'),
  group: await readOrNothing(rootfs, 'etc/group'),
})
