/** A damaged journal is read, never written: `ps` and audits still answer (journal.md B3.5). */
import * as E from 'fp-ts/lib/Either.js'
import { Engine, type EngineParts } from '../../journal/engine/engine.ts'
import type { JournalHandle } from '../../journal/engine/journal-handle.ts'
import type { Quarantine } from '../../journal/open/refusal.ts'
import { readOnlyStore } from '../../journal/store/read-only-store.ts'

/** An engine on the provable prefix that refuses every command with `cause`. */
export const openQuarantine = async (
  parts: Omit<EngineParts, 'journal'>,
  quarantine: Quarantine,
  cause: string,
): Promise<Engine> => {
  const store = readOnlyStore([...quarantine.records()], quarantine.head, cause)
  const journal: JournalHandle = {
    store: () => store,
    reopen: () => Promise.resolve(E.left(cause)),
    replenish: () => Promise.resolve(false),
    committed: () => undefined,
  }
  const engine = await Engine.open({ ...parts, journal })
  engine.refuseAll(cause)
  return engine
}
