/** `isula-audit verify` finds what somebody did to a journal, and says nothing of a sound one. */
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { runAudit } from '../../cli/isula-audit/audit-command.ts'
import type { Envelope } from '../../journal/record/envelope.ts'
import { suite } from '../testing/suite.ts'
import {
  cutOut,
  flipByte,
  forgeHistory,
  forgeRecord,
  loseRecords,
  rollBack,
} from './forged-journals.ts'
import { createContainer, withEngine, withSampleJournal } from './sample-journal.ts'

const test = suite('audit of a damaged journal')

const verify = async (root: string): Promise<{ code: number; out: string }> => {
  let out = ''
  const note = (text: string): void => void (out += text)
  const code = await runAudit(['verify', root], { out: note, error: note })
  return { code, out }
}

const finds = (damage: (root: string) => Promise<void>, what: RegExp) => () =>
  withSampleJournal(async (root) => {
    assert.is((await verify(root)).code, 0, 'it is clean before')
    await damage(root)
    const { code, out } = await verify(root)
    assert.is(code, 1, out)
    assert.match(out, what)
  })

/** The exit code of the stopped container. */
const forged = (e: Envelope): Envelope => {
  const text = JSON.stringify(e.payload)
  assert.match(text, '"code":143')
  return {
    ...e,
    payload: JSON.parse(text.replace('"code":143', '"code":0')) as Envelope['payload'],
  }
}

const exitSeq = async (root: string): Promise<number> => {
  let out = ''
  const print = (text: string): void => void (out += text)
  await runAudit(['timeline', '-j', root, '--json'], { out: print, error: print })
  const { entries } = JSON.parse(out) as {
    readonly entries: ReadonlyArray<{ readonly seq: number; readonly kind: string }>
  }
  const seq = entries.find((e) => e.kind === 'ContainerExited')?.seq
  if (seq === undefined) throw new Error('there is no exit')
  return seq
}

const step = 97

test('J8 a flipped byte is found, wherever in the log it is', () =>
  withSampleJournal(async (root) => {
    const copy = await mkdtemp(join(tmpdir(), 'isula-audit-'))
    const { length } = await readFile(join(root, 'journal', '000003.log'))
    try {
      for (let at = 0; at < length; at += step) {
        await cp(root, copy, { recursive: true, force: true })
        await flipByte(copy, at)
        const { code, out } = await verify(copy)
        assert.is(code, 1, `byte ${at}: ${out}`)
      }
    } finally {
      await rm(copy, { recursive: true })
    }
  }))

test(
  'J8 a range that was cut out of the log is found',
  finds((root) => cutOut(root, 5_000, 9_000), /finding: files: .*(bad-crc|bad-format|hole)/),
)

test(
  'J4 records that are missing from an otherwise whole database are found',
  finds((root) => loseRecords(root, 9, 11), /finding: density: record 12: it follows record 8\n/),
)

test(
  'J4 a forged event whose own hash was computed anew is found, with the place',
  finds(async (root) => {
    await forgeRecord(root, await exitSeq(root), forged)
  }, /finding: chain: record \d+: its hash does not follow from its bytes and record \d+: one of/),
)

test(
  'J2 a history that was forged from one event on is found by the anchor',
  finds(async (root) => {
    await forgeHistory(root, await exitSeq(root), forged)
  }, /finding: files: journal.head: .*rolled-back: record 22 is not the one that was durable/),
)

test('J2 a directory that was rolled back to an older copy is found', () =>
  withSampleJournal(async (root) => {
    const older = await mkdtemp(join(tmpdir(), 'isula-audit-'))
    try {
      await cp(root, older, { recursive: true })
      await withEngine(root, (tell) => createContainer(tell, 4, 'later'))
      assert.is((await verify(root)).code, 0)
      await rollBack(root, older)
      const { code, out } = await verify(root)
      assert.is(code, 1)
      assert.match(out, /rolled-back: the journal ends at record 22, but record 2\d was durable/)
    } finally {
      await rm(older, { recursive: true })
    }
  }))

test(
  'D2 an event that may not follow its state is found, however well it is chained',
  finds(
    async (root) =>
      forgeHistory(root, await exitSeq(root), (e) => ({
        ...e,
        kind: 'ContainerCreated',
        payload: { id: e.payload['id'], operation: 'forged' },
      })),
    /finding: legality: record \d+: ContainerCreated may not follow in container:/,
  ),
)

test(
  'J7 an event that cannot be read is found, however well it is chained',
  finds(
    async (root) =>
      forgeHistory(root, await exitSeq(root), (e) => ({ ...e, kind: 'ContainerTeleported' })),
    /finding: codec: record \d+: unknown event kind ContainerTeleported/,
  ),
)

test(
  'J6 a snapshot that is not the fold of the records is found',
  finds(async (root) => {
    await forgeRecord(root, await exitSeq(root), forged)
  }, /finding: replay: snapshot at 22: it is not the fold of the records before it/),
)

test.run()
