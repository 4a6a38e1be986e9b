/** What copying needs of the kernel besides Node's own calls: each side has its own means. */
import type { ArchivedXattr } from '../../layers/tar/pax.ts'

export interface SpecialNode {
  readonly type: 'character' | 'block' | 'fifo'
  readonly major: number
  readonly minor: number
}

export interface NodeCalls {
  /** Attributes that a copy carries along. */
  readonly xattrs: (path: Buffer) => ReadonlyArray<ArchivedXattr>
  /** What the file system cannot hold is left out. */
  readonly setXattr: (path: Buffer, xattr: ArchivedXattr) => void
  /** Of the path itself, links included. Access time as well. */
  readonly setTime: (path: Buffer, mtimeNs: bigint) => void
  /** Fails with `EEXIST` where something is. */
  readonly makeNode: (path: Buffer, node: SpecialNode) => void
}
