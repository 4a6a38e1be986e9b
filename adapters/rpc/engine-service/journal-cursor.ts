/** Reads the journal from a sequence number on, without gaps, and goes on live. */
import type { StoredRecord } from '../../../journal/store/journal-store.ts'
import type { EngineFacade } from '../engine-facade.ts'
import { Bell } from '../server/bell.ts'

export interface CursorOptions {
  /** First sequence number, from 1. */
  readonly from: number
  readonly follow: boolean
  readonly signal: AbortSignal
}

/**
 * The feed only says that there is more; records always come from the store, so a slow reader holds
 * no backlog and loses nothing. Without `follow` it ends at the head of the first moment.
 */
export const readJournal = async function* (
  engine: Pick<EngineFacade, 'store' | 'feed'>,
  { from, follow, signal }: CursorOptions,
): AsyncGenerator<StoredRecord> {
  const bell = new Bell()
  const unsubscribe = follow ? engine.feed.subscribe(bell.ring) : () => undefined
  signal.addEventListener('abort', bell.ring)
  let next = Math.max(1, from)
  try {
    do {
      for await (const record of engine.store.read(next)) {
        if (signal.aborted) return
        yield record
        next = record.seq + 1
      }
      if (follow && !signal.aborted && engine.store.head().seq < next) await bell.heard()
    } while (follow && !signal.aborted)
  } finally {
    unsubscribe()
    signal.removeEventListener('abort', bell.ring)
  }
}
