/** What a diffing thread is told, and what it answers. */

export interface DiffTask {
  readonly root: string
  /** Below the root, as is what follows. */
  readonly upper: string
  /** Top layer first. */
  readonly lower: ReadonlyArray<string>
}

export type DiffReply =
  /** `A /path`: paths are bytes. */
  | { readonly _tag: 'Changes'; readonly lines: ReadonlyArray<Uint8Array> }
  | { readonly _tag: 'Failed'; readonly reason: string }
