/** The tree of a layer while it is unpacked: no path is followed that this tree did not make. */
import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { setXattr } from '../../kernel/xattr.ts'
import { malformed } from '../tar/archive-error.ts'
import { parentOf, type EntryPath } from './entry-path.ts'
import { hasErrno } from '../../errors/errno.ts'
import { applied } from '../../errors/system-error.ts'

const opaqueName = 'trusted.overlay.opaque'

/** Paths of directories and whiteouts are held in memory, with a map entry beside each. */
const usualMaxHeldBytes = 256 << 20
const besidePathBytes = 100

/**
 * The root is empty at first and nobody else writes below it, so the directories that may be
 * passed through are exactly those that were made here: a symbolic link is never one of them.
 */
export class LayerTree {
  readonly #root: Buffer
  readonly #directories = new Set<EntryPath>([''])
  readonly #whiteouts = new Set<EntryPath>()
  readonly #maxHeldBytes: number
  #heldBytes = 0
  #sizeBytes = 0

  constructor(root: string, maxHeldBytes = usualMaxHeldBytes) {
    this.#root = Buffer.from(root)
    this.#maxHeldBytes = maxHeldBytes
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
    this.#hold(this.#directories, parent)
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
      this.#hold(this.#directories, path)
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
    this.#hold(this.#whiteouts, path)
  }

  makeOpaque(path: EntryPath): void {
    const at = this.absolute(path)
    applied(setXattr(at, { name: opaqueName, value: Buffer.from('y') }), at)
  }

  remove(path: EntryPath): void {
    this.#sizeBytes -= this.#forget(path)
    rmSync(this.absolute(path), { recursive: true })
  }

  /** Forgets what is at and below a path; answers the bytes of its regular files. */
  #forget(path: EntryPath): number {
    const at = this.absolute(path)
    if (!this.#directories.delete(path)) {
      const stat = lstatSync(at)
      // A file with several links counts elsewhere.
      return stat.isFile() && stat.nlink === 1 ? stat.size : 0
    }
    return readdirSync(at, { encoding: 'buffer' })
      .map((name) => {
        const inside = `${path}/${name.toString('latin1')}`
        this.#whiteouts.delete(inside)
        return this.#forget(inside)
      })
      .reduce((a, b) => a + b, 0)
  }

  /** What is forgotten again still counts: no honest layer does so a million times. */
  #hold(paths: Set<EntryPath>, path: EntryPath): void {
    this.#heldBytes += path.length + besidePathBytes
    if (this.#heldBytes > this.#maxHeldBytes)
      throw malformed(`the names of directories are longer than ${this.#maxHeldBytes} bytes`)
    paths.add(path)
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
