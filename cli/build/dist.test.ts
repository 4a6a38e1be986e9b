/** What the build leaves in dist runs on its own: copied elsewhere, through a symlink, unaided. */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'

const test = suite('dist')
const root = join(import.meta.dirname, '../..')
const built = join(root, 'dist')
const folder = mkdtempSync(join(tmpdir(), 'dist-'))
const dist = join(folder, 'moved')

test.before(() => {
  if (!existsSync(built)) throw new Error('there is no dist: npm run build')
  // The compiled client alone is 110 MB and needs nothing beside it.
  cpSync(built, dist, { recursive: true, filter: (path) => path !== join(built, 'isula') })
})

test.after(() => rmSync(folder, { recursive: true }))

const run = (program: string, args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = process.env) =>
  spawnSync(program, args, { cwd: folder, encoding: 'utf8', env, timeout: 20_000 })

/** `node --import tsx` in the options of this process must not reach the programs under test. */
const plain: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: '' }

const executables = (): ReadonlyArray<string> =>
  readdirSync(dist).filter((name) => /^isula[a-z-]*$/.test(name))

test('the native packages load from a copy of dist, without the tree they came from', () => {
  const code = [
    "const { ClassicLevel } = require('classic-level')",
    "const libc = require('koffi').load('libc.so.6')",
    "const pid = libc.func('int getpid()')()",
    "new ClassicLevel('database').open().then(() => console.log(pid === process.pid))",
  ].join('\n')
  const script = join(dist, 'native-packages.cjs')
  writeFileSync(script, code)
  const ran = run(process.execPath, [script], plain)
  assert.is(ran.stdout, 'true\n', ran.stderr)
})

test('every executable starts from a copy of dist, by a symlink, and knows its options', () => {
  assert.ok(executables().length > 0)
  mkdirSync(join(folder, 'bin'))
  for (const name of executables()) {
    const link = join(folder, 'bin', name)
    symlinkSync(join('../moved', name), link)
    const ran = run(link, ['--help'], plain)
    assert.is(ran.status, 0, `${name} --help: ${ran.stderr}`)
    assert.ok(ran.stdout.length + ran.stderr.length > 0, `${name} --help says nothing`)
  }
})

test('a launcher finds a node though PATH names none', () => {
  const name = executables().find((other) => other !== 'isula')
  if (name === undefined) return
  const ran = run(join(dist, name), ['--help'], { ...plain, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' })
  assert.is(ran.status, 0, ran.stderr)
})

test('the daemon gets its thread pool size before Node starts', () => {
  const launcher = join(dist, 'isulad')
  if (!existsSync(launcher)) return
  assert.match(readFileSync(launcher, 'utf8'), 'export UV_THREADPOOL_SIZE=16\nexec ')
})

test('every bundle has its source map', () => {
  const names = readdirSync(join(dist, 'lib'))
  for (const name of names.filter((other) => other.endsWith('.mjs'))) {
    assert.ok(names.includes(`${name}.map`), name)
  }
})

test('completion and manual pages lie below share, a page for each command', () => {
  const share = join(dist, 'share')
  for (const path of ['bash-completion/completions/isula', 'zsh/site-functions/_isula'])
    assert.ok(statSync(join(share, path)).size > 1_000, path)
  const pages = readdirSync(join(share, 'man/man1'))
  for (const name of ['isula.1', 'isula-run.1', 'isula-ps.1']) assert.ok(pages.includes(name), name)
})

test('the client is an executable', () => {
  assert.ok((statSync(join(built, 'isula')).mode & 0o111) !== 0)
})

test.run()
