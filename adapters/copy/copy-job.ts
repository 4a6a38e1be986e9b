/** What a copying thread is told to do, and the messages between it and its starter. */
import type { CopySource } from './tree/copy-rules.ts'

export type CopyJob =
  | { readonly _tag: 'Out'; readonly path: string }
  | { readonly _tag: 'In'; readonly path: string; readonly source: CopySource }
  /** `file` is a path of the host, where nothing may be yet. */
  | { readonly _tag: 'Export'; readonly file: string }
  /** The same, of an overlay's upper directory and in the form of a layer. */
  | { readonly _tag: 'Commit'; readonly file: string }

export interface CopyThreadData {
  /** The mounted root file system, or the upper directory of its overlay. */
  readonly root: string
  readonly job: CopyJob
}

/** Of the path that is copied out; the names are those of the wire (spec 22, CopyFromContainer). */
export interface PathStat {
  readonly Name: string
  readonly Size: number
  /** As `st_mode`. */
  readonly Mode: number
  readonly Mtime: { readonly seconds: number; readonly nanos: number }
  /** Empty for everything but links. */
  readonly LinkTarget: string
}

export type ToCopyThread =
  /** One more block may come. */
  | { readonly _tag: 'More' }
  | { readonly _tag: 'Data'; readonly bytes: Uint8Array }
  | { readonly _tag: 'End' }

export type FromCopyThread =
  | { readonly _tag: 'Found'; readonly stat: PathStat }
  | { readonly _tag: 'Block'; readonly bytes: Uint8Array }
  /** The last data is written: more may come. */
  | { readonly _tag: 'Taken' }
  /** SHA-256 of all that was written to the file. */
  | { readonly _tag: 'Digested'; readonly digest: string }
  | { readonly _tag: 'Done' }
  | { readonly _tag: 'Failed'; readonly errno: string; readonly detail: string }
