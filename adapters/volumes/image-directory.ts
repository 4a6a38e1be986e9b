/** Finds a directory of a mounted image: its links lead nowhere else than into the image. */
import { lstatSync, readlinkSync } from 'node:fs'
import { SystemError } from '../errors/system-error.ts'

/** path_resolution(7). */
const maxLinks = 40

const partsOf = (path: string): ReadonlyArray<string> => path.split('/').filter((p) => p !== '')

/**
 * The real path of `path` below `root`, with absolute links and `..` bound to the root; undefined
 * where the image has no directory there. `ELOOP`. Nobody may change the tree meanwhile.
 */
export const imageDirectory = (root: string, path: string): string | undefined => {
  let wanted = partsOf(path)
  let found: ReadonlyArray<string> = []
  let links = 0
  for (;;) {
    const [next, ...rest] = wanted
    if (next === undefined) return [root, ...found].join('/')
    wanted = rest
    if (next === '.') continue
    if (next === '..') {
      found = found.slice(0, -1)
      continue
    }
    const at = [root, ...found, next].join('/')
    const entry = lstatSync(at, { throwIfNoEntry: false })
    if (entry === undefined) return undefined
    if (entry.isSymbolicLink()) {
      links += 1
      if (links > maxLinks) throw new SystemError('ELOOP', `too many links in ${path}`)
      const target = readlinkSync(at)
      if (target.startsWith('/')) found = []
      wanted = [...partsOf(target), ...wanted]
    } else if (entry.isDirectory()) found = [...found, next]
    else return undefined
  }
}
