/** Writes the entries of a layer into its tree, with every attribute that the archive gives. */
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  lstatSync,
  openSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import { makeNode, setTimes } from '../../kernel/nodes.ts'
import { setXattr } from '../../kernel/xattr.ts'
import { malformed, shownName } from '../tar/archive-error.ts'
import type { Fragment } from '../tar/sparse.ts'
import type { TarEntry } from '../tar/tar-entry.ts'
import type { TarHandler } from '../tar/tar-reader.ts'
import { DiskReserve } from './disk-reserve.ts'
import { entryPath, maxPathBytes, meaningOf, type EntryPath } from './entry-path.ts'
import { LayerTree } from './layer-tree.ts'
import { applied } from '../../errors/system-error.ts'

export interface LayerLimits {
  readonly maxEntries: number
  /** Of all regular files together. */
  readonly maxBytes: number
}

export interface WrittenLayer {
  readonly sizeBytes: number
  readonly entries: number
  /** Attributes that the file system of the store cannot hold. */
  readonly skippedXattrs: number
}

/** A regular file whose data is being written. */
interface OpenFile {
  readonly fd: number
  readonly entry: TarEntry
  readonly path: EntryPath
  /** Where data goes: one piece for a plain file. */
  readonly fragments: ReadonlyArray<Fragment>
  fragment: number
  written: number
}

const exclusively = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

export class LayerWriter implements TarHandler {
  readonly #tree: LayerTree
  readonly #limits: LayerLimits
  readonly #reserve: DiskReserve
  /** Set at the end: whatever is made in a directory changes its time. */
  readonly #directoryTimes = new Map<EntryPath, bigint>()
  #file: OpenFile | undefined
  #entries = 0
  #skippedXattrs = 0

  /** `root` is an empty directory that nobody else writes to. */
  constructor(root: string, limits: LayerLimits) {
    this.#tree = new LayerTree(root)
    this.#limits = limits
    this.#reserve = new DiskReserve(root)
  }

