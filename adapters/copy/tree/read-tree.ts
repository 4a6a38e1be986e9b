/** A file or a directory with all that is below it, as the bytes of a tar archive. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type BigIntStats,
} from 'node:fs'
import { SystemError } from '../../errors/system-error.ts'
import type { TarEntryType } from '../../layers/tar/tar-entry.ts'
import { endOfArchive, entryHeader, paddingBytes } from '../../layers/tar/tar-writer.ts'
import type { NodeCalls } from './node-calls.ts'

export interface TreeSource {
  readonly path: Buffer
  /** How the archive calls it; empty: what is in the directory stands for itself. */
  readonly name: Buffer
}

const pieceBytes = 256 << 10

const slash = Buffer.from('/')
const none = Buffer.alloc(0)

const below = (path: Buffer, name: Buffer): Buffer =>
  path.length === 0 ? name : Buffer.concat([path.at(-1) === 0x2f ? path : join(path), name])

const join = (path: Buffer): Buffer => Buffer.concat([path, slash])

const whiteoutOf = (name: Buffer): Buffer => {
  const base = name.lastIndexOf(0x2f) + 1
  return Buffer.concat([name.subarray(0, base), whiteoutPrefix, name.subarray(base)])
}

/** Undefined for a socket, which no archive holds. */
const typeOf = (stat: BigIntStats): TarEntryType | undefined => {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'directory'
  if (stat.isSymbolicLink()) return 'symlink'
  if (stat.isCharacterDevice()) return 'character'
  if (stat.isBlockDevice()) return 'block'
  return stat.isFIFO() ? 'fifo' : undefined
}

