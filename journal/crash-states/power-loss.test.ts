/** What the exploration of power losses tells of journals whose history is known. */
import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { filled, sampleBatch } from '../../properties/contracts/journal-store.contract.ts'
import { suite } from '../../properties/testing/suite.ts'
import { inProcessOptions } from '../open/in-process-options.ts'
import { openJournal, type OpenJournal } from '../open/open-journal.ts'
import { openRefusalText } from '../open/refusal.ts'
import { explorePowerLoss, type PowerLossOptions } from './power-loss.ts'
import { violationsOf } from './power-loss-judgement.ts'
import type { PowerLossClassReport, PowerLossReport } from './power-loss-report.ts'
import type { Recovery } from './recovery.ts'

const test = suite('power loss exploration')

const inFolder =
  (body: (folder: string) => Promise<void>): (() => Promise<void>) =>
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'power-loss-test-'))
    try {
      await body(folder)
    } finally {
      await rm(folder, { recursive: true })
    }
  }

const opened = async (root: string): Promise<OpenJournal> => {
  await mkdir(root, { recursive: true })
  const journal = await openJournal(inProcessOptions(root))
  if (E.isLeft(journal)) throw new Error(openRefusalText(journal.left))
  return journal.right
}

/** 30 records in batches of 3, anchored at 12; the daemon was killed: nothing was closed. */
const killed = async (folder: string): Promise<string> => {
  const first = await opened(join(folder, 'live'))
  await filled(first.store(), 4, 3)
  await first.close()
  const journal = await opened(join(folder, 'live'))
  await filled(journal.store(), 6, 3)
  const root = join(folder, 'killed')
  await cp(join(folder, 'live'), root, { recursive: true })
  await journal.close()
  return root
}

const tree = async (root: string): Promise<ReadonlyArray<string>> => {
  const names = await readdir(root, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name))
  return Promise.all(
    files.sort().map(async (f) => `${f} ${(await readFile(f)).toString('base64')}`),
  )
}

const explored = async (
  root: string,
  options: PowerLossOptions = { statesPerClass: 24 },
): Promise<PowerLossReport> =>
  (await explorePowerLoss(root, options)) ?? assert.fail('it is no journal')

const classOf = (report: PowerLossReport, name: string): PowerLossClassReport =>
  report.classes.find((c) => c.class === name) ?? assert.fail(name)

const ends = ({ outcomes }: PowerLossClassReport): ReadonlyArray<string> => [
  ...new Set(outcomes.map(({ verdict, headSeq }) => `${verdict} ${headSeq}`)),
]

test(
  'J2 J3 of a killed daemon a power cut can take the last batch, whole, and nothing else',
  inFolder(async (folder) => {
    const root = await killed(folder)
    const before = await tree(root)
    const report = await explored(root)
    assert.deepEqual(await tree(root), before)
    assert.deepEqual(report.violations, [])
    assert.deepEqual([report.headSeq, report.anchoredSeq, report.ok], [30, 12, true])
    assert.deepEqual(report.lastBatch, { from: 28, to: 30 })
    assert.deepEqual(ends(classOf(report, 'as-it-is')), ['opens 30'])
    const cut = classOf(report, 'last-batch-cut')
    assert.deepEqual(ends(cut), ['opens 27', 'opens-with-report 27'])
    assert.deepEqual(cut.outcomes[0]?.missing, { from: 28, to: 30 })
    assert.ok(cut.outcomes.every(({ missing }) => missing?.from === 28))
    assert.deepEqual(ends(classOf(report, 'anchor')), ['opens 30'])
    for (const { cause, states, class: name } of report.classes) {
      assert.ok(states > 0 || name === 'below-anchor', `${name}: ${states} states`)
      if (cause !== 'power-cut') continue
      const { outcomes } = classOf(report, name)
      assert.ok(outcomes.every(({ headSeq }) => headSeq >= 27))
    }
  }),
)

test(
  'J8 what only a lying disk could take is told from what a power cut could take',
  inFolder(async (folder) => {
    const report = await explored(await killed(folder), { statesPerClass: 40 })
    const tail = classOf(report, 'unanchored-tail')
    assert.equal(tail.cause, 'broken-promise')
    const heads = tail.outcomes.map(({ headSeq }) => headSeq)
    assert.deepEqual([Math.min(...heads), Math.max(...heads)], [12, 24])
    const names = classOf(report, 'names').outcomes
    const of = (example: string) => names.find((o) => o.example.includes(example))
    assert.equal(of('CURRENT is gone')?.verdict, 'quarantined')
    assert.equal(of('.ldb is gone')?.verdict, 'quarantined')
    assert.equal(of('FORMAT is gone')?.verdict, 'opens-with-report')
    assert.match(of('FORMAT is gone')?.findings[0] ?? '', /FORMAT/)
  }),
)

