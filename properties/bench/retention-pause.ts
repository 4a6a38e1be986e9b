/**
 * How long retention keeps the daemon's only thread from everything else: `retention-pause.ts MIB`
 * fills a journal of that size (default 1 GiB) and lets it shrink to what a journal may be.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { bootId } from '../../domain/identity.ts'
import { World } from '../../journal/fold/world.ts'
import { inProcessOptions } from '../../journal/open/in-process-options.ts'
import { openJournal, type OpenJournal } from '../../journal/open/open-journal.ts'
import type { ArchiveFiles } from '../../journal/retention/archive-files.ts'
import { archiveBytes, journalLimitBytes } from '../../journal/retention/retention-limits.ts'
import { Retention } from '../../journal/retention/retention.ts'
import { recorder } from '../../journal/retention/testing/recorder.ts'
import type { DroppingStore, NewRecord } from '../../journal/store/journal-store.ts'
import { longPast } from './long-past.ts'
import { percentile } from './percentiles.ts'

const mib = 1024 * 1024
const perBatch = 250

/** What the main thread has had of a processor, ms; its waiting for one does not count. */
const ranMs = (): number =>
  Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6

/** How long the thread worked between two looks at its timers, with the step that was under way. */
class Pauses {
  readonly gaps: Array<number> = []
  readonly longest = new Map<string, number>()
  step = 'between'
  #last = ranMs()
  #running = true

  watch(): void {
    const now = ranMs()
    const gap = now - this.#last
    this.#last = now
    this.gaps.push(gap)
    if (gap > (this.longest.get(this.step) ?? 0)) this.longest.set(this.step, gap)
    if (this.#running) setTimeout(() => this.watch(), 1)
  }

  stop(): void {
    this.#running = false
  }

  /** The same call; what follows until the next such call counts as its step. */
  noting<A extends ReadonlyArray<unknown>, B>(step: string, call: (...args: A) => B) {
    return (...args: A): B => {
      this.step = step
      return call(...args)
    }
  }
}

const fill = async (journal: OpenJournal, sizeBytes: number): Promise<World> => {
  const world = new World()
  let batch: Array<NewRecord> = []
  let bytes = 0
  for (const { record, event } of longPast(journal.store().head())) {
    const at = { boot: bootId('bench'), monoMs: record.seq, wallMs: record.seq }
    world.apply(world.evolve(event, at))
    batch.push(record)
    if (batch.length < perBatch) continue
    await journal.store().append(batch)
    batch = []
    bytes += perBatch
    if (bytes % 50_000 === 0 && (await journal.sizeBytes()) > sizeBytes) return world
  }
  return world
}

const noted = (pauses: Pauses, store: DroppingStore): DroppingStore => ({
  ...store,
  read: pauses.noting('read', store.read),
  base: pauses.noting('base', store.base),
  dropThrough: pauses.noting('drop', store.dropThrough),
})

const notedFiles = (pauses: Pauses, files: ArchiveFiles): ArchiveFiles => ({
  ...files,
  stage: pauses.noting('stage', files.stage),
  syncNames: pauses.noting('sync names', files.syncNames),
  read: pauses.noting('read back and fold', files.read),
})

const compacted = async (journal: OpenJournal, world: World, pauses: Pauses): Promise<number> => {
  const store = noted(pauses, journal.store())
  const retention = new Retention({
    store: () => store,
    files: notedFiles(pauses, journal.archives),
    nonce: journal.nonce,
    world: () => world,
    record: recorder(journal.store, world),
    journalBytes: pauses.noting('size', journal.sizeBytes),
    reclaim: pauses.noting('reclaim', journal.reclaim),
    limits: { ageMs: null, sizeBytes: null },
    journalLimitBytes,
    archiveBytes,
    requestMemoryMs: 0,
    wallMs: () => 1_800_000_000_000,
  })
  return (await retention.run()).archived.length
}

export const benchRetentionPause = async (sizeMib: number): Promise<string> => {
  const root = mkdtempSync(join(tmpdir(), 'isulad-retention-pause-'))
  try {
    const opened = await openJournal(inProcessOptions(root))
    if (E.isLeft(opened)) return opened.left._tag
    const journal = opened.right
    const world = await fill(journal, sizeMib * mib)
    const before = (await journal.sizeBytes()) / mib
    const pauses = new Pauses()
    pauses.watch()
    const begin = performance.now()
    const archives = await compacted(journal, world, pauses)
    const tookMs = performance.now() - begin
    pauses.stop()
    const after = (await journal.sizeBytes()) / mib
    await journal.close()
    const long = [0.5, 0.99, 0.999, 1].map((q) => percentile(pauses.gaps, q).toFixed(1))
    const steps = [...pauses.longest].map(([step, ms]) => `${step} ${ms.toFixed(1)}`)
    return (
      `${archives} archives in ${(tookMs / 1_000).toFixed(1)} s, journal ${before.toFixed(0)} to ` +
      `${after.toFixed(0)} MiB; the thread is kept for (p50, p99, p99.9, longest) ` +
      `${long.join(', ')} ms; longest by step: ${steps.join(', ')}`
    )
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

console.log(await benchRetentionPause(Number(process.argv[2] ?? 1_024)))
