/** Identities, signals and exits of real processes. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import type { ProcessIdentity } from '../../domain/identity.ts'
import { bootId } from '../../domain/identity.ts'
import { createExitWatcher } from './exit-watcher.ts'
import { errnoName } from './libc.ts'
import { lastCapability, parseCapabilities, parseLimits } from './own-limits.ts'
import { openPidfd } from './pidfd.ts'
import {
  commandLine,
  currentBoot,
  identityOf,
  isAlive,
  listPids,
  parseStat,
  readStat,
} from './proc.ts'
import { processPort } from './process-port.ts'
import { createReadiness } from './readiness.ts'

const test = suite('process')
const firstThreadEnds = join(import.meta.dirname, 'fixtures/first-thread-ends.ts')
const children = new Set<ChildProcess>()
const readiness = createReadiness()
const watcher = createExitWatcher(readiness)
test.after(() => {
  for (const child of children) child.kill('SIGKILL')
  watcher.close()
  readiness.close()
})

const start = (...command: ReadonlyArray<string>): [ChildProcess, ProcessIdentity] => {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: 'ignore' })
  children.add(child)
  const identity = identityOf(child.pid ?? -1)
  if (identity === undefined) throw new Error(`no process of ${program}`)
  return [child, identity]
}

test('the command in a stat line may hold blanks and parentheses', () => {
  const after = 'S 7 1 1 0 -1 4194304 1 0 0 0 1 2 0 0 20 0 1 0 4711 1 2'
  const stat = parseStat(`42 (a) S (b) x) ${after}`)
  assert.equal(stat, {
    pid: 42,
    command: 'a) S (b) x',
    state: 'S',
    parentPid: 7,
    threads: 1,
    startTicks: 4711,
  })
  assert.is(parseStat('torn'), undefined)
})

test('a process is known by boot, pid and start ticks', () => {
  const [, identity] = start('sleep', '60')
  assert.is(identity.boot, currentBoot())
  assert.is(isAlive(identity), true)
  assert.is(isAlive({ ...identity, startTicks: identity.startTicks + 1 }), false)
  assert.is(isAlive({ ...identity, boot: bootId('another') }), false)
  assert.equal(commandLine(identity.pid)?.slice(1), ['60'])
  assert.is(listPids().includes(identity.pid), true)
})

test('a signal reaches the process that was meant', async () => {
  const [child, identity] = start('sleep', '60')
  const ended = once(child, 'exit')
  assert.equal(await processPort.signal(identity, 15)(), { _tag: 'Right', right: undefined })
  assert.equal(await ended, [null, 'SIGTERM'])
  assert.equal(await processPort.isAlive(identity)(), { _tag: 'Right', right: false })
})

const errnoOf = async (identity: ProcessIdentity, signal: number): Promise<string> => {
  const answer = await processPort.signal(identity, signal)()
  if (answer._tag === 'Right') return 'applied'
  return answer.left._tag === 'NotApplied' ? answer.left.errno : answer.left._tag
}

test('I5: no signal goes to a pid whose start ticks or boot differ', async () => {
  const [child, identity] = start('sleep', '60')
  assert.is(await errnoOf({ ...identity, startTicks: identity.startTicks - 1 }, 9), 'ESRCH')
  assert.is(await errnoOf({ ...identity, boot: bootId('another') }, 9), 'ESRCH')
  assert.is(child.exitCode ?? child.signalCode, null)
  assert.is(isAlive(identity), true)
})

test('bad signal numbers, absent pids and zombies are answered', async () => {
  const [, identity] = start('sleep', '60')
  for (const signal of [0, 65, -1, 1.5, NaN]) {
    assert.is(await errnoOf(identity, signal), 'EINVAL')
  }
  assert.is(await errnoOf({ ...identity, pid: 4_194_303 }, 9), 'ESRCH')
  // A shell that has become a sleeping program never reaps the child it left behind.
  const [, parent] = start('sh', '-c', 'sleep 0.01 & exec sleep 60')
  await new Promise((resolve) => setTimeout(resolve, 200))
  const zombies = listPids().filter((pid) => parentOf(pid) === parent.pid)
  assert.is(zombies.length, 1)
  const [pid = -1] = zombies
  assert.is(identityOf(pid), undefined)
  assert.is(await errnoOf({ ...identity, pid, startTicks: ticksOf(pid) }, 9), 'ESRCH')
})

test('a process whose first thread alone has ended lives, and its exit is told later', async () => {
  const [child, identity] = start(process.execPath, '--import', 'tsx', firstThreadEnds)
  const ended = once(child, 'exit')
  while (readStat(identity.pid)?.state !== 'Z') await new Promise((r) => setTimeout(r, 10))
  assert.is(isAlive(identity), true)
  const told = new Promise<string>((resolve) => watcher.watch(identity, () => resolve('told')))
  const quiet = new Promise<string>((resolve) => setTimeout(resolve, 50, 'quiet'))
  assert.is(await Promise.race([told, quiet]), 'quiet')
  assert.equal(await processPort.signal(identity, 9)(), { _tag: 'Right', right: undefined })
  assert.is(await told, 'told')
  await ended
  assert.is(isAlive(identity), false)
})

const parentOf = (pid: number): number | undefined => readStat(pid)?.parentPid
const ticksOf = (pid: number): number => readStat(pid)?.startTicks ?? -1

test('exits are told once each, for a hundred processes at a time', async () => {
  const descriptors = readdirSync('/proc/self/fd').length
  const told = new Map<number, number>()
  const pids = await new Promise<ReadonlyArray<number>>((resolve) => {
    const started = Array.from({ length: 100 }, (_, i) => start('sleep', `0.${100 + i * 4}`))
    for (const [, identity] of started) {
      watcher.watch(identity, () => {
        told.set(identity.pid, (told.get(identity.pid) ?? 0) + 1)
        if (told.size === 100) resolve(started.map(([, { pid }]) => pid))
      })
    }
  })
  assert.equal(new Set(told.values()), new Set([1]))
  assert.is(pids.length, 100)
  assert.ok(readdirSync('/proc/self/fd').length <= descriptors + 1)
})

test('an exit of long ago is told, but not before watch returns', async () => {
  const [child, identity] = start('sleep', '0.05')
  await once(child, 'exit')
  let returned = false
  const told = new Promise<boolean>((resolve) => watcher.watch(identity, () => resolve(returned)))
  returned = true
  assert.is(await told, true)
})

test('a cancelled watch tells nothing', async () => {
  const [child, identity] = start('sleep', '0.05')
  let told = 0
  watcher.watch(identity, () => void told++)()
  const [other, otherIdentity] = start('sleep', '0.1')
  await Promise.all([
    new Promise<void>((resolve) => watcher.watch(otherIdentity, resolve)),
    once(child, 'exit'),
    once(other, 'exit'),
  ])
  assert.is(told, 0)
})

test('errnos have their names', () => {
  assert.equal([16, 11, 95, 117, 999].map(errnoName), [
    'EBUSY',
    'EAGAIN',
    'EOPNOTSUPP',
    'EUCLEAN',
    'E999',
  ])
  assert.equal(openPidfd(-1), { ok: false, errno: 'EINVAL' })
})

test('capability sets and limits of this process can be read', () => {
  const status = readFileSync('/proc/self/status', 'utf8')
  assert.ok(parseCapabilities(status, 'CapBnd') !== undefined)
  assert.is(parseCapabilities('CapEff:\t0000000000000005\n', 'CapEff'), 5n)
  assert.ok(lastCapability() >= 40)
  assert.is(parseLimits(readFileSync('/proc/self/limits', 'utf8')).size, 16)
  const text = 'Max open files            1024                 unlimited            files\n'
  assert.equal(parseLimits(text).get('RLIMIT_NOFILE'), { soft: 1024n, hard: 'unlimited' })
})

test.run()
