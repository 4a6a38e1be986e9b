/** Opening, closing and reopening a journal, and what is refused or lived with. */
import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import {
  allRecords,
  filled,
  sampleBatch,
} from '../../properties/contracts/journal-store.contract.ts'
import { suite } from '../../properties/testing/suite.ts'
import { verifyDirectory } from '../forensic/verify.ts'
import { inProcessOptions } from './in-process-options.ts'
import { openJournal, type OpenJournal, type OpenOptions } from './open-journal.ts'
import { inProcessLock } from './ownership.ts'
import { openRefusalText, type OpenRefusal } from './refusal.ts'

const test = suite('open journal')

const inRoot =
  (body: (root: string) => Promise<void>): (() => Promise<void>) =>
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'open-journal-'))
    try {
      await body(root)
    } finally {
      await rm(root, { recursive: true })
    }
  }

const opened = async (options: OpenOptions): Promise<OpenJournal> => {
  const journal = await openJournal(options)
  if (E.isLeft(journal)) throw new Error(openRefusalText(journal.left))
  return journal.right
}

const refused = async (options: OpenOptions): Promise<OpenRefusal> => {
  const journal = await openJournal(options)
  if (E.isRight(journal)) {
    await journal.right.close()
    throw new Error('it opened')
  }
  return journal.left
}

/** A closed journal of 30 records. */
const written = async (root: string): Promise<void> => {
  const journal = await opened(inProcessOptions(root))
  await filled(journal.store(), 10, 3)
  await journal.close()
}

const tree = async (root: string): Promise<ReadonlyArray<string>> => {
  const names = await readdir(root, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name))
  return Promise.all(
    files.sort().map(async (f) => `${f} ${(await readFile(f)).toString('base64')}`),
  )
}

test(
  'J1 J2 what was acknowledged is there after close and reopening, and the audit is clean',
  inRoot(async (root) => {
    await written(root)
    assert.deepEqual((await verifyDirectory(root))?.findings, [])
    const journal = await opened(inProcessOptions(root))
    assert.deepEqual([journal.findings(), journal.cuts()], [[], []])
    assert.equal((await allRecords(journal.store().read(1))).length, 30)
    const verdict = await journal.verifyAll(new AbortController().signal)
    assert.deepEqual(verdict, { _tag: 'Intact', records: 30 })
    await journal.close()
    assert.equal((await verifyDirectory(join(root, 'journal')))?.records, 30)
  }),
)

test(
  'a newer FORMAT is refused and nothing is written',
  inRoot(async (root) => {
    await written(root)
    await writeFile(join(root, 'FORMAT'), '{"engine":1,"journal":99}')
    const before = await tree(root)
    assert.equal((await refused(inProcessOptions(root)))._tag, 'NewerFormat')
    assert.deepEqual(await tree(root), before)
    assert.equal((await verifyDirectory(root))?.findings[0]?.kind, 'bad-format')
  }),
)

for (const content of ['', '{"engi', '\0'.repeat(25)])
  test(
    `R-11 FORMAT and anchor torn to ${JSON.stringify(content)} are reported and do not stop it`,
    inRoot(async (root) => {
      await written(root)
      await writeFile(join(root, 'FORMAT'), content)
      await writeFile(join(root, 'journal.head'), content)
      const journal = await opened(inProcessOptions(root))
      const files = journal.findings().map((f) => `${f.kind} ${f.file}`)
      assert.deepEqual(files, ['side-file FORMAT', 'side-file journal.head'])
      assert.equal(journal.store().head().seq, 30)
      await journal.close()
      assert.deepEqual((await verifyDirectory(root))?.findings, [])
    }),
  )

test(
  'R-31 a second opener is told who holds the journal and touches nothing',
  inRoot(async (root) => {
    const lock = inProcessLock()
    const journal = await opened({ ...inProcessOptions(root), lock })
    const refusal = await refused({ ...inProcessOptions(root), lock })
    assert.equal(refusal._tag === 'HeldBy' && refusal.holder?.pid, process.pid)
    await journal.close()
    await (await opened({ ...inProcessOptions(root), lock })).close()
  }),
)

