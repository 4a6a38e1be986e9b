/** What a real journal does on a real disk while its system calls are traced. */
import {
  appendFileSync,
  closeSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { hexOfHash } from '../../journal/record/hash-chain.ts'
import { inProcessOptions } from '../../journal/open/in-process-options.ts'
import { openJournal, type OpenJournal, type OpenOptions } from '../../journal/open/open-journal.ts'
import { openRefusalText } from '../../journal/open/refusal.ts'
import { sampleBatch, type SampleBatch } from '../contracts/journal-store.contract.ts'

/** Says, in order, what is tried and what is promised; the trace keeps it between the calls. */
export class Voice {
  readonly #file: number

  constructor(path: string) {
    this.#file = openSync(path, 'a')
  }

  say(line: string): void {
    writeSync(this.#file, `${line}\n`)
  }

  close(): void {
    closeSync(this.#file)
  }
}

interface Stage {
  readonly root: string
  readonly voice: Voice
  readonly open: (change?: Partial<OpenOptions>) => Promise<OpenJournal>
  /** Appends one batch and says so. */
  readonly append: (journal: OpenJournal, sample: SampleBatch) => Promise<void>
}

const stageOf = (root: string, voice: Voice): Stage => ({
  root,
  voice,
  open: async (change = {}) => {
    const opened = await openJournal({ ...inProcessOptions(root), ...change })
    if (E.isLeft(opened)) throw new Error(openRefusalText(opened.left))
    return opened.right
  },
  append: async (journal, sample) => {
    const batch = sampleBatch(journal.store().head(), sample)
    voice.say(`try ${batch.map(({ hash }) => hexOfHash(hash)).join(' ')}`)
    await journal.store().append(batch)
    voice.say(`ack ${journal.store().head().seq}`)
    journal.committed()
  },
})

type Workload = (stage: Stage) => Promise<void>

const sizes = [1, 2, 3, 5]

const appendSome = async (stage: Stage, journal: OpenJournal): Promise<void> => {
  for (const size of sizes) await stage.append(journal, { size })
}

const openAndAppend: Workload = async (stage) => {
  const journal = await stage.open()
  await appendSome(stage, journal)
  await journal.close()
}

/** Each opening makes a new log and MANIFEST; from the fourth table on LevelDB compacts. */
const reopenings: Workload = async (stage) => {
  for (let i = 0; i < 6; i += 1) {
    const journal = await stage.open()
    await stage.append(journal, { size: 2 })
    await stage.append(journal, { size: 1, payloadBytes: 700 })
    await journal.close()
  }
}

const snapshots: Workload = async (stage) => {
  const journal = await stage.open()
  for (let i = 0; i < 5; i += 1) {
    await stage.append(journal, { size: 2 })
    const { seq, hash } = journal.store().head()
    await journal.store().putSnapshot({ seq, hash, bytes: Buffer.alloc(200 + 900 * i, 's') })
  }
  await journal.store().deleteSnapshots()
  await stage.append(journal, { size: 1 })
  await journal.close()
}

/** Records that LevelDB splits over several of its 32 KiB blocks. */
const longRecords: Workload = async (stage) => {
  const journal = await stage.open()
  for (const payloadBytes of [40_000, 100, 90_000, 70_000])
    await stage.append(journal, { size: 2, payloadBytes })
  await journal.close()
}

const newestLogBytes = (root: string): number => {
  const logs = readdirSync(join(root, 'journal')).filter((name) => name.endsWith('.log'))
  return statSync(join(root, 'journal', logs.sort().at(-1) ?? '')).size
}

const blockBytes = 32_768

/** Batches that end so many bytes before a block's edge: a header needs seven. */
const blockEdges: Workload = async (stage) => {
  const journal = await stage.open()
  for (const left of [0, 3, 6, 7, 8]) {
    const before = newestLogBytes(stage.root)
    await stage.append(journal, { size: 1, payloadBytes: 5_000 })
    const after = newestLogBytes(stage.root)
    const overhead = after - before - 5_000
    const payloadBytes = blockBytes - (after % blockBytes) - overhead - left
    await stage.append(journal, { size: 1, payloadBytes: Math.max(1, payloadBytes) })
  }
  await journal.close()
}

/** A refused batch poisons the handle; reopening makes it usable. */
const failStop: Workload = async (stage) => {
  const journal = await stage.open()
  await appendSome(stage, journal)
  for (let i = 0; i < 2; i += 1) {
    const twice = sampleBatch(journal.store().head(), { size: 2 })
    await journal
      .store()
      .append([...twice, ...twice])
      .then(
        () => stage.voice.say('a refused batch was acknowledged'),
        () => undefined,
      )
    const reopened = await journal.reopen()
    if (E.isLeft(reopened)) throw new Error(reopened.left)
    await appendSome(stage, journal)
  }
  await journal.close()
}

/** The anchor is written at once and beside the next batches. */
const anchored: Workload = async (stage) => {
  const at: OpenOptions['timer']['at'] = (_, call) => {
    const timer = setImmediate(call)
    return () => clearImmediate(timer)
  }
  const journal = await stage.open({ timer: { at }, ballastBytes: 4_096 })
  for (let i = 0; i < 10; i += 1) await stage.append(journal, { size: 1 + (i % 3) })
  await journal.close()
}

/** The power fails again while a torn tail is being cut. */
const tornStart: Workload = async (stage) => {
  await openAndAppend(stage)
  const folder = join(stage.root, 'journal')
  const log =
    readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .sort()
      .at(-1) ?? ''
  // A header that promises 500 bytes of which 40 came.
  const torn = Buffer.alloc(47, 0x5a)
  torn.writeUInt16LE(500, 4)
  torn[6] = 1
  appendFileSync(join(folder, log), torn)
  stage.voice.say('settled')
  await openAndAppend(stage)
}

/** The power fails again while an unfinished creation is put aside. */
const unfinishedStart: Workload = async (stage) => {
  await (await stage.open()).close()
  rmSync(join(stage.root, 'journal.head'))
  writeFileSync(join(stage.root, 'journal', 'CURRENT'), '')
  stage.voice.say('settled')
  await openAndAppend(stage)
}

/** LevelDB's buffer of 16 MiB fills: a new log begins while the old one becomes a table. */
const rotation: Workload = async (stage) => {
  const journal = await stage.open()
  for (let i = 0; i < 15; i += 1) await stage.append(journal, { size: 1, payloadBytes: 1_000_000 })
  for (let i = 0; i < 3; i += 1) await stage.append(journal, { size: 1, payloadBytes: 600_000 })
  stage.voice.say('settled')
  await stage.append(journal, { size: 1, payloadBytes: 60_000 })
  await appendSome(stage, journal)
  await journal.close()
}

const small = {
  creation: openAndAppend,
  reopenings,
  snapshots,
  'long-records': longRecords,
  'block-edges': blockEdges,
  'fail-stop': failStop,
  anchored,
  'torn-start': tornStart,
  'unfinished-start': unfinishedStart,
}

const workloads: Readonly<Record<string, Workload>> = { ...small, rotation }

/** States of these are small: thousands can be opened. */
export const smallWorkloads: ReadonlyArray<string> = Object.keys(small)
export const allWorkloads: ReadonlyArray<string> = Object.keys(workloads)

/** `root` exists and is empty. */
export const runWorkload = async (name: string, root: string, voice: Voice): Promise<void> => {
  const workload = workloads[name]
  if (workload === undefined) throw new Error(`no such workload: ${name}`)
  voice.say(`begin ${name}`)
  await workload(stageOf(root, voice))
  voice.say(`end ${name}`)
}
