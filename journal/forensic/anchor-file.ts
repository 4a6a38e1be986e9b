/** The anchor `<root>/journal.head`: what was surely durable, kept outside the database. */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { Integer } from '../../domain/integer.ts'
import { hashOfHex, hexOfHash } from '../record/hash-chain.ts'
import type { Head } from '../store/journal-store.ts'
import { bytesOf } from './directory-files.ts'

const AnchorFile = t.strict(
  { seq: Integer, hash: t.string, nonce: t.string, boot: t.string },
  'AnchorFile',
)

export interface Anchor extends Head {
  readonly nonce: string
  /** Boot in which it was written. */
  readonly boot: string
}

export const anchorName = 'journal.head'
export const anchorPath = (root: string): string => join(root, anchorName)

export const anchorText = (anchor: Anchor): string =>
  `${JSON.stringify({
    seq: anchor.seq,
    hash: hexOfHash(anchor.hash),
    nonce: anchor.nonce,
    boot: anchor.boot,
  })}\n`

export type AnchorReading =
  | { readonly _tag: 'Anchor'; readonly anchor: Anchor }
  | { readonly _tag: 'NoAnchor' }
  | { readonly _tag: 'BadAnchor'; readonly detail: string }

const parse = (text: string): Anchor | undefined => {
  try {
    const decoded = AnchorFile.decode(JSON.parse(text))
    if (E.isLeft(decoded)) return undefined
    const hash = hashOfHex(decoded.right.hash)
    return hash === undefined || decoded.right.seq < 0 ? undefined : { ...decoded.right, hash }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export const readAnchor = (root: string): AnchorReading => {
  const bytes = bytesOf(anchorPath(root))
  if (bytes === 'ENOENT') return { _tag: 'NoAnchor' }
  if (typeof bytes === 'string') return { _tag: 'BadAnchor', detail: bytes }
  const anchor = parse(bytes.toString('utf8'))
  return anchor === undefined
    ? { _tag: 'BadAnchor', detail: 'it is not an anchor' }
    : { _tag: 'Anchor', anchor }
}
