/** What a container's own layer changes in the layers below it, as overlayfs keeps it. */
import { lstatSync, readdirSync, type Stats } from 'node:fs'

/** Absolute directories; names in them are latin1 texts of their bytes. */
export interface LayerTrees {
  readonly upper: string
  /** Top layer first. */
  readonly lower: ReadonlyArray<string>
  readonly isOpaque: (path: Buffer) => boolean
}

export interface TreeChange {
  /** Added, changed, deleted. */
  readonly kind: 'A' | 'C' | 'D'
  /** Absolute in the container, as bytes. */
  readonly path: Buffer
}

const bytes = (path: string): Buffer => Buffer.from(path, 'latin1')

const statAt = (path: string): Stats | undefined =>
  lstatSync(bytes(path), { throwIfNoEntry: false })

/** A character device 0:0 (kernel, filesystems/overlayfs.rst). */
const isWhiteout = (stat: Stats): boolean => stat.isCharacterDevice() && stat.rdev === 0

const namesIn = (path: string): ReadonlyArray<string> =>
  readdirSync(bytes(path), { encoding: 'latin1' }).sort()

/** Links on the way are none of the kernel's business there, and none of ours. */
const inLayer = (
  { isOpaque }: LayerTrees,
  layer: string,
  path: string,
): 'there' | 'gone' | 'unknown' => {
  const parts = path.split('/').slice(1)
  let at = layer
  let opaque = false
  for (const [n, part] of parts.entries()) {
    opaque ||= isOpaque(bytes(at))
    at = `${at}/${part}`
    const stat = statAt(at)
    if (stat === undefined) return opaque ? 'gone' : 'unknown'
    if (isWhiteout(stat)) return 'gone'
    if (n < parts.length - 1 && !stat.isDirectory()) return 'gone'
  }
  return 'there'
}

const isBelow = (trees: LayerTrees, path: string): boolean => {
  for (const layer of trees.lower) {
    const found = inLayer(trees, layer, path)
    if (found !== 'unknown') return found === 'there'
  }
  return false
}

/** Sorted by path; a directory comes before what is in it. */
export function* treeChanges(trees: LayerTrees, path = ''): Generator<TreeChange> {
  for (const name of namesIn(`${trees.upper}${path}`)) {
    const own = `${path}/${name}`
    const stat = statAt(`${trees.upper}${own}`)
    // A running container may take away what was listed.
    if (stat === undefined) continue
    const below = isBelow(trees, own)
    if (isWhiteout(stat)) {
      if (below) yield { kind: 'D', path: bytes(own) }
      continue
    }
    yield { kind: below ? 'C' : 'A', path: bytes(own) }
    if (stat.isDirectory()) yield* treeChanges(trees, own)
  }
}
