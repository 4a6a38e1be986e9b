/** `npm start` and `npm start -- --stop` do what the README says, and leave nothing. */
// exclusive
// deadline: 120 s
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'

const test = suite('the tour of npm start')
const script = join(import.meta.dirname, 'start.mjs')
const place = mkdtempSync(join(tmpdir(), 'isulad-tour-'))
const needs = ['root', 'program:conmon', 'program:crun', 'program:busybox'] as const

const start = (...args: ReadonlyArray<string>): string => {
  const env = { ...process.env, ISULAD_DEMO: place, NODE_OPTIONS: '' }
  const ran = spawnSync(process.execPath, [script, ...args], { env, encoding: 'utf8' })
  assert.is(ran.status, 0, `${ran.stdout}\n${ran.stderr}`)
  return ran.stdout
}

test.after(() => {
  if (existsSync(join(place, 'root'))) start('--stop')
  rmSync(place, { recursive: true, force: true })
})

/** A process may end between the listing and the reading. */
const commandLine = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error) return ''
    throw error
  }
}

const processes = (): ReadonlyArray<string> =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandLine(name).includes(place))

const cgroups = (): ReadonlyArray<string> =>
  ['', ...readdirSync('/sys/fs/cgroup')]
    .map((hierarchy) => join('/sys/fs/cgroup', hierarchy, basename(place)))
    .filter((path) => existsSync(path))

const containerPid = (output: string): string =>
  /The container is still process (\d+)/.exec(output)?.[1] ?? 'none'

const tour = (): void => {
  const output = start()
  assert.match(output, /isulad \(pid \d+\) was killed with SIGKILL/)
  const pid = containerPid(output)
  assert.is(commandLine(pid), 'sleep\x003600\0', output)
  const verdict = output.split('$ isula audit verify\n')[1] ?? ''
  assert.match(verdict, 'The audit is clean.')
}

test.needs(needs, 'the container outlives the kill of its daemon, and the audit is clean', tour)

test.needs(needs, 'the tour can be taken again while it is there', () => {
  tour()
  assert.is(processes().filter((pid) => commandLine(pid).includes('conmon')).length, 1)
})

test.needs(needs, '--stop leaves no process, mount, cgroup or directory', () => {
  assert.ok(cgroups().length > 0)
  assert.match(start('--stop'), 'is removed')
  assert.is(existsSync(place), false)
  assert.equal(processes(), [])
  assert.equal(cgroups(), [])
  assert.is(readFileSync('/proc/self/mountinfo', 'utf8').includes(place), false)
  assert.match(start('--stop'), 'There is no demonstration')
})

test('an unknown option is refused', () => {
  const ran = spawnSync(process.execPath, [script, '--sotp'], { encoding: 'utf8' })
  assert.is(ran.status, 1)
  assert.match(ran.stderr, '--sotp is unknown')
})

test.run()