test(
  'J2 J8 after a clean close every loss of a record is refused with the proof',
  inFolder(async (folder) => {
    const journal = await opened(folder)
    await filled(journal.store(), 10, 2)
    await journal.close()
    const report = await explored(join(folder, 'journal'))
    assert.deepEqual([report.violations, report.anchoredSeq], [[], 20])
    for (const name of ['last-batch-cut', 'below-anchor']) {
      const found = classOf(report, name)
      assert.equal(found.cause, 'broken-promise')
      assert.ok(found.states > 0)
      for (const outcome of found.outcomes) {
        assert.equal(outcome.verdict, 'quarantined')
        assert.match(outcome.findings.join(), /record 20 was durable/)
      }
    }
  }),
)

test(
  'a damaged journal is reported as it is',
  inFolder(async (folder) => {
    const root = await killed(folder)
    const name = (await readdir(join(root, 'journal'))).find((n) => n.endsWith('.ldb')) ?? ''
    const bytes = await readFile(join(root, 'journal', name))
    bytes[100] = (bytes[100] ?? 0) ^ 1
    await writeFile(join(root, 'journal', name), bytes)
    const report = await explored(root)
    assert.equal(report.ok, false)
    assert.deepEqual(
      report.classes.map((c) => [c.class, c.states, c.outcomes[0]?.verdict]),
      [['as-it-is', 1, 'quarantined']],
    )
    assert.match(report.notes.join(), /does not open as it is/)
  }),
)

test(
  'the same seed gives the same report, and an empty journal or no journal is told',
  inFolder(async (folder) => {
    const root = await killed(folder)
    const steps: Array<string> = []
    const onProgress = (done: number, total: number): void => void steps.push(`${done}/${total}`)
    const options = { statesPerClass: 5, seed: 7 }
    const report = await explored(root, { ...options, onProgress })
    assert.deepEqual(await explored(root, options), report)
    assert.equal(steps.at(-1), `${report.states - 1}/${report.states - 1}`)
    assert.equal(await explorePowerLoss(join(folder, 'nowhere')), undefined)
    const fresh = await opened(join(folder, 'fresh'))
    await fresh.close()
    const empty = await explored(join(folder, 'fresh'), options)
    assert.deepEqual([empty.violations, empty.headSeq], [[], 0])
  }),
)

test(
  'a snapshot among the batches is no batch',
  inFolder(async (folder) => {
    const journal = await opened(folder)
    await filled(journal.store(), 2, 2)
    const { seq, hash } = journal.store().head()
    await journal.store().putSnapshot({ seq, hash, bytes: Buffer.from('state') })
    await journal.store().append(sampleBatch(journal.store().head(), { size: 1 }))
    await journal.close()
    const report = await explored(folder)
    assert.deepEqual(report.violations, [])
    assert.equal(report.lastBatch?.from, 5)
  }),
)

const write = { path: 'journal/000003.log', from: 0, to: 10, records: { from: 4, to: 6 } }
const written = { from: 4, hashes: ['d', 'e', 'f'], writes: [write] }
const whole: Recovery = {
  verdict: 'opens',
  headSeq: 6,
  hashes: ['d', 'e', 'f'],
  cuts: [],
  findings: [],
  broken: undefined,
  refusal: undefined,
}

for (const [name, recovery, cause, expected] of [
  ['J2 a durable record that is missing', { headSeq: 3, hashes: [] }, 'broken-promise', /3, but 6/],
  ['J1 a record of another history', { hashes: ['d', 'x', 'f'] }, 'broken-promise', /record 5 is/],
  ['J3 half a batch', { headSeq: 5, hashes: ['d', 'e'] }, 'power-cut', /half a batch/],
  ['J4 a chain that breaks', { broken: 'the chain breaks' }, 'power-cut', /the chain breaks/],
  ['J2 a refusal after an honest power cut', { refusal: 'damaged' }, 'power-cut', /damaged/],
] as const)
  test(`${name} is a violation`, () => {
    const state = { what: 'some state', floorSeq: 6 }
    const judge = (r: Recovery) =>
      violationsOf(written, { class: 'names', cause }, { state, recovery: r })
    assert.deepEqual(judge(whole), [])
    assert.match(judge({ ...whole, ...recovery })[0]?.detail ?? '', expected)
  })

test.run()
