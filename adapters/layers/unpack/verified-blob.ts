/** The bytes of a layer as the archive has them, checked where their name is their digest. */
import { createHash } from 'node:crypto'
import type { DiffId } from '../../../domain/identity.ts'
import type { LayerSource } from '../../../domain/ports/storage-ports.ts'
import { archivedFile } from '../archive/archive-index.ts'
import { wholeFile } from '../archive/byte-source.ts'
import { notWhole } from '../tar/archive-error.ts'

export interface VerifiedBlob {
  readonly pieces: AsyncIterable<Buffer>
  /** To be called when the reader has enough: reads the rest, throws `EVERIFY`. */
  readonly verify: () => Promise<void>
  /** Always to be called: the source holds a descriptor. */
  readonly close: () => Promise<void>
}

/** OCI image layout: `blobs/sha256/<digest of the content>`. */
const claimOf = (entry: string): string | undefined =>
  /^blobs\/sha256\/([0-9a-f]{64})$/.exec(entry)?.[1]

/** A blob that is not compressed has its diff id for a name: that is checked anyway. */
export const verifiedBlob = ({ archive, entry }: LayerSource, diff: DiffId): VerifiedBlob => {
  const claim = claimOf(entry)
  const bytes = entry === '' ? wholeFile(archive) : archivedFile(archive, entry)
  const close = async (): Promise<void> => void (await bytes.return(undefined))
  if (claim === undefined || claim === diff)
    return { pieces: bytes, verify: () => Promise.resolve(), close }
  const hash = createHash('sha256')
  const next = async (): Promise<IteratorResult<Buffer>> => {
    const piece = await bytes.next()
    if (piece.done !== true) hash.update(piece.value)
    return piece
  }
  // A reader that stops early must not end the source: what follows counts for the digest.
  return {
    pieces: { [Symbol.asyncIterator]: () => ({ next }) },
    verify: async () => {
      for (let piece = await next(); piece.done !== true;) piece = await next()
      const digest = hash.digest('hex')
      if (digest !== claim) throw notWhole(`${entry}: the blob has digest sha256:${digest}`)
    },
    close,
  }
}
