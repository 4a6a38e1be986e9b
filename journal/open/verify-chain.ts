/** The background check of a whole journal: every record, from the first, against the chain. */
import { decodeEnvelope } from '../record/envelope-codec.ts'
import type { JournalStore, StoredRecord } from '../store/journal-store.ts'
import { JournalDamaged } from '../store/store-errors.ts'

export type ChainVerdict =
  | { readonly _tag: 'Intact'; readonly records: number }
  | { readonly _tag: 'Damaged'; readonly seq: number; readonly detail: string }
  | { readonly _tag: 'Aborted'; readonly records: number }

/** Records between two breaths: about 2 ms of work. */
const sliceRecords = 500

const check = ({ seq, bytes }: StoredRecord): void => {
  const envelope = decodeEnvelope(bytes)
  if (envelope._tag === 'Left') throw new JournalDamaged(seq, envelope.left)
  if (envelope.right.seq !== seq)
    throw new JournalDamaged(seq, `it says that it is record ${envelope.right.seq}`)
}

/** Rejects with an error of the store that is no damage (closed, EIO). */
export const verifyChain = async (
  store: JournalStore,
  signal: AbortSignal,
): Promise<ChainVerdict> => {
  let records = 0
  try {
    for await (const record of store.read(1)) {
      if (signal.aborted) return { _tag: 'Aborted', records }
      check(record)
      records += 1
      if (records % sliceRecords === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    return { _tag: 'Intact', records }
  } catch (error) {
    if (!(error instanceof JournalDamaged)) throw error
    return { _tag: 'Damaged', seq: error.seq, detail: error.detail }
  }
}