/** makedev(3), read backwards. */
const deviceOf = (rdev: bigint): { deviceMajor: number; deviceMinor: number } => ({
  deviceMajor: Number(((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xffff_f000n)),
  deviceMinor: Number((rdev & 0xffn) | ((rdev >> 12n) & 0xffff_ff00n)),
})

const isSame = (a: BigIntStats, b: BigIntStats): boolean => a.dev === b.dev && a.ino === b.ino

/** What a node of an overlay's upper directory hides: what has its name below, or is inside. */
export type Hides = (path: Buffer, stat: BigIntStats) => 'Name' | 'Inside' | undefined

/** OCI image spec, layer.md: whiteouts. */
const whiteoutPrefix = Buffer.from('.wh.')
const opaqueMark = Buffer.from('.wh..wh..opq')

/** A layer would say with such a name that something is hidden. */
const refuseWhiteoutName = (path: Buffer): void => {
  const base = path.subarray(path.lastIndexOf(0x2f) + 1)
  if (base.subarray(0, whiteoutPrefix.length).equals(whiteoutPrefix))
    throw new SystemError('EINVAL', `${path.toString()}: no layer can hold a file of this name`)
}

export class TreeReader {
  readonly #calls: NodeCalls
  /** Undefined: the archive is no layer. */
  readonly #hides: Hides | undefined
  /** The first name of each file that has several. */
  readonly #names = new Map<string, Buffer>()

  constructor(calls: NodeCalls, hides?: Hides) {
    this.#calls = calls
    this.#hides = hides
  }

  *read({ path, name }: TreeSource): Generator<Buffer> {
    if (name.length > 0) yield* this.#entry(path, name)
    else yield* this.#children(path, none)
    yield endOfArchive()
  }

  *#children(path: Buffer, name: Buffer): Generator<Buffer> {
    const names = readdirSync(path, { encoding: 'buffer' }).sort((a, b) => Buffer.compare(a, b))
    for (const child of names) yield* this.#entry(below(path, child), below(name, child))
  }

  *#entry(path: Buffer, name: Buffer): Generator<Buffer> {
    const stat = lstatSync(path, { bigint: true })
    const type = typeOf(stat)
    if (type === undefined) return
    if (this.#hides !== undefined) refuseWhiteoutName(path)
    const hides = this.#hides?.(path, stat)
    if (hides === 'Name') {
      yield this.#mark(stat, whiteoutOf(name))
      return
    }
    const first = this.#earlierName(stat, name)
    if (first !== undefined) {
      yield this.#header({ stat, path, type: 'link', name, linkName: first })
      return
    }
    if (type === 'file') {
      yield* this.#file({ stat, path, type, name, linkName: none })
      return
    }
    const linkName = type === 'symlink' ? readlinkSync(path, { encoding: 'buffer' }) : none
    const shown = type === 'directory' && name.at(-1) !== 0x2f ? join(name) : name
    yield this.#header({ stat, path, type, name: shown, linkName })
    if (hides === 'Inside') yield this.#mark(stat, below(name, opaqueMark))
    if (type === 'directory') yield* this.#children(path, name)
  }

  /** An empty file that belongs to nobody. */
  #mark(stat: BigIntStats, name: Buffer): Buffer {
    return entryHeader({
      type: 'file',
      name,
      linkName: none,
      mode: 0,
      uid: 0,
      gid: 0,
      sizeBytes: 0,
      mtimeNs: stat.mtimeNs,
      deviceMajor: 0,
      deviceMinor: 0,
      xattrs: [],
    })
  }

  #earlierName(stat: BigIntStats, name: Buffer): Buffer | undefined {
    if (stat.nlink < 2n || stat.isDirectory()) return undefined
    const key = `${stat.dev}:${stat.ino}`
    const first = this.#names.get(key)
    if (first === undefined) this.#names.set(key, name)
    return first
  }

  #header(found: Found): Buffer {
    const { stat, type, name, linkName } = found
    const isDevice = type === 'character' || type === 'block'
    return entryHeader({
      type,
      name,
      linkName,
      mode: Number(stat.mode) & 0o7777,
      uid: Number(stat.uid),
      gid: Number(stat.gid),
      sizeBytes: type === 'file' ? Number(stat.size) : 0,
      mtimeNs: stat.mtimeNs,
      ...(isDevice ? deviceOf(stat.rdev) : { deviceMajor: 0, deviceMinor: 0 }),
      xattrs: type === 'link' ? [] : this.#calls.xattrs(found.path),
    })
  }

  /** Opened without waiting for a FIFO that somebody may have put in its place. */
  *#file(found: Found): Generator<Buffer> {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
    const fd = openSync(found.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      const stat = fstatSync(fd, { bigint: true })
      if (!isSame(stat, found.stat) || !stat.isFile())
        throw new SystemError('EIO', `${found.path.toString()} was replaced while it was copied`)
      yield this.#header({ ...found, stat })
      yield* dataOf(fd, Number(stat.size), found.path)
    } finally {
      closeSync(fd)
    }
  }
}

interface Found {
  readonly stat: BigIntStats
  readonly path: Buffer
  readonly type: TarEntryType
  readonly name: Buffer
  readonly linkName: Buffer
}

function* dataOf(fd: number, sizeBytes: number, path: Buffer): Generator<Buffer> {
  for (let at = 0; at < sizeBytes;) {
    const piece = Buffer.allocUnsafe(Math.min(pieceBytes, sizeBytes - at))
    const count = readSync(fd, piece, 0, piece.length, at)
    if (count === 0)
      throw new SystemError('EIO', `${path.toString()} became shorter while it was copied`)
    yield piece.subarray(0, count)
    at += count
  }
  const padding = paddingBytes(sizeBytes)
  if (padding > 0) yield Buffer.alloc(padding)
}

/** Joined to larger blocks, each with memory of its own that may be given away. */
export function* inBlocks(pieces: Iterable<Buffer>): Generator<Uint8Array<ArrayBuffer>> {
  let held: Array<Buffer> = []
  let heldBytes = 0
  const joined = (): Uint8Array<ArrayBuffer> => {
    const block = new Uint8Array(heldBytes)
    let at = 0
    for (const piece of held) {
      block.set(piece, at)
      at += piece.length
    }
    held = []
    heldBytes = 0
    return block
  }
  for (const piece of pieces) {
    held.push(piece)
    heldBytes += piece.length
    if (heldBytes >= pieceBytes) yield joined()
  }
  if (heldBytes > 0) yield joined()
}
