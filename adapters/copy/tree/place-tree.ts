/** Writes the entries of an archive below a directory that has content of its own. */
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
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import { malformed, shownName } from '../../layers/tar/archive-error.ts'
import type { Fragment } from '../../layers/tar/sparse.ts'
import type { TarEntry } from '../../layers/tar/tar-entry.ts'
import type { TarHandler } from '../../layers/tar/tar-reader.ts'
import { entryPath, parentOf, type EntryPath } from '../../layers/unpack/entry-path.ts'
import { renamed, type Placement } from './copy-rules.ts'
import type { NodeCalls } from './node-calls.ts'

export interface PlaceOptions extends Placement {
  readonly calls: NodeCalls
  /** Undefined: the archive's. Otherwise everything belongs to this user. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined
  /** A link to a directory that was there before may be on the way: where no link leads out. */
  readonly throughLinks: boolean
  /** The archive is of a whole root: its names may begin with a slash. */
  readonly fromRoot: boolean
}

interface OpenFile {
  readonly fd: number
  readonly entry: TarEntry
  readonly at: Buffer
  readonly fragments: ReadonlyArray<Fragment>
  fragment: number
  written: number
}

const exclusively = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
const setIdBits = 0o6000

/** Links that the archive itself has made are never followed, whatever they point to. */
export class TreePlacer implements TarHandler {
  readonly #o: PlaceOptions
  readonly #root: Buffer
  /** Directories that may be passed through. */
  readonly #directories = new Set<EntryPath>([''])
  /** What this archive has made, for its hard links. */
  readonly #files = new Set<EntryPath>()
  readonly #made = new Map<EntryPath, TarEntry>()
  #file: OpenFile | undefined

  constructor(options: PlaceOptions) {
    this.#o = options
    this.#root = Buffer.from(options.directory)
  }

  onEntry = (entry: TarEntry): boolean => {
    const path = this.#pathOf(entry.name)
    if (path === '') {
      if (entry.type === 'directory') return false
      throw malformed(`entry ${shownName(entry.name)}: only a directory can be the root`)
    }
    this.#ensureParents(path)
    switch (entry.type) {
      case 'file':
        this.#beginFile(entry, path)
        return true
      case 'directory':
        this.#directory(entry, path)
        return false
      case 'link':
        this.#link(entry, path)
        return false
      case 'symlink':
        if (entry.linkName.length === 0)
          throw malformed(`entry ${shownName(entry.name)}: the link has no target`)
        this.#place(path, (at) => symlinkSync(entry.linkName, at))
        break
      case 'character':
      case 'block':
      case 'fifo':
        this.#node(entry, entry.type, path)
    }
    this.#files.add(path)
    this.#attributes(entry, this.#absolute(path))
    return false
  }

