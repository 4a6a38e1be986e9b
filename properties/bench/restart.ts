/**
 * How long a start takes with a long past behind it: `restart.ts EVENTS JOURNAL_MIB FOLDER`, by
 * default ten million events, the newest of them in a journal as big as it may be, the others in
 * archives. A FOLDER is used again when it is there, and is kept; without one nothing stays.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../adapters/ambient/clock.ts'
import { systemEntropy } from '../../adapters/ambient/entropy.ts'
import { systemTimer } from '../../adapters/ambient/timers.ts'
import { bootId } from '../../domain/identity.ts'
import { replay } from '../../journal/fold/replay.ts'
import { takeSnapshot } from '../../journal/fold/world-snapshot.ts'
import { World } from '../../journal/fold/world.ts'
import { openJournal, type OpenJournal } from '../../journal/open/open-journal.ts'
import { inProcessLock } from '../../journal/open/ownership.ts'
import { genesisHash } from '../../journal/record/hash-chain.ts'
import { archiveFilesIn, bytesInFolder } from '../../journal/retention/archive-files.ts'
import { ArchiveText } from '../../journal/retention/archive-format.ts'
import { archiveFolder, archiveName } from '../../journal/retention/archive-name.ts'
import { packed } from '../../journal/retention/archives.ts'
import { archiveBytes, journalLimitBytes } from '../../journal/retention/retention-limits.ts'
import type { Head, NewRecord, Snapshot } from '../../journal/store/journal-store.ts'
import { baseKey, headKey, metaKey, snapshotKey, streamKey } from '../../journal/store/keys.ts'
import { openLevelDatabase } from '../../journal/store/level-database.ts'
import { appending, put } from '../../journal/store/level-operations.ts'
import { openLevelStore } from '../../journal/store/level-store.ts'
import * as values from '../../journal/store/stored-values.ts'
import { longPast, type PastRecord } from './long-past.ts'
import { percentile } from './percentiles.ts'

const nonce = 'bench'
const mib = 1024 * 1024
const perBatch = 250
/** An event in LevelDB, with the indexes beside it. */
const eventBytes = 575
const runs = 7
/** A kill just before a snapshot is the worst case. */
const behindSnapshot = 19_999
const clock = systemClock()

const note = (text: string): void =>
  console.error(`${(performance.now() / 1_000).toFixed(0)} s: ${text}`)

/** The past as it goes by, folded. */
class Past {
  readonly world = new World()
  readonly streams = new Map<string, number>()
  head: Head = { seq: 0, hash: genesisHash(nonce) }
  readonly #records = longPast(this.head)

