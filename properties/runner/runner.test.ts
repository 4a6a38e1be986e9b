/** The test runner counts what happened: failures, hangs, crashes and silence, never as success. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../testing/suite.ts'

const test = suite('test runner')
const root = join(import.meta.dirname, '../..')
const results = join(root, '.tests')

/** Below the root, so that test files in it find the packages and the suite. */
mkdirSync(results, { recursive: true })
const scratch = mkdtempSync(join(results, 'runner-'))
test.after(() => rmSync(scratch, { recursive: true }))

const opening = [
  "import { suite } from '../../../properties/testing/suite.ts'",
  "const test = suite('fixture')",
].join('\n')

/** The text of a test file; `head` goes above all else, as a file's own settings do. */
const file = (body: string, head = ''): string => `${head}\n${opening}\n${body}\n`

const passing = (name: string): string => `test('${name}', () => undefined)`

interface Ran {
  readonly code: number | null
  readonly lines: ReadonlyArray<string>
  readonly output: string
  readonly folder: string
}

let folders = 0

const runTests = (
  files: Readonly<Record<string, string>>,
  args: ReadonlyArray<string> = [],
  env: NodeJS.ProcessEnv = {},
): Ran => {
  const folder = join(scratch, String((folders += 1)))
  mkdirSync(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const program = join(root, 'properties/runner/test.mjs')
  const ran = spawnSync(process.execPath, [program, '--in', folder, ...args], {
    encoding: 'utf8',
    env: { ...process.env, CI: '', TEST_REPORT: undefined, ...env },
    timeout: 60_000,
  })
  const output = ran.stdout + ran.stderr
  return { code: ran.status, lines: ran.stdout.trimEnd().split('\n'), output, folder }
}

const sum = ({ lines }: Ran): string => lines.at(-1) ?? ''
const green = file(`${passing('is fine')}\ntest.run()`)

test('passed tests are counted and named in .tests/passed.txt', () => {
  const ran = runTests({ 'a.test.ts': green })
  assert.is(sum(ran), '1 passed, 0 failed, 0 skipped', ran.output)
  assert.is(ran.code, 0)
  assert.is(readFileSync(join(ran.folder, '.tests/passed.txt'), 'utf8'), 'fixture: is fine\n')
})

test('a failed test is counted, its output is shown, and the run fails', () => {
  const body = "test('is wrong', () => { throw new Error('because') })\ntest.run()"
  const ran = runTests({ 'a.test.ts': file(`${passing('is fine')}\n${body}`) })
  assert.is(sum(ran), '1 passed, 1 failed, 0 skipped', ran.output)
  assert.is(ran.code, 1)
  assert.match(ran.output, 'FAILED fixture: is wrong')
  assert.match(ran.output, 'because')
})

test('a file that hangs is ended at its own deadline, what passed before it still counts', () => {
  const body = `${passing('is fine')}\ntest('hangs', () => { for (;;); })\ntest.run()`
  const ran = runTests({ 'a.test.ts': file(body, '// deadline: 2s'), 'b.test.ts': green })
  assert.is(sum(ran), '2 passed, 1 failed, 0 skipped', ran.output)
  assert.match(ran.output, /FAILED .*a\.test\.ts: no end after 2 s/)
})

test('a test that never answers fails by its own deadline', () => {
  const body = "test('waits', () => new Promise(() => undefined), 100)\ntest.run()"
  const ran = runTests({ 'a.test.ts': file(body) })
  assert.is(sum(ran), '0 passed, 1 failed, 0 skipped', ran.output)
  assert.match(ran.output, 'no result after 100 ms')
})

test('what a hanging file started is ended with it', () => {
  const folder = join(scratch, 'pid')
  const body = [
    "import { spawn } from 'node:child_process'",
    "import { writeFileSync } from 'node:fs'",
    "const child = spawn('sleep', ['300'])",
    `writeFileSync(${JSON.stringify(folder)}, String(child.pid))`,
    "test('hangs', () => new Promise(() => undefined))",
    'test.run()',
  ]
  runTests({ 'a.test.ts': file(body.join('\n'), '// deadline: 2s') })
  const stat = `/proc/${readFileSync(folder, 'utf8')}/stat`
  assert.ok(!existsSync(stat) || / Z /.test(readFileSync(stat, 'utf8')))
})

test('a file without run() is a failure', () => {
  const ran = runTests({ 'a.test.ts': file(passing('never runs')) })
  assert.is(sum(ran), '0 passed, 1 failed, 0 skipped', ran.output)
  assert.match(ran.output, 'reports no test')
})

test('a file that crashes after its tests passed is a failure', () => {
  const body = `${passing('is fine')}\ntest.after(() => process.exit(3))\ntest.run()`
  const ran = runTests({ 'a.test.ts': file(body) })
  assert.is(sum(ran), '1 passed, 1 failed, 0 skipped', ran.output)
  assert.match(ran.output, 'ended with code 3, though no test failed')
})

test('a file that cannot be loaded is a failure', () => {
  const ran = runTests({ 'a.test.ts': "import './nowhere.ts'\n" })
  assert.is(sum(ran), '0 passed, 1 failed, 0 skipped', ran.output)
})

test('no test file at all is a failure', () => {
  assert.is(sum(runTests({})), '0 passed, 1 failed, 0 skipped')
  const ran = runTests({ 'a.test.ts': green }, ['--only', 'no-such-file'])
  assert.is(sum(ran), '0 passed, 1 failed, 0 skipped', ran.output)
})

const skipping = file("test.needs(['program:no-such'], 'wants much', () => 1)\ntest.run()")

test('a skip is listed with its reason and lets the run pass', () => {
  const ran = runTests({ 'a.test.ts': skipping })
  assert.is(sum(ran), '0 passed, 0 failed, 1 skipped', ran.output)
  assert.is(ran.code, 0)
  assert.match(ran.output, 'SKIPPED fixture: wants much: needs the program no-such')
})

test('with CI=true a skip that nobody agreed to is a failure, a listed one is not', () => {
  const strict = runTests({ 'a.test.ts': skipping }, [], { CI: 'true' })
  assert.is(sum(strict), '0 passed, 1 failed, 0 skipped', strict.output)
  assert.match(strict.output, 'skipped but not listed')
  const table = '| test name | reason |\n| --- | --- |\n| fixture: wants much | rare |\n'
  const listed = runTests({ 'a.test.ts': skipping, 'skips.md': table }, [], { CI: 'true' })
  assert.is(sum(listed), '0 passed, 0 failed, 1 skipped', listed.output)
})

test('units run before real tests, and those before exclusive ones', () => {
  const ran = runTests({
    'a.test.ts': file('test.run()', '// exclusive') + passing('a'),
    'b.real.test.ts': file(`${passing('b')}\ntest.run()`),
    'c.test.ts': file(`${passing('c')}\ntest.run()`),
  })
  const order = ran.lines.flatMap((line) => /\/([abc])(\.real)?\.test\.ts: /.exec(line)?.[1] ?? [])
  assert.equal(order.slice(0, 3), ['c', 'b', 'a'], ran.output)
})

test('--only picks files by their path', () => {
  const ran = runTests({ 'a.test.ts': green, 'b.test.ts': green }, ['--only', 'b.test'])
  assert.is(sum(ran), '1 passed, 0 failed, 0 skipped', ran.output)
})

test('an unknown option runs nothing', () => {
  const ran = runTests({ 'a.test.ts': green }, ['--onyl', 'a'])
  assert.is.not(ran.code, 0)
  assert.not.match(ran.output, 'passed')
})

test.run()
