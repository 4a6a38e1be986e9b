/** The tree of a layer while it is unpacked: no path is followed that this tree did not make. */
import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { setXattr } from '../../kernel/xattr.ts'
import { malformed } from '../tar/archive-error.ts'
import { parentOf, type EntryPath } from './entry-path.ts'
import { hasErrno } from '../../errors/errno.ts'
import { applied } from '../../errors/system-error.ts'

const opaqueName = 'trusted.overlay.opaque'

/** Bytes of the regular files at and below a path; a file with several links counts elsewhere. */
const sizeBelow = (path: Buffer): number => {
  const stat = lstatSync(path)
  if (stat.isFile()) return stat.nlink === 1 ? stat.size : 0
  if (!stat.isDirectory()) return 0
  return readdirSync(path, { encoding: 'buffer' })
    .map((name) => sizeBelow(Buffer.concat([path, Buffer.from('/'), name])))
    .reduce((a, b) => a + b, 0)
}

/**
 * The root is empty at first and nobody else writes below it, so the directories that may be
 * passed through are exactly those that were made here: a symbolic link is never one of them.
 */
export class LayerTree {
  readonly #root: Buffer
  readonly #directories = new Set<EntryPath>([''])
  readonly #whiteouts = new Set<EntryPath>()
  #sizeBytes = 0

  constructor(root: string) {
    this.#root = Buffer.from(root)
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  addSize(sizeBytes: number): void {
    this.#sizeBytes += sizeBytes
  }

  absolute(path: EntryPath): Buffer {
    if (path === '') return this.#root
    return Buffer.concat([this.#root, Buffer.from('/'), Buffer.from(path, 'latin1')])
  }

  isDirectory(path: EntryPath): boolean {
    return this.#directories.has(path)
  }

  /** Whether the path lies in a directory of this layer, without a symbolic link on the way. */
  hasParents(path: EntryPath): boolean {
    return this.#directories.has(parentOf(path))
  }

  /** Makes missing parents (0755, root); refuses a parent that is no directory of this layer. */
  ensureParents(path: EntryPath): void {
    const parent = parentOf(path)
    if (this.#directories.has(parent)) return
    this.ensureParents(parent)
    try {
      mkdirSync(this.absolute(parent))
    } catch (error) {
      if (!hasErrno(error, 'EEXIST')) throw error
      if (!this.#whiteouts.has(parent))
        throw malformed(`${JSON.stringify(path)}: its parent is no directory`)
      this.#replaceByDirectory(parent)
    }
    chmodSync(this.absolute(parent), 0o755)
    this.#directories.add(parent)
    this.#hideBelow(parent)
  }

  /** Runs `make`, which must refuse to replace; an older entry of that path gives way first. */
  place(path: EntryPath, make: (at: Buffer) => void): void {
    const at = this.absolute(path)
    try {
      make(at)
    } catch (error) {
      if (!hasErrno(error, 'EEXIST')) throw error
      this.remove(path)
      make(at)
    }
    this.#whiteouts.delete(path)
  }

  /** A directory stays with its content when it is named again. */
  placeDirectory(path: EntryPath): void {
    if (this.#directories.has(path)) return
    this.place(path, (at) => {
      mkdirSync(at)
      this.#directories.add(path)
      this.#hideBelow(path)
    })
  }

  /** What lies below this layer is hidden; what this layer itself has stays. */
  placeWhiteout(path: EntryPath, make: (at: Buffer) => void): void {
    if (this.#directories.has(path)) return this.makeOpaque(path)
    try {
      make(this.absolute(path))
    } catch (error) {
      if (hasErrno(error, 'EEXIST')) return
      throw error
    }
    this.#whiteouts.add(path)
  }

  makeOpaque(path: EntryPath): void {
    const at = this.absolute(path)
    applied(setXattr(at, { name: opaqueName, value: Buffer.from('y') }), at)
  }

  remove(path: EntryPath): void {
    const at = this.absolute(path)
    this.#sizeBytes -= sizeBelow(at)
    rmSync(at, { recursive: true })
    if (!this.#directories.delete(path)) return
    for (const known of [this.#directories, this.#whiteouts]) {
      for (const other of known) if (other.startsWith(`${path}/`)) known.delete(other)
    }
  }

  #replaceByDirectory(path: EntryPath): void {
    this.remove(path)
    mkdirSync(this.absolute(path))
  }

  /** A directory that takes the place of a whiteout must still hide what lies below. */
  #hideBelow(path: EntryPath): void {
    if (this.#whiteouts.delete(path)) this.makeOpaque(path)
  }
}
