/** Compares what the directory holds with what the anchor says was durable (J2, J8). */
import { sameHash } from '../record/hash-chain.ts'
import type { Head } from '../store/journal-store.ts'
import { anchorName, type Anchor, type AnchorReading } from './anchor-file.ts'
import type { Finding } from './finding.ts'

export interface Reached {
  readonly head: Head | undefined
  /** Hash of the record that the anchor names, if it was met. */
  readonly anchoredHash: Uint8Array | undefined
  readonly nonce: string | undefined
  /** The newest record that was dropped for an archive. */
  readonly base: Head | undefined
}

const found = (kind: Finding['kind'], detail: string): Finding => ({
  kind,
  file: anchorName,
  offset: 0,
  sizeBytes: 0,
  detail,
})

const compared = (anchor: Anchor, reached: Reached, torn: boolean): ReadonlyArray<Finding> => {
  const seq = reached.head?.seq ?? 0
  if (reached.nonce !== undefined && reached.nonce !== anchor.nonce)
    return [found('rolled-back', 'the anchor belongs to another journal')]
  if (anchor.seq > seq)
    return [
      found(
        torn ? 'lost-tail' : 'rolled-back',
        `the journal ends at record ${seq}, but record ${anchor.seq} was durable`,
      ),
    ]
  const dropped = reached.base?.seq ?? 0
  if (anchor.seq === 0 || anchor.seq < dropped) return []
  if (anchor.seq === dropped && reached.base !== undefined)
    return sameHash(reached.base.hash, anchor.hash)
      ? []
      : [found('rolled-back', `record ${anchor.seq} is not the one that was durable`)]
  if (reached.anchoredHash !== undefined && sameHash(reached.anchoredHash, anchor.hash)) return []
  return [found('rolled-back', `record ${anchor.seq} is not the one that was durable`)]
}

/** `known`: what was found in the files, to tell a torn or damaged end from an older directory. */
export const anchorFindings = (
  reading: AnchorReading,
  reached: Reached,
  known: ReadonlyArray<Finding>,
): ReadonlyArray<Finding> => {
  switch (reading._tag) {
    case 'Anchor':
      return compared(reading.anchor, reached, known.length > 0)
    case 'BadAnchor':
      return [found('side-file', reading.detail)]
    case 'NoAnchor':
      return reached.head === undefined ? [] : [found('side-file', 'it is missing')]
  }
}
