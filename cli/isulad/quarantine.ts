/** A damaged journal is read, never written: `ps` and audits still answer (journal.md B3.5). */
import * as E from 'fp-ts/lib/Either.js'
import { Engine, type EngineParts } from '../../journal/engine/engine.ts'
import type { JournalHandle } from '../../journal/engine/journal-handle.ts'
import type { Quarantine } from '../../journal/open/refusal.ts'
import { archiveFilesIn } from '../../journal/retention/archive-files.ts'
import { Archives } from '../../journal/retention/archives.ts'
import { readingThrough } from '../../journal/retention/read-through-store.ts'
import { readOnlyStore } from '../../journal/store/read-only-store.ts'

/** An engine on the provable prefix that refuses every command with `cause`. */
export const openQuarantine = async (
  parts: Omit<EngineParts, 'journal'> & { readonly root: string },
  quarantine: Quarantine,
  cause: string,
): Promise<Engine> => {
  const { head, base } = quarantine
  const provable = readOnlyStore({ records: [...quarantine.records()], head, base, cause })
  const store = readingThrough(provable, new Archives(archiveFilesIn(parts.root)))
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
