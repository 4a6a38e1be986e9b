/** What a program does to files, as far as a crash can undo it (ALICE's view, OSDI '14). */

/** Paths are relative to the explored root; the root itself is ''. */
export type FileOperation =
  /** Nothing happens where the file is there already. */
  | { readonly _tag: 'create'; readonly path: string }
  | { readonly _tag: 'mkdir'; readonly path: string }
  | {
      readonly _tag: 'write'
      readonly path: string
      readonly offset: number
      readonly bytes: Buffer
    }
  | { readonly _tag: 'truncate'; readonly path: string; readonly sizeBytes: number }
  | { readonly _tag: 'rename'; readonly from: string; readonly to: string }
  | { readonly _tag: 'unlink'; readonly path: string }
  /**
   * fsync(2) and fdatasync(2) promise what was there when they began, from when they have ended on;
   * `ticket` joins the two.
   */
  | { readonly _tag: 'sync-begun'; readonly path: string; readonly ticket: number }
  | { readonly _tag: 'synced'; readonly ticket: number }

export const operationText = (operation: FileOperation): string => {
  switch (operation._tag) {
    case 'write':
      return `write ${operation.path} ${operation.offset}+${operation.bytes.length}`
    case 'truncate':
      return `truncate ${operation.path} to ${operation.sizeBytes}`
    case 'rename':
      return `rename ${operation.from} to ${operation.to}`
    case 'synced':
      return `synced #${operation.ticket}`
    case 'create':
    case 'mkdir':
    case 'unlink':
    case 'sync-begun':
      return `${operation._tag} ${operation.path}`
  }
}
