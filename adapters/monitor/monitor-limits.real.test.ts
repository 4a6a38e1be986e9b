/** Runtimes that hang, clients that do not read, clients that come late, and prompt notices. */
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as assert from 'uvu/assert'
import { runDirectory, type ContainerRef } from '../../domain/ports/layout.ts'
import type { HostNotice } from '../../domain/ports/process-ports.ts'
import { suite } from '../../properties/testing/suite.ts'
import { createExitWatcher } from '../kernel/exit-watcher.ts'
import { isAlive } from '../kernel/proc.ts'
import type { AttachStream } from './attach-stream.ts'
import { answerOf, eventually, makeFixture, type Fixture } from './testing/container-fixture.ts'
import { streamKey } from './streams.ts'
import { makeWatchPort } from './watch-port.ts'

const test = suite('monitor limits')
const needs = ['root', 'program:crun', 'program:conmon', 'program:busybox'] as const
const limits = { highWaterBytes: 64 * 1024, stallMs: 300 }
const scripts = mkdtempSync(`${tmpdir()}/isulad-scripts-`)
let f: Fixture

test.before(async () => {
  const path = `${scripts}/hangs`
  writeFileSync(path, '#!/bin/sh\nsleep 1000 &\nwait\n')
  chmodSync(path, 0o755)
  const runtimes = { hangs: { path, args: [] }, gone: { path: `${scripts}/gone`, args: [] } }
  f = await makeFixture({ runtimes, limits, launchMs: 1_000 })
})
test.after(async () => {
  await f.close()
  rmSync(scripts, { recursive: true })
})

const launch = (ref: ContainerRef, openStdin = false) =>
  f.monitor.launch({ ref, terminal: false, openStdin, name: 'limits' })

const expected = (ref: ContainerRef): Promise<AttachStream> =>
  new Promise((resolve, reject) => {
    const failed = (reason: string): void => reject(new Error(reason))
    f.streams.expect(streamKey(ref.id), { attached: resolve, failed })
  })

test.needs(
  needs,
  'a runtime that hangs is indeterminate, and clear ends it (RT-FLOW-06)',
  async () => {
    const ref = f.newRef('hangs')
    f.writeBundle(ref, { args: ['true'] })
    const answer = await launch(ref)()
    assert.match(JSON.stringify(answer), /"Indeterminate"/)
    const seen = await answerOf(f.monitor.observe(ref))
    assert.is(seen.init, undefined)
    assert.ok(seen.monitor?.alive)
    await answerOf(f.monitor.clear(ref))
    assert.not.ok(isAlive(seen.monitor.identity))
    assert.not.ok(existsSync(runDirectory(f.layout, ref)))
    assert.equal(await answerOf(f.monitor.observe(ref)), { oomKilled: false })
  },
)

test.needs(needs, 'a missing runtime binary is named (RT-SEL-08)', async () => {
  const ref = f.newRef('gone')
  f.writeBundle(ref, { args: ['true'] })
  assert.match(JSON.stringify(await launch(ref)()), /"NotApplied","errno":"ERUNTIME".*\/gone/)
  const unknown = { ...ref, runtime: 'nosuch' }
  assert.match(JSON.stringify(await launch(unknown)()), /"NotApplied".*unknown runtime nosuch/)
})

test.needs(needs, 'a launch is refused over a launch that was (W3)', async () => {
  const ref = f.newRef('crun')
  f.writeBundle(ref, { args: ['sleep', '1000'] })
  const { init } = await answerOf(launch(ref))
  assert.match(JSON.stringify(await launch(ref)()), /"NotApplied","errno":"EEXIST"/)
  const next = { ...ref, attempt: 2 }
  f.writeBundle(next, { args: ['sleep', '1000'] })
  assert.match(JSON.stringify(await launch(next)()), /"NotApplied","errno":"EEXIST"/)
  assert.ok(isAlive(init), 'the refused launch left the first one alone')
  await f.removeAll(ref)
  await f.removeAll(next)
})

test.needs(needs, 'a client that does not read is cut, the container goes on (R-55)', async () => {
  const ref = f.newRef('crun')
  f.writeBundle(ref, { args: ['sh', '-c', 'head -c 4000000 /dev/zero; exit 4'] })
  const waiting = expected(ref)
  const writer = await Promise.all([answerOf(launch(ref)), waiting])
  const stuck = writer[1]
  stuck.onOutput(() => new Promise(() => undefined))
  const reader = await answerOf(f.streams.attach(ref))
  let readBytes = 0
  reader.onOutput((_, bytes) => void (readBytes += bytes.length))
  await answerOf(f.runtime.start(ref))
  assert.is(await stuck.ended, 'slow')
  const observed = () => answerOf(f.monitor.observe(ref))
  const exit = await eventually('exit', async () => (await observed()).exit)
  assert.is(exit.code, 4)
  assert.is(await reader.ended, 'ended')
  assert.is(readBytes, 4_000_000)
  await f.removeAll(ref)
})

test.needs(needs, 'clients may come and go: a kept stdin outlives them', async () => {
  const ref = f.newRef('crun')
  f.writeBundle(ref, { args: ['cat'] })
  const { init } = await answerOf(launch(ref, true))
  await answerOf(f.runtime.start(ref))
  for (const word of ['one', 'two']) {
    const stream = await answerOf(f.streams.attach(ref))
    let text = ''
    stream.onOutput((_, bytes) => void (text += Buffer.from(bytes).toString()))
    assert.ok(await stream.write(Buffer.from(`${word}\n`)))
    await eventually('echo', () => (text === `${word}\n` ? true : undefined))
    stream.closeStdin()
    stream.close()
    assert.is(await stream.ended, 'closed')
  }
  assert.ok(isAlive(init))
  await f.removeAll(ref)
  assert.match(JSON.stringify(await f.streams.attach(ref)()), /"NotApplied","errno":"ESRCH"/)
})

test.needs(
  needs,
  'the exit of a watched container is told at once, also to a later daemon',
  async () => {
    const ref = f.newRef('crun')
    f.writeBundle(ref, { args: ['sh', '-c', 'sleep 0.3; exit 6'] })
    const { init, monitor } = await answerOf(launch(ref))
    await answerOf(f.runtime.start(ref))
    const notices: Array<HostNotice> = []
    const watch = makeWatchPort({
      layout: f.layout,
      exits: createExitWatcher(),
      onTrouble: (text) => assert.unreachable(text),
    })
    const known = new Promise<number>((resolve) => {
      watch.onNotice((notice) => {
        notices.push(notice)
        void answerOf(f.monitor.observe(ref)).then(({ exit }) => exit && resolve(exit.code))
      })
    })
    watch.watch(ref, [init, monitor])
    assert.is(await known, 6)
    assert.equal(notices[0], { _tag: 'LaunchChanged', id: ref.id, attempt: 1 })
    watch.unwatch(ref.id)
    await f.removeAll(ref)
  },
)

test.run()
