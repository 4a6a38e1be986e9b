/** What can be wrong with a journal on disk, and which of it a start can live with. */

/**
 * `torn-tail`: incomplete bytes at a file's end, nothing valid behind: what a power cut leaves.
 * `lost-tail`: the anchor proves that acknowledged records were there and are not.
 * `rolled-back`: the directory is older than its anchor, or has another history.
 * `side-file`: anchor or FORMAT are missing or unreadable; the records themselves may be whole.
 */
export type FindingKind =
  | 'torn-tail'
  | 'lost-tail'
  | 'rolled-back'
  | 'bad-crc'
  | 'bad-format'
  | 'bad-chain'
  | 'bad-record'
  | 'hole'
  | 'duplicate'
  | 'wrong-head'
  | 'wrong-index'
  | 'missing-file'
  | 'bad-manifest'
  | 'bad-current'
  | 'compressed'
  | 'side-file'
  | 'unreadable'

export interface Finding {
  readonly kind: FindingKind
  /** Name relative to the daemon's root. */
  readonly file: string
  /** First byte in question. */
  readonly offset: number
  /** Length of what is in question, bytes; 0 where it has none. */
  readonly sizeBytes: number
  readonly detail: string
}

/** Benign after a power cut (the tail) or a file beside the journal (anchor, FORMAT). */
export const isTolerable = (finding: Finding): boolean =>
  finding.kind === 'torn-tail' || finding.kind === 'side-file'

export const findingText = (f: Finding): string =>
  `${f.file}: offset ${f.offset}: ${f.kind}: ${f.detail}`
