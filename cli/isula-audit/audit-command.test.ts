/** What each command of `isula-audit` answers on a journal in a directory, and its exit code. */
import assert from 'node:assert/strict'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bootId } from '../../domain/identity.ts'
import { holderText, lockPath } from '../../journal/forensic/holder.ts'
import { secrets, withSampleJournal } from '../../properties/audit/sample-journal.ts'
import { suite } from '../../properties/testing/suite.ts'
import { runAudit } from './audit-command.ts'
import { commands } from './commands/all.ts'

const test = suite('isula-audit')

const audit = async (...args: ReadonlyArray<string>) => {
  let out = ''
  let error = ''
  const code = await runAudit(args, {
    out: (text) => void (out += text),
    error: (text) => void (error += text),
  })
  return { code, out, error }
}

type Json = Readonly<Record<string, unknown>>

const json = async (...args: ReadonlyArray<string>): Promise<Json> => {
  const { out } = await audit(...args, '--json')
  return JSON.parse(out) as Json
}

const sampled =
  (body: (root: string) => Promise<void>): (() => Promise<void>) =>
  () =>
    withSampleJournal(body)

test(
  'J4 J6 verify: a clean journal ends with 0, for the root and for the journal folder',
  sampled(async (root) => {
    for (const directory of [root, join(root, 'journal')]) {
      const { code, out } = await audit('verify', directory)
      assert.equal(code, 0, out)
      assert.match(out, /records: 22\nhead: {4}22 [0-9a-f]{64}\n/)
      assert.match(out, /replay +ok +the fold of all records is the snapshot at 22/)
      assert.match(out, /verdict: clean\n$/)
    }
  }),
)

test(
  'J8 verify: damage ends with 1 and names file and offset, in text and in JSON',
  sampled(async (root) => {
    const name = (await readdir(join(root, 'journal'))).find((n) => n.endsWith('.log')) ?? ''
    const path = join(root, 'journal', name)
    const data = await readFile(path)
    data[300] = (data[300] ?? 0) ^ 1
    await writeFile(path, data)
    const text = await audit('verify', root)
    assert.equal(text.code, 1)
    assert.match(text.out, new RegExp(`finding: files: journal/${name}: offset \\d+: bad-crc: `))
    const { ok, findings } = await json('verify', root)
    assert.equal(ok, false)
    assert.ok(Array.isArray(findings) && findings.length > 0)
    const timeline = await audit('timeline', '-j', root)
    assert.equal(timeline.code, 1)
    assert.match(timeline.out, /note: the journal has \d+ finding/)
  }),
)

