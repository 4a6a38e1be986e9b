/** `--external-rootfs` as it is sent: without symbolic links (SYS-ROOTFS-02, SYS-ROOTFS-03). */
import { realpathSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import type { Built } from './refused.ts'

export const externalRootfs = (path: string | undefined): Built<string> => {
  if (path === undefined || path === '') return E.right('')
  if (!path.startsWith('/'))
    return E.left(`Invalid external rootfs '${path}': want an absolute path`)
  return E.tryCatch(
    () => realpathSync(path),
    () => `Failed to get rootfs '${path}'`,
  )
}
