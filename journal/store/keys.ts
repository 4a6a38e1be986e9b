/** The database's key layout, shared by the store that writes it and the reader that audits it. */

const seqBytes = 8

const numbered = (prefix: string, seq: number): Buffer => {
  const key = Buffer.alloc(prefix.length + seqBytes)
  key.write(prefix, 'latin1')
  key.writeBigUInt64BE(BigInt(seq), prefix.length)
  return key
}

const eventPrefix = 'e/'
const snapshotPrefix = 'p/'

/** Big-endian, so that byte order is sequence order. */
export const eventKey = (seq: number): Buffer => numbered(eventPrefix, seq)
export const snapshotKey = (seq: number): Buffer => numbered(snapshotPrefix, seq)
export const streamKey = (stream: string): Buffer => Buffer.from(`s/${stream}`)
export const requestKey = (requestId: string): Buffer => Buffer.from(`i/${requestId}`)
export const headKey = Buffer.from('h/')
export const metaKey = Buffer.from('m/journal')
/** Which records were dropped; their fold is the snapshot with the same sequence number. */
export const baseKey = Buffer.from('m/base')

/** First key after all keys with the two-byte prefix: `/` is followed by `0`. */
export const endOf = (prefix: 'e' | 'p' | 's'): Buffer => Buffer.from(`${prefix}0`)
export const startOf = (prefix: 'e' | 'p' | 's'): Buffer => Buffer.from(`${prefix}/`)

/** What a key means; `strange` is a key that this layout does not know. */
export type KeyMeaning =
  | { readonly _tag: 'event'; readonly seq: number }
  | { readonly _tag: 'snapshot'; readonly seq: number }
  | { readonly _tag: 'stream'; readonly stream: string }
  | { readonly _tag: 'request'; readonly requestId: string }
  | { readonly _tag: 'head' }
  | { readonly _tag: 'meta' }
  | { readonly _tag: 'base' }
  | { readonly _tag: 'strange' }

const seqAt = (key: Buffer): number | undefined => {
  if (key.length !== eventPrefix.length + seqBytes) return undefined
  const seq = key.readBigUInt64BE(eventPrefix.length)
  return seq > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(seq)
}

export const meaningOf = (key: Buffer): KeyMeaning => {
  const seq = seqAt(key)
  switch (key.toString('latin1', 0, 2)) {
    case eventPrefix:
      return seq === undefined ? { _tag: 'strange' } : { _tag: 'event', seq }
    case snapshotPrefix:
      return seq === undefined ? { _tag: 'strange' } : { _tag: 'snapshot', seq }
    case 's/':
      return { _tag: 'stream', stream: key.toString('utf8', 2) }
    case 'i/':
      return { _tag: 'request', requestId: key.toString('utf8', 2) }
    case 'h/':
      return key.length === 2 ? { _tag: 'head' } : { _tag: 'strange' }
    case 'm/':
      if (key.equals(baseKey)) return { _tag: 'base' }
      return key.equals(metaKey) ? { _tag: 'meta' } : { _tag: 'strange' }
    default:
      return { _tag: 'strange' }
  }
}
