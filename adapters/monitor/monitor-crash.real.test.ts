/** Whatever instant the daemon is killed at, what it started is found, proved and removable. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { execId } from '../../domain/identity.ts'
import { runDirectory, runtimeRoot, type ContainerRef } from '../../domain/ports/layout.ts'
import { suite } from '../../properties/testing/suite.ts'
import { cgroupDirectories } from '../cgroups/hierarchies.ts'
import { commandLine, identityOf, isAlive, listPids } from '../kernel/proc.ts'
import { makeObservePort } from '../observe/observe-port.ts'
import { isInCgroup } from '../observe/process-table.ts'
import { answerOf, eventually, makeFixture, type Fixture } from './testing/container-fixture.ts'
import { incarnationFiles } from './monitor-files.ts'

const test = suite('daemon killed')
let f: Fixture
const needs = ['root', 'program:crun', 'program:runc', 'program:conmon'] as const

test.before(async () => {
  f = await makeFixture()
})
test.after(() => f.close())

/** A fresh look, as a daemon that starts anew takes it. */
const observing = () =>
  makeObservePort({
    layout: f.layout,
    host: f.host,
    cgroupParents: () => [f.cgroupParent],
    keepsProofs: true,
  })

/** Starts the victim, lets it begin, and kills it after `afterMs`. */
const killedWhileLaunching = async (refs: ReadonlyArray<ContainerRef>, afterMs: number) => {
  const plan = { layout: f.layout, cgroupParent: f.cgroupParent, refs }
  const victim = fileURLToPath(new URL('./testing/launch-victim.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), victim, JSON.stringify(plan)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const ended = new Promise((resolve) => child.once('exit', resolve))
  await new Promise((resolve) => child.stdout.once('data', resolve))
  child.stdin.write('go\n')
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  child.kill('SIGKILL')
  await ended
}

const ofOurs = (pid: number): boolean =>
  isInCgroup(pid, f.cgroupParent) ||
  (commandLine(pid) ?? []).some((arg) => arg.includes(f.layout.state))

/** Zombies do not count: PID 1 takes its time. */
const survivors = (): ReadonlyArray<string> =>
  listPids()
    .filter((pid) => pid !== process.pid && identityOf(pid) !== undefined && ofOurs(pid))
    .map((pid) => `${pid} ${(commandLine(pid) ?? []).join(' ')}`)

const nothingLeft = async (refs: ReadonlyArray<ContainerRef>): Promise<void> => {
  assert.equal(survivors(), [])
  for (const ref of refs) {
    assert.not.ok(existsSync(runDirectory(f.layout, ref)))
    for (const d of cgroupDirectories(f.host, ref.cgroupPath)) assert.not.ok(existsSync(d), d)
    const root = runtimeRoot(f.layout, ref.runtime)
    if (existsSync(root)) assert.not.ok(readdirSync(root).includes(ref.id))
  }
  const { strangers, containers } = await answerOf(observing().observe())
  assert.equal(strangers, [])
  for (const ref of refs) {
    const { directory, ...rest } = containers[ref.id] ?? { directory: true }
    assert.ok(directory)
    if (containers[ref.id] === undefined) continue
    const empty = { rootfsMounted: false, cgroup: false, frozen: false, writableLayer: false }
    assert.equal(rest, { incarnations: [], runtime: 'absent', processes: 0, ...empty })
  }
}

const rounds = 20
/** From before the first fork to after the exec; a launch takes some 30 ms here. */
const latestMs = 90

for (let i = 0; i < rounds; i++) {
  const afterMs = Math.round((latestMs * i) / rounds + Math.random() * (latestMs / rounds))
  test.needs(needs, `at instant ${i} of a launch, nothing is orphaned (M-04, R-23)`, async () => {
    const refs = ['crun', 'runc', 'crun', 'runc'].map(f.newRef)
    for (const ref of refs) f.writeBundle(ref, { args: ['sleep', '1000'] })
    await killedWhileLaunching(refs.slice(0, 4), afterMs)
    for (const ref of refs) {
      const seen = await answerOf(f.monitor.observe(ref))
      if (existsSync(incarnationFiles(f.layout, ref).record)) {
        assert.ok(seen.init?.alive, 'a recorded init lives')
        assert.ok(seen.monitor?.alive, 'a recorded monitor lives')
      }
    }
    await Promise.all(refs.map(f.removeAll))
    await nothingLeft(refs)
  })
}

test.needs(needs, 'a finished launch is adopted with the same identities (R-21)', async () => {
  for (const runtime of ['crun', 'runc']) {
    const ref = f.newRef(runtime)
    f.writeBundle(ref, { args: ['sleep', '1000'] })
    const request = { ref, terminal: false, openStdin: false, name: 'adopted' }
    const launched = await answerOf(f.monitor.launch(request))
    await answerOf(f.runtime.start(ref))
    const { record } = incarnationFiles(f.layout, ref)
    rmSync(record)
    const seen = await answerOf(f.monitor.observe(ref))
    assert.equal(seen.init, { identity: launched.init, alive: true })
    assert.equal(seen.monitor, { identity: launched.monitor, alive: true })
    assert.ok(existsSync(record), 'what was proved is recorded')
    const host = await answerOf(observing().observe())
    const container = host.containers[ref.id]
    assert.is(container?.runtime, 'running')
    assert.is(container?.processes, 1)
    assert.ok(container?.cgroup)
    assert.equal(container?.incarnations[0]?.init, { identity: launched.init, alive: true })
    await f.removeAll(ref)
    await nothingLeft([ref])
  }
})

test.needs(needs, 'monitor and init killed: the exit is not invented (R-24, M-06)', async () => {
  const ref = f.newRef('crun')
  f.writeBundle(ref, { args: ['sleep', '1000'] })
  const request = { ref, terminal: false, openStdin: false, name: 'both' }
  const { init, monitor } = await answerOf(f.monitor.launch(request))
  await answerOf(f.runtime.start(ref))
  await answerOf(f.process.signal(monitor, 9))
  await answerOf(f.process.signal(init, 9))
  await eventually('both dead', () => (isAlive(init) || isAlive(monitor) ? undefined : true))
  const seen = await answerOf(f.monitor.observe(ref))
  assert.equal(seen, {
    init: { identity: init, alive: false },
    monitor: { identity: monitor, alive: false },
    oomKilled: false,
  })
  const host = await answerOf(observing().observe())
  assert.is(host.containers[ref.id]?.runtime, 'stopped')
  await f.removeAll(ref)
  await nothingLeft([ref])
})

test.needs(
  needs,
  'an exec of a dead daemon is ended by clearExec, the container lives',
  async () => {
    const ref = f.newRef('runc')
    f.writeBundle(ref, { args: ['sleep', '1000'] })
    const { init } = await answerOf(
      f.monitor.launch({ ref, terminal: false, openStdin: false, name: 'exec' }),
    )
    await answerOf(f.runtime.start(ref))
    const process = { args: ['sleep', '1000'], env: [], user: '', workingDir: '' }
    const request = { ...process, terminal: false, openStdin: false }
    const exec = await answerOf(f.monitor.exec({ ref, exec: execId('left'), process: request }))
    await answerOf(f.monitor.clearExec(ref, execId('left')))
    assert.not.ok(isAlive(exec.init))
    assert.not.ok(isAlive(exec.monitor))
    assert.ok(isAlive(init))
    await f.removeAll(ref)
    await nothingLeft([ref])
  },
)

test.run()
