/** What `isula-audit verify` prints and with which code it ends. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { bootId } from '../../domain/identity.ts'
import { inProcessOptions } from '../../journal/open/in-process-options.ts'
import { openJournal } from '../../journal/open/open-journal.ts'
import { holderText, lockPath } from '../../journal/open/ownership.ts'
import { filled } from '../../properties/contracts/journal-store.contract.ts'
import { suite } from '../../properties/testing/suite.ts'
import { runAudit } from './audit-command.ts'

const test = suite('isula-audit verify')

const audit = async (...args: ReadonlyArray<string>) => {
  let out = ''
  let error = ''
  const code = await runAudit(args, {
    out: (text) => void (out += text),
    error: (text) => void (error += text),
  })
  return { code, out, error }
}

const inJournal =
  (body: (root: string) => Promise<void>): (() => Promise<void>) =>
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'isula-audit-'))
    try {
      const journal = await openJournal(inProcessOptions(root))
      if (E.isLeft(journal)) assert.fail(journal.left._tag)
      await filled(journal.right.store(), 4, 5)
      await journal.right.close()
      await body(root)
    } finally {
      await rm(root, { recursive: true })
    }
  }

test(
  'a clean journal ends with 0, for the root and for the journal folder',
  inJournal(async (root) => {
    for (const directory of [root, join(root, 'journal')]) {
      const { code, out } = await audit('verify', directory)
      assert.equal(code, 0)
      assert.match(out, /records: 20\nhead: {4}20 [0-9a-f]{64}\nverdict: clean\n$/)
    }
  }),
)

test(
  'J8 damage ends with 1 and names file and offset, in text and in JSON',
  inJournal(async (root) => {
    const name = (await readdir(join(root, 'journal'))).find((n) => n.endsWith('.log')) ?? ''
    const path = join(root, 'journal', name)
    const data = await readFile(path)
    data[300] = (data[300] ?? 0) ^ 1
    await writeFile(path, data)
    const text = await audit('verify', root)
    assert.equal(text.code, 1)
    assert.match(text.out, new RegExp(`finding: journal/${name}: offset \\d+: bad-crc: `))
    const json: unknown = JSON.parse((await audit('verify', '--json', root)).out)
    assert.ok(json instanceof Object && 'ok' in json && 'findings' in json)
    assert.equal(json.ok, false)
    assert.ok(Array.isArray(json.findings) && json.findings.length > 0)
  }),
)

test.needs(
  ['linux'],
  'a journal whose daemon lives is read with a note about its tail',
  inJournal(async (root) => {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    const stat = await readFile('/proc/self/stat', 'utf8')
    const startTicks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
    const holder = { boot: bootId(boot), pid: process.pid, startTicks }
    await writeFile(lockPath(root), holderText(holder))
    assert.match((await audit('verify', root)).out, /note: {4}the daemon lives \(pid \d+\)/)
    await writeFile(lockPath(root), holderText({ ...holder, startTicks: startTicks + 1 }))
    assert.doesNotMatch((await audit('verify', root)).out, /note:/)
  }),
)

test('wrong usage ends with 2, help with 0', async () => {
  for (const args of [
    [],
    ['frobnicate'],
    ['verify'],
    ['verify', '--fast', '/'],
    ['verify', 'a', 'b'],
  ])
    assert.equal((await audit(...args)).code, 2)
  assert.equal((await audit('verify', '/nonexistent')).code, 2)
  assert.equal((await audit('--help')).code, 0)
})

test.run()
