/** Reads a file of a container's root file system without ever leaving it through a link. */
import { constants } from 'node:fs'
import { lstat, open, readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from '../errors/errno.ts'
import { SystemError } from '../errors/system-error.ts'

const maxLinks = 40
/** Larger files are none that we read; a container could otherwise fill our memory. */
const maxBytes = 4 * 1024 * 1024

/** The path below `root` after following links as a process inside would: `/` is the root. */
const resolveInside = async (root: string, path: string): Promise<string> => {
  const pending = path.split('/').reverse()
  let inside: Array<string> = []
  let links = 0
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      inside.pop()
      continue
    }
    const here = join(root, ...inside, part)
    if (!(await lstat(here)).isSymbolicLink()) {
      inside.push(part)
      continue
    }
    links += 1
    if (links > maxLinks) throw new SystemError('ELOOP', `too many links in ${path}`)
    const target = await readlink(here)
    if (target.startsWith('/')) inside = []
    pending.push(...target.split('/').reverse())
  }
  return join(root, ...inside)
}

/** Opened without following a last link or waiting for a FIFO, then proved to lie inside. */
const readRegular = async (root: string, path: string): Promise<string> => {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const real = await readlink(`/proc/self/fd/${handle.fd}`)
    if (!real.startsWith(`${await realpath(root)}/`))
      throw new SystemError('EINVAL', `${path} is outside of the root file system`)
    const stat = await handle.stat()
    if (!stat.isFile()) throw new SystemError('EINVAL', `${path} is not a regular file`)
    if (stat.size > maxBytes)
      throw new SystemError('EINVAL', `${path} is larger than ${maxBytes} bytes`)
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

/**
 * `path` is relative to the root, e.g. `etc/passwd`; a missing file is empty (CLI-USER-01).
 * Rejects with `ELOOP`, or `EINVAL` for what is no file of sane size inside, or Node's errors.
 */
export const readInside = async (root: string, path: string): Promise<string> => {
  try {
    return await readRegular(root, await resolveInside(root, path))
  } catch (error) {
    if (isMissing(error)) return ''
    throw error
  }
}
