/** A disk that is full while records leave the journal: it stays as it was, and goes on later. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { shortPast } from '../../properties/bench/long-past.ts'
import { suite } from '../../properties/testing/suite.ts'
import { replay } from '../fold/replay.ts'
import { stateHash } from '../fold/world-snapshot.ts'
import { findingText } from '../forensic/finding.ts'
import { verifyDirectory } from '../forensic/verify.ts'
import { inProcessOptions } from '../open/in-process-options.ts'
import { openJournal, type OpenJournal } from '../open/open-journal.ts'
import { openRefusalText } from '../open/refusal.ts'
import { hexOfHash } from '../record/hash-chain.ts'
import { stagedSuffix } from './archive-name.ts'
import { samplePass } from './testing/sample-pass.ts'

const test = suite('retention on a full disk')
const run = promisify(execFile)
const kib = 1_024
/** What is left when the pass begins, from nothing at all to enough for all of it. */
const leftKib = [0, 4, 8, 12, 16, 24, 32, 40, 48, 64, 96, 128, 256]

const opened = async (root: string): Promise<OpenJournal> => {
  const journal = await openJournal(inProcessOptions(root))
  return E.isLeft(journal) ? assert.fail(openRefusalText(journal.left)) : journal.right
}

const hashesOf = async (journal: OpenJournal): Promise<ReadonlyArray<string>> => {
  const hashes: Array<string> = []
  for await (const { hash } of journal.store().read(1)) hashes.push(hexOfHash(hash))
  return hashes
}

/** Takes all of the file system but so many bytes. */
const fillUp = async (root: string, leftBytes: number): Promise<void> => {
  const { bavail, bsize } = statfsSync(root)
  const junk = Math.max(0, bavail * bsize - leftBytes)
  await writeFile(join(root, 'junk'), Buffer.alloc(junk))
}

/** `before`: the records' hashes. Archived or not, they are all there, once and in one chain. */
const assertWhole = async (journal: OpenJournal, before: ReadonlyArray<string>): Promise<void> => {
  const hashes = await hashesOf(journal)
  assert.deepEqual(hashes.slice(0, before.length), before)
  const [quick, whole] = [await replay(journal.store()), await replay(journal.store(), false)]
  assert.equal(stateHash(quick.world), stateHash(whole.world))
  assert.equal(whole.folded, hashes.length)
}

/** Whether the pass failed for want of space. */
const passAt = async (sample: string, root: string, leftBytes: number): Promise<boolean> => {
  await cp(sample, root, { recursive: true })
  const journal = await opened(root)
  const before = await hashesOf(journal)
  await fillUp(root, leftBytes)
  const failure = await samplePass(journal).then(
    () => undefined,
    (error: unknown) => error,
  )
  await assertWhole(journal, before)
  const names = await journal.archives.list()
  assert.ok(!names.some((name) => name.endsWith(stagedSuffix)), names.join())
  await rm(join(root, 'junk'))
  // What the engine does after a failed write (J5).
  const reopened = await journal.reopen()
  if (E.isLeft(reopened)) return assert.fail(reopened.left)
  await assertWhole(journal, before)
  await samplePass(journal)
  await assertWhole(journal, before)
  const { archives } = (await replay(journal.store())).world.engine()
  const files = archives.map(({ file }) => file)
  assert.deepEqual([await journal.archives.list(), files.length], [files, 2])
  await journal.close()
  const verdict = await verifyDirectory(root)
  assert.deepEqual(verdict?.findings.map(findingText), [])
  return failure !== undefined
}

test.needs(
  ['root', 'program:mount'],
  'R-52 J1 J2 J5 however little is left, no record is lost, and the next pass ends it',
  async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'retention-full-'))
    const sample = join(scratch, 'sample')
    const disk = join(scratch, 'disk')
    await mkdir(sample)
    await mkdir(disk)
    try {
      const journal = await opened(sample)
      await journal.store().append(shortPast(journal.store().head()))
      await journal.close()
      const failed: Array<number> = []
      for (const left of leftKib) {
        await run('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=700', 'tmpfs', disk])
        try {
          if (await passAt(sample, disk, left * kib)) failed.push(left)
        } finally {
          await run('umount', [disk])
        }
      }
      console.log(`passes that failed with so much left: ${failed.join(', ')} KiB`)
      assert.ok(failed.length >= 3 && failed.length < leftKib.length, failed.join())
    } finally {
      await rm(scratch, { recursive: true })
    }
  },
)

test.run()
