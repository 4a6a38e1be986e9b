/** The whole life of containers and execs under a real monitor, with crun and with runc. */
import { existsSync, readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { execId, type ProcessIdentity } from '../../domain/identity.ts'
import { logFile, runDirectory, type ContainerRef } from '../../domain/ports/layout.ts'
import type { KnownExit } from '../../domain/ports/exit-record.ts'
import { suite } from '../../properties/testing/suite.ts'
import { cgroupDirectories } from '../cgroups/hierarchies.ts'
import { readMounts } from '../kernel/mountinfo.ts'
import { isAlive } from '../kernel/proc.ts'
import { makeMonitorControl } from './control.ts'
import { answerOf, eventually, makeFixture, type Fixture } from './testing/container-fixture.ts'
import type { AttachStream } from './attach-stream.ts'
import { streamKey } from './streams.ts'

const test = suite('monitor life')
let f: Fixture

test.before(async () => {
  f = await makeFixture()
})
test.after(() => f.close())

const exitOf = (ref: ContainerRef): Promise<KnownExit> =>
  eventually('exit', async () => (await answerOf(f.monitor.observe(ref))).exit)

const launched = (ref: ContainerRef, terminal = false, openStdin = false) =>
  answerOf(f.monitor.launch({ ref, terminal, openStdin, name: 'test' }))

/** A stream that remembers its text by kind. */
const remember = (stream: AttachStream) => {
  const text = { stdout: '', stderr: '' }
  stream.onOutput((kind, bytes) => void (text[kind] += Buffer.from(bytes).toString()))
  return { stream, text }
}

const expected = (key: string): Promise<AttachStream> =>
  new Promise((resolve, reject) => {
    f.streams.expect(key, { attached: resolve, failed: (reason) => reject(new Error(reason)) })
  })

const gone = async (ref: ContainerRef, processes: ReadonlyArray<ProcessIdentity>) => {
  await f.removeAll(ref)
  for (const process of processes) assert.not.ok(isAlive(process), `${process.pid} lives`)
  assert.not.ok(existsSync(runDirectory(f.layout, ref)))
  for (const d of cgroupDirectories(f.host, ref.cgroupPath)) assert.not.ok(existsSync(d), d)
  assert.is(await answerOf(f.runtime.status(ref)), 'absent')
}

for (const runtime of ['crun', 'runc']) {
  const needs = ['root', `program:${runtime}`, 'program:conmon', 'program:busybox'] as const

  test.needs(needs, `${runtime}: an exit code of 5 and all output are kept (R-25)`, async () => {
    const ref = f.newRef(runtime)
    f.writeBundle(ref, { args: ['sh', '-c', 'echo out; echo err >&2; exit 5'] })
    const mountsBefore = readMounts()
    const stream = expected(streamKey(ref.id))
    const { init, monitor } = await launched(ref)
    const { text, stream: client } = remember(await stream)
    assert.is(await answerOf(f.runtime.status(ref)), 'created')
    const before = await answerOf(f.monitor.observe(ref))
    assert.equal(before.init, { identity: init, alive: true })
    assert.equal(before.monitor, { identity: monitor, alive: true })
    assert.is(before.exit, undefined)
    await answerOf(f.runtime.start(ref))
    const exit = await exitOf(ref)
    assert.is(exit.code, 5)
    assert.equal(readMounts(), mountsBefore, 'the host has the same mounts')
    assert.ok(Math.abs(exit.wallMs - Date.now()) < 5_000)
    assert.is(await client.ended, 'ended')
    assert.equal(text, { stdout: 'out\n', stderr: 'err\n' })
    assert.match(readFileSync(logFile(f.layout, ref), 'utf8'), / stdout F out\n[^]* stderr F err\n/)
    assert.is(await answerOf(f.runtime.status(ref)), 'stopped')
    await gone(ref, [init, monitor])
  })

  test.needs(
    needs,
    `${runtime}: an exec answers 9 and leaves the container's exit alone`,
    async () => {
      const ref = f.newRef(runtime)
      const exec = execId('e1')
      f.writeBundle(ref, { args: ['sleep', '1000'] })
      const { init, monitor } = await launched(ref)
      await answerOf(f.runtime.start(ref))
      const stream = expected(streamKey(ref.id, exec))
      const started = answerOf(
        f.monitor.exec({
          ref,
          exec,
          process: {
            args: ['sh', '-c', 'echo $WHO $MORE $(id -u):$(id -G) $HOME; exit 9'],
            env: ['MORE=exec'],
            user: 'guest',
            workingDir: '/tmp',
            terminal: false,
            openStdin: false,
          },
        }),
      )
      const { text, stream: client } = remember(await stream)
      await started
      const seen = () => answerOf(f.monitor.observeExec(ref, exec))
      const exit = await eventually('exec exit', async () => (await seen()).exit)
      assert.is(exit.code, 9)
      await client.ended
      assert.is(text.stdout, 'container exec 1000:1000 2000 /tmp\n')
      assert.is((await answerOf(f.monitor.observe(ref))).exit, undefined)
      await answerOf(f.monitor.clearExec(ref, exec))
      assert.equal(await seen(), { oomKilled: false })
      await gone(ref, [init, monitor])
    },
  )

  test.needs(needs, `${runtime}: an unknown command keeps the runtime's words`, async () => {
    const ref = f.newRef(runtime)
    f.writeBundle(ref, { args: ['nosuch'] })
    const failure = await f.monitor.launch({ ref, terminal: false, openStdin: false, name: 'n' })()
    assert.is(failure._tag, 'Left')
    assert.match(JSON.stringify(failure), /"NotApplied","errno":"ERUNTIME".*executable file/)
    assert.match(JSON.stringify(failure), /not found in \$PATH/)
    assert.equal(await answerOf(f.monitor.observe(ref)), { oomKilled: false })
    await gone(ref, [])
  })

  test.needs(needs, `${runtime}: an unknown command in an exec is not applied`, async () => {
    const ref = f.newRef(runtime)
    f.writeBundle(ref, { args: ['sleep', '1000'] })
    const { init } = await launched(ref)
    await answerOf(f.runtime.start(ref))
    const process = { args: ['nosuch'], env: [], user: '', workingDir: '' }
    const request = { ...process, terminal: false, openStdin: false }
    const failure = await f.monitor.exec({ ref, exec: execId('e2'), process: request })()
    assert.match(JSON.stringify(failure), /"NotApplied","errno":"ERUNTIME".*not found/)
    assert.equal(await answerOf(f.monitor.observeExec(ref, execId('e2'))), { oomKilled: false })
    await gone(ref, [init])
  })

  test.needs(needs, `${runtime}: an OOM kill is 137 with the OOM flag`, async () => {
    const ref = f.newRef(runtime)
    f.writeBundle(ref, { args: ['tail', '/dev/zero'], memoryBytes: 16 * 1024 * 1024 })
    const { init, monitor } = await launched(ref)
    await answerOf(f.runtime.start(ref))
    assert.is((await exitOf(ref)).code, 137)
    await eventually(
      'oom flag',
      async () => (await answerOf(f.monitor.observe(ref))).oomKilled || undefined,
    )
    await gone(ref, [init, monitor])
  })

  test.needs(
    needs,
    `${runtime}: freeze and thaw, and a frozen container can be killed`,
    async () => {
      const ref = f.newRef(runtime)
      f.writeBundle(ref, { args: ['sleep', '1000'] })
      const { init, monitor } = await launched(ref)
      await answerOf(f.runtime.start(ref))
      await answerOf(f.cgroup.freeze(ref))
      assert.ok(await answerOf(f.cgroup.isFrozen(ref)))
      assert.is(await answerOf(f.runtime.status(ref)), 'paused')
      await answerOf(f.cgroup.thaw(ref))
      assert.not.ok(await answerOf(f.cgroup.isFrozen(ref)))
      await answerOf(f.cgroup.freeze(ref))
      await answerOf(f.cgroup.killAll(ref))
      assert.is((await exitOf(ref)).code, 137)
      await gone(ref, [init, monitor])
    },
  )

  test.needs(needs, `${runtime}: a terminal echoes and takes its size`, async () => {
    const ref = f.newRef(runtime)
    f.writeBundle(ref, { args: ['sh'], terminal: true })
    const stream = expected(streamKey(ref.id))
    const { init, monitor } = await launched(ref, true, true)
    const { text, stream: client } = remember(await stream)
    await answerOf(f.runtime.start(ref))
    await answerOf(makeMonitorControl(f.layout).resize(ref, { rows: 33, columns: 77 }))
    const said = (what: RegExp) =>
      eventually(`${what}`, () => (what.test(text.stdout) ? true : undefined))
    // The order goes through two FIFOs, so the size is asked for until it is there.
    for (let n = 0; n < 40 && !/33 77/.test(text.stdout); n++) {
      await client.write(Buffer.from('stty size\n'))
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await said(/stty size\r\n(.*\r\n)*33 77\r\n/)
    await client.write(Buffer.from('exit 3\n'))
    assert.is((await exitOf(ref)).code, 3)
    await client.ended
    await gone(ref, [init, monitor])
  })

  test.needs(
    needs,
    `${runtime}: the end of stdin reaches the process after all bytes`,
    async () => {
      const ref = f.newRef(runtime)
      f.writeBundle(ref, { args: ['cat'] })
      const stream = expected(streamKey(ref.id))
      const { init, monitor } = await launched(ref, false, true)
      const { text, stream: client } = remember(await stream)
      await answerOf(f.runtime.start(ref))
      const input = 'line of input\n'.repeat(50_000)
      assert.ok(await client.write(Buffer.from(input)))
      client.closeStdin()
      assert.is((await exitOf(ref)).code, 0)
      await client.ended
      assert.is(text.stdout.length, input.length)
      assert.ok(text.stdout === input)
      await gone(ref, [init, monitor])
    },
  )

  test.needs(
    needs,
    `${runtime}: a killed monitor leaves the container alive (M-07, R-24)`,
    async () => {
      const ref = f.newRef(runtime)
      f.writeBundle(ref, { args: ['sleep', '1000'] })
      const { init, monitor } = await launched(ref)
      await answerOf(f.runtime.start(ref))
      await answerOf(f.process.signal(monitor, 9))
      await eventually('monitor dead', () => (isAlive(monitor) ? undefined : true))
      const seen = await answerOf(f.monitor.observe(ref))
      assert.equal(seen.monitor, { identity: monitor, alive: false })
      assert.equal(seen.init, { identity: init, alive: true })
      assert.is(await answerOf(f.runtime.status(ref)), 'running')
      await answerOf(f.process.signal(init, 9))
      await eventually('init dead', () => (isAlive(init) ? undefined : true))
      const dead = await answerOf(f.monitor.observe(ref))
      assert.equal(dead.init, { identity: init, alive: false })
      assert.is(dead.exit, undefined)
      await gone(ref, [init, monitor])
    },
  )
}

test.run()