  next(): NewRecord {
    const { record, event } = (this.#records.next() as IteratorYieldResult<PastRecord>).value
    const at = { boot: bootId('bench'), monoMs: record.seq, wallMs: record.seq }
    const change = this.world.evolve(event, at)
    this.world.apply(change)
    if (change.after === undefined) this.streams.delete(record.stream)
    else this.streams.set(record.stream, record.streamSeq)
    this.head = { seq: record.seq, hash: record.hash }
    return record
  }

  snapshot(): Snapshot {
    return { ...this.head, bytes: takeSnapshot(this.world, this.head.seq) }
  }
}

/** Archives in the real form, written without a journal that they come from. */
const writeArchives = async (root: string, past: Past, upTo: number): Promise<void> => {
  const files = archiveFilesIn(root)
  let packing: Promise<void> = Promise.resolve()
  while (past.head.seq < upTo) {
    const { hash: previous, bytes: state } = past.snapshot()
    const from = past.head.seq + 1
    const records: Array<NewRecord> = []
    for (let size = 0; size < archiveBytes && past.head.seq < upTo;) {
      const record = past.next()
      records.push(record)
      size += record.bytes.length
    }
    const range = { from, to: past.head.seq }
    const first = from === 1 ? undefined : state
    const text = new ArchiveText({ ...range, nonce, previous, state: first })
    for (const record of records) text.record(record)
    await packing
    packing = packed(text.close()).then(async (bytes) => {
      await files.stage(archiveName(range), bytes)
      await files.publish(archiveName(range))
    })
    if (range.to % 1_000_000 < records.length) note(`${range.to} records in archives`)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await packing
  if (upTo > 0) await files.syncNames()
}

/** What a dropping would have left, and the first batch behind it. */
const beginDatabase = async (directory: string, past: Past): Promise<void> => {
  const base = past.snapshot()
  const streams = new Map(past.streams)
  const first = past.next()
  streams.set(first.stream, first.streamSeq)
  const db = await openLevelDatabase(directory)
  await db.write([
    put(metaKey, values.encodeMeta({ version: values.journalVersion, nonce, epoch: 1 })),
    put(baseKey, values.encodeBase(base)),
    put(snapshotKey(base.seq), values.encodeSnapshot(base)),
    ...[...streams].map(([s, n]) => put(streamKey(s), values.encodeNumber(n))),
    ...appending([first], new Map()),
    put(headKey, values.encodeHead(past.head, 1)),
  ])
  await db.close()
}

const fillJournal = async (directory: string, past: Past, events: number): Promise<void> => {
  const store = await openLevelStore({ directory, newNonce: () => nonce })
  let batch: Array<NewRecord> = []
  let hasSnapshot = false
  while (past.head.seq < events) {
    batch.push(past.next())
    const isLast = past.head.seq === events
    if (batch.length < perBatch && !isLast) continue
    await store.append(batch)
    batch = []
    if (past.head.seq % 500_000 === 0) note(`${past.head.seq} records`)
    if (hasSnapshot || past.head.seq < events - behindSnapshot) continue
    await store.putSnapshot(past.snapshot())
    hasSnapshot = true
  }
  await store.close()
}

const opened = async (root: string): Promise<OpenJournal> => {
  const journal = await openJournal({
    root,
    identity: { boot: bootId('bench'), pid: process.pid, startTicks: 1 },
    lock: inProcessLock(),
    clock,
    timer: systemTimer(clock),
    entropy: systemEntropy,
    onSideError: (error) => console.error(error),
  })
  if (journal._tag === 'Left') throw new Error(journal.left._tag)
  return journal.right
}

interface Start {
  readonly tookMs: number
  /** Processor time of all threads: what a machine that has nothing else to do needs at most. */
  readonly workedMs: number
  readonly folded: number
  readonly containers: number
}

const start = async (root: string): Promise<Start> => {
  const begin = performance.now()
  const used = process.cpuUsage()
  const journal = await opened(root)
  const isOpen = performance.now()
  const { folded, world } = await replay(journal.store())
  const streams = await journal.store().streamHeads()
  const end = performance.now()
  const { user, system } = process.cpuUsage(used)
  await journal.close()
  note(
    `open ${(isOpen - begin).toFixed(0)} ms, replay ${(end - isOpen).toFixed(0)} ms, ` +
      `${folded} folded, ${streams.size} streams`,
  )
  return {
    tookMs: end - begin,
    workedMs: (user + system) / 1_000,
    folded,
    containers: world.containers.size,
  }
}

const build = async (root: string, events: number, journalMib: number): Promise<void> => {
  mkdirSync(root, { recursive: true })
  const past = new Past()
  const kept = Math.min(events, Math.floor((journalMib * mib) / eventBytes))
  await writeArchives(root, past, events - kept)
  await beginDatabase(join(root, 'journal'), past)
  await fillJournal(join(root, 'journal'), past, events)
  await (await opened(root)).close()
  note('first start, without an anchor')
}

const spread = (values: ReadonlyArray<number>): string => {
  const [median, least, most] = [0.5, 0, 1].map((q) => percentile(values, q).toFixed(0))
  return `median ${median} ms (${least} to ${most} ms)`
}

const measured = async (root: string): Promise<string> => {
  const sizes = [join(root, 'journal'), join(root, archiveFolder)].map(bytesInFolder)
  const mibs = (await Promise.all(sizes)).map((bytes) => (bytes / mib).toFixed(0))
  const starts: Array<Start> = []
  for (let n = 0; n < runs; n += 1) starts.push(await start(root))
  const { folded, containers } = starts[0] ?? { folded: 0, containers: 0 }
  return (
    `journal ${mibs[0]} MiB, archives ${mibs[1]} MiB, ${containers} containers, ` +
    `${folded} events folded, ${runs} starts: ${spread(starts.map((s) => s.tookMs))}, ` +
    `processor time of all threads ${spread(starts.map((s) => s.workedMs))}`
  )
}

interface Wanted {
  readonly events: number
  readonly journalMib: number
  readonly folder: string | undefined
}

export const benchRestart = async ({ events, journalMib, folder }: Wanted): Promise<string> => {
  const root = folder ?? mkdtempSync(join(tmpdir(), 'isulad-restart-'))
  try {
    if (!existsSync(join(root, 'journal'))) await build(root, events, journalMib)
    return `start with ${events} events: ${await measured(root)}`
  } finally {
    if (folder === undefined) rmSync(root, { recursive: true, force: true })
  }
}

console.log(
  await benchRestart({
    events: Number(process.argv[2] ?? 10_000_000),
    journalMib: Number(process.argv[3] ?? journalLimitBytes / mib),
    folder: process.argv[4],
  }),
)
