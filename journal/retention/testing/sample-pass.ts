/** A pass over a small journal that makes two archives, however often it is interrupted. */
import { replay } from '../../fold/replay.ts'
import type { OpenJournal } from '../../open/open-journal.ts'
import type { DroppingStore } from '../../store/journal-store.ts'
import { Retention, type RetentionReport } from '../retention.ts'
import { recorder } from './recorder.ts'

const archives = 2

/** Goes on until there are two archives, those of earlier passes among them. */
export const samplePass = async (
  journal: OpenJournal,
  store: DroppingStore = journal.store(),
): Promise<RetentionReport> => {
  const { world } = await replay(store)
  return new Retention({
    store: () => store,
    files: journal.archives,
    nonce: journal.nonce,
    world: () => world,
    record: recorder(() => store, world),
    journalBytes: () => Promise.resolve(world.engine().archives.length < archives ? 2 : 0),
    reclaim: journal.reclaim,
    limits: { ageMs: null, sizeBytes: null },
    journalLimitBytes: 1,
    archiveBytes: 8_000,
    requestMemoryMs: 0,
    wallMs: () => 1_800_000_000_000,
  }).run()
}