  onEntry = (entry: TarEntry): boolean => {
    this.#entries += 1
    if (this.#entries > this.#limits.maxEntries)
      throw malformed(`the layer has more than ${this.#limits.maxEntries} entries`)
    this.#reserve.beforeEntry()
    const meaning = meaningOf(entry.name)
    switch (meaning._tag) {
      case 'Nothing':
        return false
      case 'Opaque':
        this.#tree.ensureParents(`${meaning.directory}/x`)
        this.#tree.makeOpaque(meaning.directory)
        return false
      case 'Whiteout':
        this.#whiteout(meaning.path)
        return false
      case 'Node':
        return this.#node(entry, meaning.path)
    }
  }

  onData = (bytes: Buffer): void => {
    const file = this.#file
    if (file === undefined) throw new Error('data without a file')
    this.#reserve.beforeData(bytes.length)
    for (let at = 0; at < bytes.length;) {
      const fragment = file.fragments[file.fragment]
      if (fragment === undefined) throw new Error('more data than the file has room for')
      const { offset, sizeBytes } = fragment
      const count = Math.min(bytes.length - at, sizeBytes - file.written)
      if (count > 0) writeFully(file.fd, bytes.subarray(at, at + count), offset + file.written)
      at += count
      file.written += count
      if (file.written < sizeBytes) return
      file.fragment += 1
      file.written = 0
    }
  }

  onEntryEnd = (): void => {
    const file = this.#file
    if (file === undefined) throw new Error('the end of no file')
    const { fd, entry, path } = file
    if (entry.sparse !== undefined) ftruncateSync(fd, entry.sparse.realSizeBytes)
    fchownSync(fd, entry.uid, entry.gid)
    fchmodSync(fd, entry.mode)
    this.#xattrs(entry, path)
    this.close()
    this.#times(path, entry.mtimeNs)
  }

  /** Closes what a failed archive left open. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.fd)
    this.#file = undefined
  }

  finish(): WrittenLayer {
    for (const [path, mtimeNs] of this.#directoryTimes) {
      if (this.#tree.isDirectory(path)) this.#times(path, mtimeNs)
    }
    const [sizeBytes, entries] = [this.#tree.sizeBytes, this.#entries]
    return { sizeBytes, entries, skippedXattrs: this.#skippedXattrs }
  }

  #whiteout(path: EntryPath): void {
    this.#tree.ensureParents(path)
    this.#tree.placeWhiteout(path, (at) =>
      applied(makeNode(at, { type: 'character', mode: 0, major: 0, minor: 0 }), at),
    )
  }

  #node(entry: TarEntry, path: EntryPath): boolean {
    if (path === '' && entry.type !== 'directory')
      throw malformed(`entry ${shownName(entry.name)}: only a directory can be the root`)
    this.#tree.ensureParents(path)
    switch (entry.type) {
      case 'file':
        this.#beginFile(entry, path)
        return true
      case 'directory':
        this.#tree.placeDirectory(path)
        this.#directoryTimes.set(path, entry.mtimeNs)
        break
      case 'symlink':
        this.#symlink(entry, path)
        break
      case 'link':
        // It shares everything with its target, attributes included.
        this.#link(entry, path)
        return false
      case 'character':
      case 'block':
      case 'fifo':
        this.#device(entry, entry.type, path)
    }
    this.#attributes(entry, path)
    return false
  }

  #beginFile(entry: TarEntry, path: EntryPath): void {
    const sizeBytes = entry.sparse?.realSizeBytes ?? entry.storedBytes
    if (this.#tree.sizeBytes + sizeBytes > this.#limits.maxBytes)
      throw malformed(`the layer is longer than ${this.#limits.maxBytes} bytes`)
    this.#tree.place(path, (at) => {
      const fragments = entry.sparse?.fragments ?? [{ offset: 0, sizeBytes: entry.storedBytes }]
      const fd = openSync(at, exclusively, 0o600)
      this.#file = { fd, entry, path, fragments, fragment: 0, written: 0 }
    })
    this.#tree.addSize(sizeBytes)
  }

  #symlink({ name, linkName }: TarEntry, path: EntryPath): void {
    if (linkName.length === 0) throw malformed(`entry ${shownName(name)}: the link has no target`)
    if (linkName.length >= maxPathBytes)
      throw malformed(`entry ${shownName(name)}: the link's target is too long`)
    this.#tree.place(path, (at) => symlinkSync(linkName, at))
  }

  #link({ name, linkName }: TarEntry, path: EntryPath): void {
    const target = entryPath(linkName)
    const what = `entry ${shownName(name)}: the hard link's target ${shownName(linkName)}`
    if (target === path) throw malformed(`${what} is itself`)
    if (target.startsWith(`${path}/`)) throw malformed(`${what} lies in what it replaces`)
    if (target === '' || this.#tree.isDirectory(target)) throw malformed(`${what} is a directory`)
    const from = this.#tree.absolute(target)
    if (!this.#tree.hasParents(target) || lstatSync(from, { throwIfNoEntry: false }) === undefined)
      throw malformed(`${what} is not in this layer`)
    this.#tree.place(path, (at) => linkSync(from, at))
  }

  #device(entry: TarEntry, type: 'character' | 'block' | 'fifo', path: EntryPath): void {
    const [major, minor] = type === 'fifo' ? [0, 0] : [entry.deviceMajor, entry.deviceMinor]
    if (major > 0xfff || minor > 0xfffff)
      throw malformed(`entry ${shownName(entry.name)}: the device number is out of range`)
    this.#tree.place(path, (at) => applied(makeNode(at, { type, mode: 0o600, major, minor }), at))
  }

  /** Owner first: changing it takes away set-id bits and file capabilities. */
  #attributes(entry: TarEntry, path: EntryPath): void {
    const at = this.#tree.absolute(path)
    lchownSync(at, entry.uid, entry.gid)
    if (entry.type !== 'symlink') chmodSync(at, entry.mode)
    this.#xattrs(entry, path)
    if (entry.type !== 'directory') this.#times(path, entry.mtimeNs)
  }

  #xattrs(entry: TarEntry, path: EntryPath): void {
    const at = this.#tree.absolute(path)
    for (const xattr of entry.xattrs) {
      const name = xattr.name.toString('latin1')
      // These steer overlayfs itself: a layer could point anywhere with them.
      if (/^(trusted|user)\.overlay\./.test(name))
        throw malformed(
          `entry ${shownName(entry.name)}: attribute ${shownName(xattr.name)} is not allowed`,
        )
      const set = setXattr(at, xattr)
      if (set.ok) continue
      if (set.errno === 'E2BIG' || set.errno === 'ERANGE')
        throw malformed(
          `entry ${shownName(entry.name)}: attribute ${shownName(xattr.name)} is too long`,
        )
      const userOnSpecial = set.errno === 'EPERM' && name.startsWith('user.')
      if (set.errno !== 'EOPNOTSUPP' && !userOnSpecial) applied(set, at)
      this.#skippedXattrs += 1
    }
  }

  #times(path: EntryPath, mtimeNs: bigint): void {
    const at = this.#tree.absolute(path)
    applied(setTimes(at, { accessNs: mtimeNs, modifyNs: mtimeNs }), at)
  }
}

const writeFully = (fd: number, bytes: Buffer, position: number): void => {
  for (let done = 0; done < bytes.length;)
    done += writeSync(fd, bytes, done, bytes.length - done, position + done)
}
