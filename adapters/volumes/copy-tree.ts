/** Copies a tree with owners, modes, times, attributes, links and special files. Blocks. */
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  type BigIntStats,
} from 'node:fs'
import { applied } from '../errors/system-error.ts'
import { makeNode, setTimes } from '../kernel/nodes.ts'
import { getXattr, listXattrs, setXattr } from '../kernel/xattr.ts'

const permissionBits = 0o7777n

/** What overlayfs keeps for itself does not belong to the files. */
const isOfOverlay = (name: Buffer): boolean =>
  name.toString('latin1').startsWith('trusted.overlay.')

const copyAttributes = (from: Buffer, to: Buffer): void => {
  for (const name of applied(listXattrs(from), from)) {
    if (isOfOverlay(name)) continue
    applied(setXattr(to, { name, value: applied(getXattr(from, name), from) }), to)
  }
}

/** Owner before mode: chown(2) clears set-user-id bits. */
const copyMeta = (from: Buffer, to: Buffer, stat: BigIntStats): void => {
  lchownSync(to, Number(stat.uid), Number(stat.gid))
  if (!stat.isSymbolicLink()) chmodSync(to, Number(stat.mode & permissionBits))
  copyAttributes(from, to)
  applied(setTimes(to, { accessNs: stat.atimeNs, modifyNs: stat.mtimeNs }), to)
}

const low = (device: bigint): { readonly major: number; readonly minor: number } => ({
  major: Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n)),
  minor: Number((device & 0xffn) | ((device >> 12n) & 0xffffff00n)),
})

const makeSpecial = (to: Buffer, stat: BigIntStats): void => {
  const mode = Number(stat.mode & permissionBits)
  if (stat.isFIFO()) applied(makeNode(to, { type: 'fifo', mode, major: 0, minor: 0 }), to)
  else if (stat.isCharacterDevice() || stat.isBlockDevice()) {
    const type = stat.isBlockDevice() ? 'block' : 'character'
    applied(makeNode(to, { type, mode, ...low(stat.rdev) }), to)
  }
}

/** A file of holes alone is not written out. */
const copyContent = (from: Buffer, to: Buffer, stat: BigIntStats): void => {
  if (stat.blocks > 0n) {
    copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    return
  }
  const fd = openSync(to, 'wx', 0o600)
  try {
    if (fstatSync(fd).size < Number(stat.size)) ftruncateSync(fd, Number(stat.size))
  } finally {
    closeSync(fd)
  }
}

const join = (directory: Buffer, name: Buffer): Buffer =>
  Buffer.concat([directory, Buffer.from('/'), name])

class TreeCopy {
  /** First copies of files with several names, by inode. */
  readonly #linked = new Map<string, Buffer>()

  inside(from: Buffer, to: Buffer): void {
    for (const name of readdirSync(from, { encoding: 'buffer' }))
      this.#entry(join(from, name), join(to, name))
  }

  #entry(from: Buffer, to: Buffer): void {
    const stat = lstatSync(from, { bigint: true })
    if (stat.isDirectory()) {
      mkdirSync(to, { mode: 0o700 })
      this.inside(from, to)
    } else if (this.#isLinked(to, stat) || stat.isSocket()) return
    else if (stat.isFile()) copyContent(from, to, stat)
    else if (stat.isSymbolicLink()) symlinkSync(readlinkSync(from, { encoding: 'buffer' }), to)
    else makeSpecial(to, stat)
    copyMeta(from, to, stat)
  }

  #isLinked(to: Buffer, stat: BigIntStats): boolean {
    if (stat.nlink === 1n) return false
    const key = `${stat.dev}:${stat.ino}`
    const first = this.#linked.get(key)
    if (first === undefined) this.#linked.set(key, to)
    else linkSync(first, to)
    return first !== undefined
  }
}

/** `to` is there and empty; it gets what `from` contains, and its owner, mode, times. */
export const copyTree = (from: string, to: string): void => {
  const [source, target] = [Buffer.from(from), Buffer.from(to)]
  new TreeCopy().inside(source, target)
  copyMeta(source, target, lstatSync(source, { bigint: true }))
}
