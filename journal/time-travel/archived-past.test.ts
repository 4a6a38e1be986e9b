/** What archives hold is read, verified and folded as the rest of the journal is. */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { operationId } from '../../domain/identity.ts'
import { fillJournal } from '../../properties/bench/synthetic-journal.ts'
import { suite } from '../../properties/testing/suite.ts'
import { verifySource } from '../audit/verify-source.ts'
import { explainObject } from '../explain/explain-object.ts'
import { replay } from '../fold/replay.ts'
import { inProcessOptions } from '../open/in-process-options.ts'
import { openJournal } from '../open/open-journal.ts'
import { archiveFolder } from '../retention/archive-name.ts'
import { Retention } from '../retention/retention.ts'
import { recorder } from '../retention/testing/recorder.ts'
import { readWholeHistory } from '../retention/whole-history.ts'
import { directoryJournal } from './directory-journal.ts'
import { foldTo } from './fold-to.ts'
import { recordsOf } from './proven.ts'
import type { JournalSource } from './source.ts'

const test = suite('archived past')

const events = 3_000
const archives = 2
let root = ''

const makeArchives = async (): Promise<void> => {
  const journal = await openJournal(inProcessOptions(root))
  if (E.isLeft(journal)) throw new Error(journal.left._tag)
  const { store, archives: files, nonce } = journal.right
  await fillJournal(store(), events, operationId('sample'))
  const { world } = await replay(store())
  let asked = 0
  const { archived } = await new Retention({
    store,
    files,
    nonce,
    world: () => world,
    record: recorder(store, world),
    journalBytes: () => Promise.resolve((asked += 1) > archives ? 0 : 2),
    reclaim: journal.right.reclaim,
    limits: { ageMs: null, sizeBytes: 1 },
    journalLimitBytes: 1,
    archiveBytes: 420_000,
    requestMemoryMs: 0,
    wallMs: () => 1_800_000_000_000,
  }).run()
  assert.equal(archived.length, archives)
  await journal.right.close()
}

test.before(async () => {
  root = await mkdtemp(join(tmpdir(), 'archived-past-'))
  await makeArchives()
})

test.after(() => rm(root, { recursive: true }))

const opened = async (): Promise<JournalSource> => {
  const source = await directoryJournal(root)
  assert.ok(source !== undefined)
  return source
}

const silent = (): void => undefined

test('J4 D2 archives and journal verify as one chain, with the states in archives', async () => {
  const source = await opened()
  const verdict = await verifySource(source)
  assert.deepEqual(verdict.findings, [])
  assert.equal(verdict.records, events + archives)
  assert.match(verdict.notes.join('\n'), /records 1 to \d+ are in archives/)
  const early = await foldTo(source, 10, silent)
  assert.ok(E.isRight(early) && early.right.seq === 10)
})

test('a container is explained from its first event on, which an archive holds', async () => {
  const source = await opened()
  const story = await explainObject(recordsOf(source, silent), 'c300')
  if (E.isLeft(story)) return assert.fail(story.left)
  const seqs = story.right.steps.map(({ seq }) => seq)
  const { base } = (await readWholeHistory(root)) ?? {}
  assert.equal(seqs[0], 599)
  assert.ok(base !== undefined && seqs.some((seq) => seq > base.seq), 'also from the journal')
  assert.ok(seqs.filter((seq) => seq <= base.seq).length >= 2)
})

test('J8 without an archive the verdict says so, the journal is read from its base', async () => {
  const [newest = ''] = (await readdir(join(root, archiveFolder))).sort().reverse()
  await rm(join(root, archiveFolder, newest))
  const source = await opened()
  const verdict = await verifySource(source)
  assert.match(JSON.stringify(verdict.findings), /missing-file/)
  assert.ok(verdict.findings.every((f) => f.check === 'files'))
  assert.ok(verdict.records > 0 && verdict.records < events)
  assert.ok(E.isLeft(await foldTo(source, 10, silent)))
  const end = await foldTo(source, events + archives, silent)
  assert.ok(E.isRight(end))
})

test.run()