  onData = (bytes: Buffer): void => {
    const file = this.#file
    if (file === undefined) throw new Error('data without a file')
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
    const { fd, entry, at } = file
    if (entry.sparse !== undefined) ftruncateSync(fd, entry.sparse.realSizeBytes)
    if (this.#o.owner === undefined) fchownSync(fd, entry.uid, entry.gid)
    fchmodSync(fd, this.#modeOf(entry))
    for (const xattr of entry.xattrs) this.#o.calls.setXattr(at, xattr)
    this.close()
    this.#o.calls.setTime(at, entry.mtimeNs)
  }

  /** Closes what a failed archive left open. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.fd)
    this.#file = undefined
  }

  /** Directories last: what is made in them needs them open and changes their times. */
  finish(): void {
    for (const [path, entry] of [...this.#made].reverse())
      if (this.#directories.has(path)) this.#attributes(entry, this.#absolute(path))
  }

  #pathOf(name: Buffer): EntryPath {
    const { fromRoot, rename } = this.#o
    const text = name.toString('latin1')
    return entryPath(
      renamed(fromRoot ? Buffer.from(text.replace(/^\/+/, ''), 'latin1') : name, rename),
    )
  }

  #absolute(path: EntryPath): Buffer {
    return Buffer.concat([this.#root, Buffer.from('/'), Buffer.from(path, 'latin1')])
  }

  #ensureParents(path: EntryPath): void {
    const parent = parentOf(path)
    if (this.#directories.has(parent)) return
    this.#ensureParents(parent)
    const at = this.#absolute(parent)
    const found = this.#files.has(parent) ? 'ours' : this.#lookThrough(at)
    if (found === undefined) mkdirSync(at, 0o755)
    else if (found !== 'directory')
      throw malformed(`${JSON.stringify(path)}: its parent is no directory`)
    this.#directories.add(parent)
  }

  #lookThrough(at: Buffer): 'directory' | 'other' | undefined {
    const look = this.#o.throughLinks ? statSync : lstatSync
    const stat = look(at, { throwIfNoEntry: false })
    if (stat === undefined)
      return lstatSync(at, { throwIfNoEntry: false }) === undefined ? undefined : 'other'
    return stat.isDirectory() ? 'directory' : 'other'
  }

  /** CLI-CP-05: whatever is there gives way. */
  #place(path: EntryPath, make: (at: Buffer) => void): void {
    const at = this.#absolute(path)
    if (lstatSync(at, { throwIfNoEntry: false }) !== undefined) this.#remove(path, at)
    make(at)
  }

  #remove(path: EntryPath, at: Buffer): void {
    rmSync(at, { recursive: true })
    this.#files.delete(path)
    if (!this.#directories.delete(path)) return
    for (const known of [this.#directories, this.#files])
      for (const other of known) if (other.startsWith(`${path}/`)) known.delete(other)
  }

  #directory(entry: TarEntry, path: EntryPath): void {
    const stat = lstatSync(this.#absolute(path), { throwIfNoEntry: false })
    if (stat?.isDirectory() !== true) this.#place(path, (at) => mkdirSync(at, 0o700))
    this.#directories.add(path)
    this.#made.set(path, entry)
  }

  #beginFile(entry: TarEntry, path: EntryPath): void {
    this.#place(path, (at) => {
      const fragments = entry.sparse?.fragments ?? [{ offset: 0, sizeBytes: entry.storedBytes }]
      const fd = openSync(at, exclusively, 0o600)
      this.#file = { fd, entry, at, fragments, fragment: 0, written: 0 }
    })
    this.#files.add(path)
  }

  #link({ name, linkName }: TarEntry, path: EntryPath): void {
    const target = this.#pathOf(linkName)
    if (target === path || !this.#files.has(target))
      throw malformed(
        `entry ${shownName(name)}: the hard link's target ${shownName(linkName)} ` +
          'is no file of this archive',
      )
    this.#place(path, (at) => linkSync(this.#absolute(target), at))
    this.#files.add(path)
  }

  #node(entry: TarEntry, type: 'character' | 'block' | 'fifo', path: EntryPath): void {
    const [major, minor] = type === 'fifo' ? [0, 0] : [entry.deviceMajor, entry.deviceMinor]
    if (major > 0xfff || minor > 0xfffff)
      throw malformed(`entry ${shownName(entry.name)}: the device number is out of range`)
    this.#place(path, (at) => this.#o.calls.makeNode(at, { type, major, minor }))
  }

  /** Owner first: changing it takes away set-id bits and file capabilities. */
  #attributes(entry: TarEntry, at: Buffer): void {
    if (this.#o.owner === undefined) lchownSync(at, entry.uid, entry.gid)
    if (entry.type !== 'symlink') chmodSync(at, this.#modeOf(entry))
    for (const xattr of entry.xattrs) this.#o.calls.setXattr(at, xattr)
    this.#o.calls.setTime(at, entry.mtimeNs)
  }

  /** Set-id bits were meant for the owner that the file had. */
  #modeOf({ mode, uid, gid }: TarEntry): number {
    const { owner } = this.#o
    const keeps = owner === undefined || (owner.uid === uid && owner.gid === gid)
    return keeps ? mode : mode & ~setIdBits
  }
}

const writeFully = (fd: number, bytes: Buffer, position: number): void => {
  for (let done = 0; done < bytes.length;)
    done += writeSync(fd, bytes, done, bytes.length - done, position + done)
}
