/** Archives as files beside LevelDB: crashes of the process, verdicts, damage, quarantine. */
import assert from 'node:assert/strict'
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { operationId } from '../../domain/identity.ts'
import { fillJournal } from '../../properties/bench/synthetic-journal.ts'
import { suite } from '../../properties/testing/suite.ts'
import { examine } from '../forensic/examination.ts'
import { verifyDirectory } from '../forensic/verify.ts'
import { replay } from '../fold/replay.ts'
import { stateHash } from '../fold/world-snapshot.ts'
import { inProcessOptions } from '../open/in-process-options.ts'
import { openJournal, type OpenJournal } from '../open/open-journal.ts'
import { openRefusalText, type Quarantine } from '../open/refusal.ts'
import { chainHash, genesisHash, hexOfHash } from '../record/hash-chain.ts'
import { baseKey } from '../store/keys.ts'
import { openLevelDatabase } from '../store/level-database.ts'
import { readOnlyStore } from '../store/read-only-store.ts'
import { decodeBase, encodeBase } from '../store/stored-values.ts'
import { archiveFilesIn } from './archive-files.ts'
import { archiveContent, ArchiveText } from './archive-format.ts'
import { archiveFolder } from './archive-name.ts'
import { Archives } from './archives.ts'
import { readingThrough } from './read-through-store.ts'
import { Retention } from './retention.ts'
import { recorder } from './testing/recorder.ts'
import { readWholeHistory } from './whole-history.ts'

const test = suite('archives on disk')

const events = 4_500
const archivesPerPass = 2
let scratch = ''
/** A closed journal with archives. */
let sample = ''

const opened = async (root: string): Promise<OpenJournal> => {
  const journal = await openJournal(inProcessOptions(root))
  if (E.isLeft(journal)) throw new Error(openRefusalText(journal.left))
  return journal.right
}

/** One pass that makes two archives; without `reclaim` the dropped records stay in the files. */
const retain = async (journal: OpenJournal, reclaim: boolean): Promise<void> => {
  const { world } = await replay(journal.store())
  let asked = 0
  const { archived } = await new Retention({
    store: journal.store,
    files: journal.archives,
    nonce: journal.nonce,
    world: () => world,
    record: recorder(journal.store, world),
    journalBytes: () => Promise.resolve((asked += 1) > archivesPerPass ? 0 : 2),
    reclaim: reclaim ? journal.reclaim : () => Promise.resolve(),
    limits: { ageMs: null, sizeBytes: null },
    journalLimitBytes: 1,
    archiveBytes: 300_000,
    requestMemoryMs: 0,
    wallMs: () => 1_800_000_000_000,
  }).run()
  assert.equal(archived.length, archivesPerPass)
}

const onCopy = async <A>(root: string, use: (copy: string) => Promise<A>): Promise<A> => {
  const copy = await mkdtemp(join(scratch, 'copy-'))
  await cp(root, copy, { recursive: true })
  try {
    return await use(copy)
  } finally {
    await rm(copy, { recursive: true })
  }
}

const assertClean = async (root: string, records: number): Promise<void> => {
  const verdict = await verifyDirectory(root)
  const findings = verdict?.findings.filter((f) => f.kind !== 'torn-tail')
  assert.deepEqual([findings, verdict?.records], [[], records])
  const { findings: tail } = await examine(root, 'tail')
  assert.deepEqual(
    tail.filter((f) => f.kind !== 'torn-tail'),
    [],
  )
}

test.before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'archives-'))
  sample = join(scratch, 'sample')
  await cp(await mkdtemp(join(scratch, 'empty-')), sample, { recursive: true })
  const journal = await opened(sample)
  await fillJournal(journal.store(), events, operationId('sample'))
  await retain(journal, true)
  await journal.close()
})

test.after(() => rm(scratch, { recursive: true }))

for (const reclaim of [false, true])
  test(`J1 J2 a kill after a pass, space ${reclaim ? '' : 'not '}given back, loses nothing`, () =>
    onCopy(sample, async (root) => {
      let total = events + archivesPerPass
      for (let pass = 0; pass < 2; pass += 1) {
        const journal = await opened(root)
        await retain(journal, reclaim)
        total += archivesPerPass
        const { world } = await replay(journal.store())
        // The files as they are while the daemon lives are those that a kill leaves.
        await onCopy(root, async (killed) => {
          await rm(join(killed, 'journal.lock'), { force: true })
          await assertClean(killed, total)
          const again = await opened(killed)
          assert.equal(stateHash((await replay(again.store())).world), stateHash(world))
          assert.equal((await replay(again.store(), false)).folded, total)
          await again.close()
          await assertClean(killed, total)
        })
        await journal.close()
      }
    }))

test('archives belong to their owner alone, under names of their own', async () => {
  const folder = join(sample, archiveFolder)
  assert.equal((await stat(folder)).mode & 0o777, 0o700)
  const names = await readdir(folder)
  assert.equal(names.length, archivesPerPass)
  for (const name of names) assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600)
})

