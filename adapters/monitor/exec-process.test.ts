/** The process document of an exec, and the account files behind it. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import type { ExecProcess } from '../../domain/ports/process-ports.ts'
import { readAccountFiles } from './account-files.ts'
import { execProcessDocument, mergeEnvironment, rootfsOf } from './exec-process.ts'

const test = suite('exec process')

const config = `{
  "root": {"path": "/some/rootfs"},
  "process": {
    "args": ["sh"], "cwd": "/work", "env": ["PATH=/bin", "HOME=/root", "A=1"],
    "user": {"uid": 0, "gid": 0, "umask": 18},
    "rlimits": [{"type": "RLIMIT_CORE", "hard": 18446744073709551615, "soft": 0}],
    "capabilities": {"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"], "permitted": ["CAP_KILL"]}
  }
}`

const accounts = {
  passwd: 'root:x:0:0::/root:/bin/sh\nguest:x:1000:1000::/home/guest:/bin/sh\n',
  group: 'guest:x:1000:\nextra:x:2000:guest\n',
}

const wish = (over: Partial<ExecProcess>): ExecProcess => ({
  args: ['id'],
  env: [],
  user: '',
  workingDir: '',
  terminal: false,
  openStdin: false,
  ...over,
})

const processOf = (over: Partial<ExecProcess>): Record<string, unknown> => {
  const document: unknown = JSON.parse(execProcessDocument(config, wish(over), accounts))
  if (!t.UnknownRecord.is(document)) throw new Error('no object')
  return document
}

test("an exec has the container's own process but for what it wishes", () => {
  const process = processOf({ env: ['A=2', 'B=3'] })
  assert.equal(process['args'], ['id'])
  assert.equal(process['env'], ['PATH=/bin', 'HOME=/root', 'A=2', 'B=3'])
  assert.is(process['cwd'], '/work')
  assert.equal(process['user'], { uid: 0, gid: 0, umask: 18 })
  assert.is(process['terminal'], false)
})

test('limits of 2^64-1 keep every digit', () => {
  assert.match(execProcessDocument(config, wish({}), accounts), /"hard": 18446744073709551615/)
})

test('a named user brings its groups and home, and no effective capabilities', () => {
  const process = processOf({ user: 'guest' })
  assert.equal(process['user'], { uid: 1000, gid: 1000, additionalGids: [2000, 1000], umask: 18 })
  assert.ok(JSON.stringify(process['env']).includes('HOME=/home/guest'))
  const none = { effective: [], permitted: [], ambient: [] }
  assert.equal(process['capabilities'], { bounding: ['CAP_KILL'], ...none })
  const root = processOf({ user: 'root' })['capabilities']
  assert.ok(JSON.stringify(root).includes('"effective":["CAP_KILL"]'))
})

test('an unknown user is EUSER', () => {
  assert.throws(() => processOf({ user: 'nobody' }), /unable to find user nobody/)
})

test('a terminal has TERM, unless the container or the exec says otherwise', () => {
  assert.ok(JSON.stringify(processOf({ terminal: true })['env']).includes('"TERM=xterm"'))
  const own = JSON.stringify(processOf({ terminal: true, env: ['TERM=vt100'] })['env'])
  assert.ok(own.includes('TERM=vt100') && !own.includes('xterm'))
})

test('the environment merges by name, the first mention keeps its place', () => {
  assert.equal(mergeEnvironment(['A=1', 'B=2'], ['A=3', 'C']), ['A=3', 'B=2', 'C'])
})

test('the rootfs is the one that the bundle names', () => {
  assert.is(rootfsOf(config), '/some/rootfs')
  assert.is(rootfsOf('{"root": {"path": "rootfs"}}'), undefined)
})

test('what a container made unreadable knows no users, and is no error', async () => {
  const root = mkdtempSync(`${tmpdir()}/isulad-test-`)
  mkdirSync(`${root}/etc/group`, { recursive: true })
  symlinkSync('passwd', `${root}/etc/passwd`)
  assert.equal(await readAccountFiles(root), { passwd: '', group: '' })
  rmSync(root, { recursive: true })
})

test.run()
