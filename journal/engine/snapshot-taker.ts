/** Takes a snapshot of the durable fold now and then: a cache that bounds the replay of a start. */
import { takeSnapshot } from '../fold/world-snapshot.ts'
import type { World } from '../fold/world.ts'
import type { JournalStore } from '../store/journal-store.ts'

/** A snapshot is taken after so many events, so that a restart folds at most these. */
const snapshotEvery = 20_000

export interface SnapshotParts {
  readonly world: World
  readonly store: () => JournalStore
  readonly log: (message: string) => void
}

export class SnapshotTaker {
  readonly #parts: SnapshotParts
  #events: number

  /** `events`: how many were folded since the last snapshot. */
  constructor(parts: SnapshotParts, events: number) {
    this.#parts = parts
    this.#events = events
  }

  count(events: number): void {
    this.#events += events
  }

  get isDue(): boolean {
    return this.#events >= snapshotEvery
  }

  /** The fold must be that of the store's head. Never rejects: a lost snapshot costs only time. */
  async take(lastWallMs: number): Promise<void> {
    this.#events = 0
    const { world, store, log } = this.#parts
    const bytes = takeSnapshot(world, lastWallMs)
    try {
      await store().putSnapshot({ ...store().head(), bytes })
    } catch (error) {
      log(`snapshot failed: ${String(error)}`)
    }
  }
}
