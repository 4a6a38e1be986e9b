/** Power lost at every system call of a retention pass: no event is lost, none comes twice. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { Promises } from '../../properties/crash-states/oracle.ts'
import { shortPast } from '../../properties/bench/long-past.ts'
import { inScratch } from '../../properties/crash-states/scratch.ts'
import { readTrace, tracedCalls, type TraceItem } from '../../properties/crash-states/strace-log.ts'
import { Voice } from '../../properties/crash-states/workloads.ts'
import { suite } from '../../properties/testing/suite.ts'
import { CrashFileSystem } from '../crash-states/file-system.ts'
import { buildLayout, layoutDigest } from '../crash-states/layout.ts'
import { crashStates, survivableModels, type CrashState } from '../crash-states/models.ts'
import { operationText } from '../crash-states/operation.ts'
import { replay } from '../fold/replay.ts'
import { stateHash } from '../fold/world-snapshot.ts'
import { findingText } from '../forensic/finding.ts'
import { verifyDirectory } from '../forensic/verify.ts'
import { inProcessOptions } from '../open/in-process-options.ts'
import { openJournal, type OpenJournal } from '../open/open-journal.ts'
import { openRefusalText } from '../open/refusal.ts'
import { hexOfHash } from '../record/hash-chain.ts'
import type { DroppingStore } from '../store/journal-store.ts'
import { samplePass } from './testing/sample-pass.ts'

const test = suite('power loss in a retention pass')
const run = promisify(execFile)
const self = fileURLToPath(import.meta.url)
const sampling = { cuts: 3, garbages: 1, seed: 1 }

/** Paths in the trace are below `folder/root`. */
const tracedPass = async (folder: string): Promise<ReadonlyArray<TraceItem>> => {
  const [root, voice, log] = [join(folder, 'root'), join(folder, 'voice'), join(folder, 'trace')]
  const options = ['-f', '-y', '-xx', '-s', '4000000', '--seccomp-bpf', '-o', log]
  const calls = ['-e', `trace=${tracedCalls.join(',')}`, '-e', 'signal=none']
  const node = [process.execPath, '--import', 'tsx', self]
  await run('strace', [...options, ...calls, '--', ...node], {
    // io_uring would take file operations past the trace.
    env: { ...process.env, UV_USE_IO_URING: '0', TRACED_ROOT: root, TRACED_VOICE: voice },
  })
  return readTrace(readFileSync(log, 'latin1'), { root, voice })
}

const hashesOf = async (journal: OpenJournal): Promise<ReadonlyArray<string>> => {
  const hashes: Array<string> = []
  for await (const { seq, hash } of journal.store().read(1)) {
    hashes.push(hexOfHash(hash))
    assert.equal(seq, hashes.length, 'records are dense, none comes twice')
  }
  return hashes
}

/** Tells what it tries and what it has promised, as the judge of crash states hears it. */
const telling = (store: DroppingStore, voice: Voice): DroppingStore => ({
  ...store,
  append: async (records) => {
    voice.say(`try ${records.map(({ hash }) => hexOfHash(hash)).join(' ')}`)
    await store.append(records)
    voice.say(`ack ${store.head().seq}`)
  },
})

const opened = async (root: string): Promise<OpenJournal> => {
  const journal = await openJournal(inProcessOptions(root))
  return E.isLeft(journal) ? assert.fail(openRefusalText(journal.left)) : journal.right
}

/** What was acknowledged is there, nothing that was not tried is, base and records agree. */
const assertSound = async (journal: OpenJournal, promises: Promises): Promise<number> => {
  const hashes = await hashesOf(journal)
  assert.ok(hashes.length >= promises.acknowledged, `it ends at record ${hashes.length}`)
  const common = Math.min(hashes.length, promises.tried.length)
  assert.deepEqual(hashes.slice(0, common), promises.tried.slice(0, common))
  const [quick, whole] = [await replay(journal.store()), await replay(journal.store(), false)]
  assert.equal(stateHash(quick.world), stateHash(whole.world))
  assert.equal(whole.folded, hashes.length)
  return hashes.length
}

/** The next daemon opens it, finishes the pass, and an auditor finds nothing. */
const recovers = async (state: CrashState, root: string, promises: Promises): Promise<void> => {
  buildLayout(state.layout, root)
  const journal = await opened(root)
  const before = await assertSound(journal, promises)
  await samplePass(journal)
  const after = await assertSound(journal, promises)
  assert.ok(after >= before)
  const { world } = await replay(journal.store())
  const files = world.engine().archives.map(({ file }) => file)
  assert.equal(files.length, 2)
  assert.deepEqual(await journal.archives.list(), files, 'nothing half is left')
  await journal.close()
  const verdict = await verifyDirectory(root)
  assert.deepEqual(verdict?.findings.map(findingText), [])
  assert.equal(verdict?.records, after)
}

/** What strace follows. */
const workload = async (root: string, voice: Voice): Promise<void> => {
  mkdirSync(root)
  const journal = await opened(root)
  const store = telling(journal.store(), voice)
  await store.append(shortPast(store.head()))
  voice.say('settled')
  await samplePass(journal, store)
  await journal.close()
  voice.close()
}

interface Totals {
  points: number
  states: number
  readonly directories: Set<string>
  readonly violations: Array<string>
}

const explorePoint = async (
  fs: CrashFileSystem,
  point: { readonly scratch: string; readonly after: string; readonly promises: Promises },
  totals: Totals,
): Promise<void> => {
  totals.points += 1
  for (const model of survivableModels)
    for (const state of crashStates(fs, model, sampling)) {
      totals.states += 1
      const digest = `${layoutDigest(state.layout)} ${point.promises.acknowledged}`
      if (totals.directories.has(digest)) continue
      totals.directories.add(digest)
      const root = mkdtempSync(join(point.scratch, 'state-'))
      try {
        await recovers(state, root, point.promises)
      } catch (error) {
        totals.violations.push(`${model}: ${point.after}; ${state.choice}: ${String(error)}`)
      } finally {
        rmSync(root, { recursive: true })
      }
    }
}

const explorePass = async (scratch: string): Promise<Totals> => {
  const folder = realpathSync(scratch)
  const items = await tracedPass(folder)
  const states = join(folder, 'states')
  mkdirSync(states)
  const totals: Totals = { points: 0, states: 0, directories: new Set(), violations: [] }
  const [fs, promises] = [new CrashFileSystem(), new Promises()]
  let isPass = false
  for (const item of items) {
    if (item._tag === 'said') {
      promises.hear(item.line)
      if (item.line !== 'settled') continue
      fs.settle()
      isPass = true
      continue
    }
    fs.apply(item.operation)
    if (!isPass) continue
    const after = operationText(item.operation)
    await explorePoint(fs, { scratch: states, after, promises }, totals)
  }
  return totals
}

test.needs(
  ['linux', 'program:strace'],
  'J1 J2 J4 J6 J8 whatever a power loss leaves of a pass recovers whole, and the next pass ends it',
  async () => {
    const { points, states, directories, violations } = await inScratch(explorePass)
    console.log(`${points} points, ${states} states, ${directories.size} directories`)
    assert.deepEqual(violations, [])
    assert.ok(points >= 40, `${points} points`)
    assert.ok(directories.size >= 100, `${directories.size} directories`)
  },
  150_000,
)

const [tracedRoot, voicePath] = [process.env['TRACED_ROOT'], process.env['TRACED_VOICE']]
if (tracedRoot !== undefined && voicePath !== undefined)
  await workload(tracedRoot, new Voice(voicePath))
else test.run()
