/** One broken object never stops the daemon or another object (I8), on a real host. */
// deadline: 120s
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { equal, is, match, not, ok } from 'uvu/assert'
import { flockLock } from '../../adapters/ownership/flock-lock.ts'
import { systemClock } from '../../adapters/ambient/clock.ts'
import { systemEntropy } from '../../adapters/ambient/entropy.ts'
import { systemTimer } from '../../adapters/ambient/timers.ts'
import { identityOf } from '../../adapters/kernel/proc.ts'
import { holderText, parseHolder } from '../../journal/forensic/holder.ts'
import { openJournal } from '../../journal/open/open-journal.ts'
import { encodeEnvelope } from '../../journal/record/envelope-codec.ts'
import { chainHash } from '../../journal/record/hash-chain.ts'
import { loadBusybox } from '../harness/busybox.ts'
import { TestDaemon } from '../harness/daemon.ts'
import { leaks } from '../harness/leaks.ts'
import { sweep } from '../harness/sweep.ts'
import { suite } from '../testing/suite.ts'

const test = suite('corruption')
const needs = ['root', 'program:conmon', 'program:busybox'] as const

const withDaemon = async (work: (daemon: TestDaemon) => Promise<void>): Promise<void> => {
  const daemon = new TestDaemon()
  try {
    await daemon.start()
    await loadBusybox(daemon)
    await work(daemon)
  } finally {
    await daemon.dispose()
  }
}

const sleeper = (daemon: TestDaemon, name: string): Promise<string> =>
  daemon.ok('run', '-d', '--name', name, 'busybox', 'sleep', '1000')

/** Appends an event of a kind that no engine knows to one container's stream. */
const appendUnknownKind = async (root: string, id: string): Promise<void> => {
  const clock = systemClock()
  const identity = identityOf(process.pid)
  if (identity === undefined) throw new Error('no identity')
  const opened = await openJournal({
    root,
    identity,
    lock: flockLock({ write: holderText, read: parseHolder }),
    clock,
    timer: systemTimer(clock),
    entropy: systemEntropy,
    onSideError: (error) => console.error(error),
  })
  if (opened._tag === 'Left') throw new Error(opened.left._tag)
  const store = opened.right.store()
  const stream = `container:${id}`
  const { seq, hash } = store.head()
  const streamSeq = ((await store.streamHeads()).get(stream) ?? 0) + 1
  const now = clock.now()
  const bytes = encodeEnvelope({
    seq: seq + 1,
    at: now.wallMs,
    mono: now.monoMs,
    boot: now.boot,
    actor: 'test',
    request: '',
    causation: 0,
    stream,
    streamSeq,
    kind: 'ContainerTeleported',
    v: 1,
    payload: { id },
  })
  await store.append([{ seq: seq + 1, bytes, hash: chainHash(hash, bytes), stream, streamSeq }])
  await store.deleteSnapshots()
  await opened.right.close()
}

test.needs(needs, 'R-11 R-20: an unknown event kind puts only its own container out of use', () =>
  withDaemon(async (daemon) => {
    const broken = await sleeper(daemon, 'broken')
    await sleeper(daemon, 'sound')
    await daemon.signal('SIGTERM')
    await appendUnknownKind(daemon.root, broken)
    await daemon.start()
    const names = (await daemon.ok('ps', '-a', '--format', '{{.Names}}')).split('\n').sort()
    equal(names, ['broken', 'sound'])
    is(await daemon.ok('exec', 'sound', 'echo', 'ok'), 'ok')
    const refused = await daemon.isula(['stop', '-t', '0', 'broken'])
    not.equal(refused.code, 0)
    match(refused.stderr, /ContainerTeleported/)
    match((await daemon.isula(['audit', 'verify'])).stdout, /ContainerTeleported/)
    await daemon.ok('run', '--rm', 'busybox', 'true')
    await daemon.ok('rm', '-f', 'sound')
    const pid = Number(await daemon.inspect('broken', '.State.Pid'))
    await daemon.kill9()
    process.kill(pid, 'SIGKILL')
    rmSync(`${daemon.root}/journal`, { recursive: true, force: true })
    rmSync(`${daemon.root}/journal.head`, { force: true })
  }),
)

test.needs(
  needs,
  'M-03 R-15 R-19: a damaged layer never stops the daemon, deletes an image or a container',
  () =>
    withDaemon(async (daemon) => {
      const id = await sleeper(daemon, 'user')
      await daemon.kill9()
      const layers = `${daemon.root}/storage/overlay`
      for (const layer of readdirSync(layers)) truncateSync(`${layers}/${layer}/layer.json`)
      await daemon.start()
      is(await daemon.inspect('user', '.State.Status'), 'running')
      match(await daemon.ok('images'), /busybox/)
      match(await daemon.ok('recovery', 'show'), /layer/)
      is(await daemon.ok('rm', '-f', 'user'), id)
      equal(await leaks(daemon), [])
    }),
)

test.needs(needs, 'M-08 RT-SEL-08: a missing runtime binary is an error of the operation', () =>
  withDaemon(async (daemon) => {
    const id = await daemon.ok('create', '--name', 'stuck', 'busybox', 'true')
    await daemon.signal('SIGTERM')
    const wrapper = `${daemon.directory}/runtime.sh`
    writeFileSync(wrapper, '#!/bin/sh\nexec runc "$@"\n', { mode: 0o755 })
    const config = { runtimes: { fragile: { path: wrapper, 'runtime-args': [] } } }
    writeFileSync(`${daemon.directory}/daemon.json`, JSON.stringify(config))
    await daemon.start()
    await daemon.ok('create', '--name', 'fragile', '-R', 'fragile', 'busybox', 'true')
    rmSync(wrapper)
    const failed = await daemon.isula(['start', 'fragile'])
    not.equal(failed.code, 0)
    match(failed.stderr, new RegExp(wrapper))
    await daemon.ok('start', 'stuck')
    is(await daemon.ok('wait', id), '0')
    await daemon.ok('rm', 'stuck', 'fragile')
    equal(await leaks(daemon), [])
  }),
)

test.needs(
  needs,
  'R-12 J8: a damaged journal is quarantined; ps and audits still answer, commands are refused',
  () =>
    withDaemon(async (daemon) => {
      await sleeper(daemon, 'seen')
      await daemon.kill9()
      const folder = `${daemon.root}/journal`
      const log = readdirSync(folder).find((name) => name.endsWith('.log'))
      ok(log)
      const bytes = readFileSync(`${folder}/${log}`)
      const middle = Math.floor(bytes.length / 2)
      bytes[middle] = (bytes[middle] ?? 0) ^ 0xff
      writeFileSync(`${folder}/${log}`, bytes)
      await daemon.start()
      is((await daemon.isula(['ps', '-a'])).code, 0)
      const refused = await daemon.isula(['create', 'busybox', 'true'])
      not.equal(refused.code, 0)
      match(refused.stderr, /journal is read-only/)
      not.equal((await daemon.isula(['audit', 'verify'])).code, 0)
      equal(readFileSync(`${folder}/${log}`), bytes, 'the evidence is untouched')
      await daemon.kill9()
      await sweep(daemon)
      rmSync(folder, { recursive: true, force: true })
      rmSync(`${daemon.root}/journal.head`, { force: true })
    }),
)

test.run()