test(
  'J8 a directory rolled back to an older copy is refused and stays readable',
  inRoot(async (root) => {
    const options = inProcessOptions(root)
    const journal = await opened(options)
    await filled(journal.store(), 5, 2)
    await journal.close()
    await cp(join(root, 'journal'), join(root, 'older'), { recursive: true })
    const again = await opened(options)
    await filled(again.store(), 5, 2)
    await again.close()
    await rm(join(root, 'journal'), { recursive: true })
    await cp(join(root, 'older'), join(root, 'journal'), { recursive: true })
    const before = await tree(join(root, 'journal'))
    const refusal = await refused(options)
    assert.equal(refusal._tag, 'Quarantined')
    if (refusal._tag !== 'Quarantined') return
    assert.deepEqual(
      refusal.findings.map((f) => f.kind),
      ['rolled-back'],
    )
    assert.match(refusal.findings[0]?.detail ?? '', /ends at record 10, but record 20 was durable/)
    assert.equal(refusal.head?.seq, 10)
    assert.equal([...refusal.records()].length, 10)
    assert.deepEqual(await tree(join(root, 'journal')), before)
  }),
)

test(
  'J8 another history of the same length is told from the one that was durable',
  inRoot(async (root) => {
    const options = inProcessOptions(root)
    await written(root)
    const anchor = await readFile(join(root, 'journal.head'), 'utf8')
    const other = anchor.replace(/"hash":"./, (m) => `${m.slice(0, -1)}${m.endsWith('0') ? 1 : 0}`)
    await writeFile(join(root, 'journal.head'), other)
    const refusal = await refused(options)
    assert.equal(refusal._tag === 'Quarantined' && refusal.findings[0]?.kind, 'rolled-back')
  }),
)

test(
  'a vanished journal directory is not taken for a new one',
  inRoot(async (root) => {
    await written(root)
    await rm(join(root, 'journal'), { recursive: true })
    const refusal = await refused(inProcessOptions(root))
    assert.equal(refusal._tag === 'Quarantined' && refusal.findings[0]?.kind, 'rolled-back')
  }),
)

test(
  'an unfinished creation is put aside and begun again',
  inRoot(async (root) => {
    const first = await opened(inProcessOptions(root))
    await first.close()
    await rm(join(root, 'journal.head'))
    await writeFile(join(root, 'journal', 'CURRENT'), '')
    const journal = await opened(inProcessOptions(root))
    await filled(journal.store(), 1, 3)
    await journal.close()
    assert.equal((await readdir(join(root, 'quarantine'))).length, 1)
    assert.deepEqual((await verifyDirectory(root))?.findings, [])
  }),
)

test(
  'J5 after a refused batch the journal is read-only until it is reopened',
  inRoot(async (root) => {
    const journal = await opened(inProcessOptions(root))
    const store = journal.store()
    await filled(store, 2, 2)
    const batch = sampleBatch(store.head(), { size: 2, request: 'again' })
    await assert.rejects(store.append([...batch, ...batch]))
    await assert.rejects(store.append(batch), /read-only/)
    const reopened = await journal.reopen()
    assert.ok(E.isRight(reopened))
    assert.equal(await journal.store().sequenceOfRequest('again'), undefined)
    await journal.store().append(batch)
    assert.equal(await journal.store().sequenceOfRequest('again'), 5)
    await journal.close()
    assert.equal((await verifyDirectory(root))?.records, 6)
  }),
)

test(
  'the anchor follows a commit within a second and never runs ahead',
  inRoot(async (root) => {
    const timers: Array<{ readonly at: number; readonly call: () => void }> = []
    const base = inProcessOptions(root)
    const options: OpenOptions = {
      ...base,
      clock: { now: () => ({ ...base.clock.now(), monoMs: 500 }) },
      timer: { at: (at, call) => (timers.push({ at, call }), () => undefined) },
    }
    const journal = await opened(options)
    const anchored = async (): Promise<unknown> =>
      JSON.parse(await readFile(join(root, 'journal.head'), 'utf8'))
    await filled(journal.store(), 1, 3)
    journal.committed()
    journal.committed()
    assert.deepEqual(
      timers.map((t) => t.at),
      [1_500],
    )
    const seqOf = (a: unknown): unknown => (a instanceof Object && 'seq' in a ? a.seq : undefined)
    assert.equal(seqOf(await anchored()), 0)
    timers[0]?.call()
    await journal.close()
    assert.equal(seqOf(await anchored()), 3)
    assert.deepEqual(base.sideErrors, [])
  }),
)

test.run()