test.needs(
  ['linux'],
  'a journal whose daemon lives is read with a note about its tail',
  sampled(async (root) => {
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

test(
  'timeline: all events, one object, one range, in plain words with causes',
  sampled(async (root) => {
    const all = await audit('timeline', '-j', root)
    assert.equal(all.code, 0)
    assert.equal(all.out.trim().split('\n').length, 23)
    assert.match(all.out, / #16 +run 1 ended because of a stop with code 143/)
    const { entries } = await json('timeline', '-j', root, 'gone')
    assert.ok(Array.isArray(entries))
    assert.equal(entries.length, 4)
    const some = await audit('timeline', '-j', root, '--from', '3', '--to', '5')
    assert.equal(some.out.trim().split('\n').length, 4)
    const past = await audit('timeline', '-j', root, '--to', '2001-01-01T00:00:00Z')
    assert.equal(past.out.trim().split('\n').length, 1)
  }),
)

test(
  'explain: containers, also removed ones, images, layers and the engine',
  sampled(async (root) => {
    const web = await json('explain', '-j', root, 'web')
    assert.equal(web['state'], 'exited')
    assert.match(JSON.stringify(web['why']), /stop requested with signal 15.*run 1 ended/)
    assert.equal((await json('explain', '-j', root, 'gone'))['state'], 'removed')
    assert.equal((await json('explain', '-j', root, 'image:busybox'))['state'], 'stored')
    assert.equal((await json('explain', '-j', root, 'layer:bbb'))['state'], 'committed')
    assert.equal((await json('explain', '-j', root, 'engine'))['state'], 'stopped')
    const nobody = await audit('explain', '-j', root, 'nobody')
    assert.equal(nobody.code, 2)
    assert.match(nobody.error, /knows no container, image or layer nobody/)
  }),
)

test(
  'state: the fold at a number, at a time, at the end, of one object',
  sampled(async (root) => {
    const end = await audit('state', '-j', root)
    assert.match(end.out, /after record 22/)
    assert.match(end.out, /web +exited +1 +143/)
    assert.doesNotMatch(end.out, /gone/)
    const early = await audit('state', '-j', root, '--at', '8')
    assert.match(early.out, /gone +inited/)
    assert.doesNotMatch(early.out, /idle/)
    const web = await json('state', '-j', root, '--at', '14', 'web')
    assert.match(JSON.stringify(web['state']), /"_tag":"Running"/)
    const before = await json('state', '-j', root, '--at', '2001-01-01T00:00:00Z', 'web')
    assert.deepEqual([before['seq'], before['state']], [0, null])
    assert.equal((await audit('state', '-j', root, '--at', '23')).code, 2)
    assert.equal((await audit('state', '-j', root, '--at', 'yesterday')).code, 2)
  }),
)

test(
  'diff: what appeared, vanished and changed between two points',
  sampled(async (root) => {
    const { changes } = await json('diff', '-j', root, '--from', '9', '--to', '22')
    assert.ok(Array.isArray(changes))
    const kinds = changes.map((c: { change: string }) => c.change).sort()
    assert.deepEqual(kinds, ['appeared', 'changed', 'changed', 'vanished'])
    const web = await audit('diff', '-j', root, '--from', '12', '--to', '14', 'web')
    assert.match(web.out, /phase\._tag: "Starting" -> "Running"/)
    assert.match((await audit('diff', '-j', root, '--from', '22')).out, /nothing changed/)
  }),
)

test.needs(
  ['linux'],
  'recover --plan: findings, records and effects of a start, and nothing is done',
  sampled(async (root) => {
    const before = await readdir(join(root, 'journal'))
    const args = ['-j', root, '--state', join(root, 'none'), '--cgroup-parent', '/isulad-none']
    const plan = await json('recover', '--plan', ...args)
    assert.equal(plan['previous'], 'clean')
    assert.match(JSON.stringify(plan['findings']), /its directory is missing/)
    assert.deepEqual([plan['effects'], plan['waits']], [[], []])
    assert.deepEqual(await readdir(join(root, 'journal')), before)
    assert.equal((await audit('recover', ...args)).code, 2)
  }),
)

test(
  'export and import --check: the copy tells no secret, verifies, and folds to its state',
  sampled(async (root) => {
    const file = join(root, 'bug.journal')
    const exported = await json('export', file, '-j', root)
    const text = await readFile(file, 'utf8')
    for (const secret of secrets) assert.ok(!text.includes(secret), secret)
    const checked = await json('import', '--check', file)
    assert.deepEqual([checked['ok'], checked['records']], [true, 22])
    assert.equal(checked['stateHash'], exported['stateHash'])
    assert.match((await audit('state', '-j', file)).out, /web +exited +1 +143/)
    assert.equal((await audit('verify', file)).code, 0)
    const again = await audit('export', file, '-j', root)
    assert.equal(again.code, 2)
    assert.match(again.error, /EEXIST/)
    await writeFile(file, text.replace('"signal":15', '"signal":16'))
    assert.equal((await audit('import', '--check', file)).code, 1)
  }),
)

test(
  'power-loss: the states of a copy and what each would recover to',
  sampled(async (root) => {
    const { code, out } = await audit('power-loss', root, '--states', '5')
    assert.equal(code, 0)
    assert.match(out, /last-batch-cut: /)
    assert.match(out, /states: every promise holds/)
    assert.equal((await json('power-loss', root, '--states', '5'))['ok'], true)
    assert.equal((await audit('power-loss', root, '--states', 'many')).code, 2)
  }),
)

test('wrong usage and unreadable sources end with 2, help with 0', async () => {
  for (const args of [
    [],
    ['frobnicate'],
    ['verify', '--fast', '/'],
    ['verify', 'a', 'b'],
    ['verify', '--html'],
    ['verify', '--json=yes', '/'],
    ['explain', '-j', '/nonexistent'],
    ['verify', '/nonexistent'],
    ['verify', '/etc/passwd'],
    ['verify', '/etc'],
    ['verify', '-H', 'unix:///nonexistent.sock'],
    ['import', '/etc/passwd'],
    ['power-loss'],
  ]) {
    const { code, out, error } = await audit(...args)
    assert.equal(code, 2, args.join(' '))
    assert.equal(out, '')
    assert.match(error, /^isula-audit: /)
  }
  const overview = await audit('--help')
  assert.equal(overview.code, 0)
  for (const { name, synopsis } of commands) {
    const { code, out } = await audit(name, '--help')
    assert.equal(code, 0)
    assert.ok(out.startsWith(`Usage:  isula-audit ${synopsis}`))
    assert.ok(overview.out.includes(synopsis))
  }
})

test.run()
