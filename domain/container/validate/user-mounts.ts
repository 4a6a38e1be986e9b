/** All mounts that a configuration spells, checked, in the order in which they are made. */
import * as E from 'fp-ts/lib/Either.js'
import { absurd } from '../../absurd.ts'
import type { HostConfig, Mount } from '../config.ts'
import { checkBindMount, checkVolumeMount, parseBind } from './bind.ts'
import { checkAll, type Checked } from './refusal.ts'
import { checkTmpfsMount, parseTmpfs } from './tmpfs.ts'

export const checkMount = (mount: Mount): Checked<Mount> => {
  switch (mount.Type) {
    case 'bind':
      return checkBindMount(mount)
    case 'volume':
      return checkVolumeMount(mount)
    case 'tmpfs':
      return checkTmpfsMount(mount)
    default:
      return absurd(mount)
  }
}

/** `-v` in the given order, then `--mount` (CLI-MNT-01, CLI-MNT-03). */
export const userMounts = (
  host: Pick<HostConfig, 'Binds' | 'Mounts'>,
): Checked<ReadonlyArray<Mount>> => {
  const binds = checkAll(host.Binds, parseBind)
  if (E.isLeft(binds)) return binds
  const mounts = checkAll(host.Mounts, checkMount)
  return E.isLeft(mounts) ? mounts : E.right([...binds.right, ...mounts.right])
}

/** Where the configuration itself mounts something: what others bring there is left out. */
export const ownTargets = (host: HostConfig): ReadonlySet<string> => {
  const mounts = userMounts(host)
  const tmpfs = checkAll(Object.keys(host.Tmpfs), (text) => parseTmpfs(text))
  return new Set([
    ...(E.isRight(mounts) ? mounts.right.map(({ Target }) => Target) : []),
    ...(E.isRight(tmpfs) ? tmpfs.right.map(({ target }) => target) : []),
  ])
}