test('J4 the whole history is read from files alone, dense and in one chain', async () => {
  const history = await readWholeHistory(join(sample, 'journal'))
  assert.deepEqual([history?.root, history?.start], [sample, undefined])
  const meta = (await examine(sample, 'tail')).meta
  let previous = genesisHash(meta?.nonce ?? '')
  let seq = 0
  for await (const record of history?.records() ?? []) {
    seq += 1
    assert.equal(record.seq, seq)
    previous = chainHash(previous, record.bytes)
    assert.equal(hexOfHash(record.hash), hexOfHash(previous))
  }
  assert.equal(seq, events + archivesPerPass)
  assert.equal(await readWholeHistory('/nonexistent'), undefined)
})

test('an archive can be read with zcat: a header, one line a record, a trailer', async () => {
  const [name = ''] = await readdir(join(sample, archiveFolder))
  const text = gunzipSync(await readFile(join(sample, archiveFolder, name))).toString()
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  const { to } = (await new Archives(archiveFilesIn(sample)).ranges())[0] ?? { to: 0 }
  assert.equal(lines.length, to + 2)
  assert.match(text, /^\{"journalArchive":1,"nonce":"/)
  assert.match(text, /\n\{"records":\d+,"head":"[0-9a-f]{64}","sha256":"[0-9a-f]{64}"\}\n$/)
})

const pathsOf = async (root: string): Promise<ReadonlyArray<string>> =>
  (await readdir(join(root, archiveFolder))).sort().map((name) => join(root, archiveFolder, name))

const kindsOf = async (root: string): Promise<ReadonlyArray<string>> =>
  (await verifyDirectory(root))?.findings.map((f) => `${f.kind} ${f.file.slice(0, 15)}`) ?? []

test('J8 a flipped byte and a lost archive are findings that name the file', async () => {
  const [first = '', second = ''] = await pathsOf(sample)
  const name = (path: string): string => path.slice(sample.length + 1)
  await onCopy(sample, async (root) => {
    const path = join(root, name(first))
    const bytes = await readFile(path)
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      await writeFile(path, flipped)
      const findings = (await verifyDirectory(root))?.findings ?? []
      assert.ok(
        findings.some((f) => f.file === name(first)),
        `byte ${at}`,
      )
    }
  })
  for (const lost of [first, second])
    await onCopy(sample, async (root) => {
      await rm(join(root, name(lost)))
      assert.ok((await kindsOf(root)).includes('missing-file journal.archive'), lost)
    })
})

test('J8 an archive written anew, with a chain of its own, is told from the real one', () =>
  onCopy(sample, async (root) => {
    const [path = ''] = await pathsOf(root)
    const content = archiveContent(gunzipSync(await readFile(path)))
    if (E.isLeft(content)) return assert.fail(content.left)
    const forged = new ArchiveText(content.right.start)
    let previous = content.right.start.previous
    for (const { seq, bytes } of content.right.records()) {
      const text = Buffer.from(bytes).toString().replaceAll('uid:0', 'uid:9')
      previous = chainHash(previous, Buffer.from(text))
      forged.record({ seq, hash: previous, bytes: Buffer.from(text) })
    }
    await writeFile(path, gzipSync(forged.close()))
    const kinds = await kindsOf(root)
    assert.ok(kinds.includes('bad-chain journal.archive'), kinds.join())
    assert.ok(kinds.includes('bad-record journal.archive'), kinds.join())
  }))

test('J8 a base that is not where the records begin is never opened', () =>
  onCopy(sample, async (root) => {
    const db = await openLevelDatabase(join(root, 'journal'))
    const value = await db.get(baseKey)
    const base = value === undefined ? undefined : decodeBase(value)
    assert.ok(base !== undefined)
    const moved = encodeBase({ seq: base.seq + 1, hash: base.hash })
    await db.write([{ type: 'put', key: baseKey, value: moved }])
    await db.close()
    const refused = await openJournal(inProcessOptions(root))
    assert.ok(E.isLeft(refused) && refused.left._tag === 'Quarantined')
    const findings = (await verifyDirectory(root))?.findings.map((f) => f.detail) ?? []
    assert.ok(findings.some((detail) => detail.includes('does not follow from the base')))
  }))

test('a damaged journal with archives shows what it can prove, the archives with it', () =>
  onCopy(sample, async (root) => {
    const table = (await readdir(join(root, 'journal'))).filter((n) => n.endsWith('.ldb')).at(-1)
    const path = join(root, 'journal', table ?? '')
    const bytes = await readFile(path)
    const at = Math.floor(bytes.length / 2)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await writeFile(path, bytes)
    const refused = await openJournal(inProcessOptions(root))
    if (E.isRight(refused) || refused.left._tag !== 'Quarantined')
      return assert.fail('it was opened')
    const { head, base, records }: Quarantine = refused.left
    assert.ok(base !== undefined && base.seq > 0)
    const provable = readOnlyStore({ records: [...records()], head, base, cause: 'damaged' })
    const store = readingThrough(provable, new Archives(archiveFilesIn(root)))
    const { world, folded } = await replay(store, false)
    assert.equal(folded, store.head().seq)
    assert.ok(folded >= base.seq)
    assert.equal(stateHash((await replay(store)).world), stateHash(world))
  }))

test.run()
