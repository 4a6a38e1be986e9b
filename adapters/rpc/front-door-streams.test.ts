/** The front door's streams: FIFOs of clients, events, logs, the journal. */
import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Engine } from '../../journal/engine/engine.ts'
import { eventOfEnvelope } from '../../journal/engine/feed.ts'
import { decodeEnvelope } from '../../journal/record/envelope-codec.ts'
import { memoryJournal } from '../../journal/store/memory-store.ts'
import { suite } from '../../properties/testing/suite.ts'
import { create, doorsOf, execOf, load, noFifos, start } from './testing/door-with-engine.ts'
import { ContainerServiceService as containers } from './wire/containers_server.ts'
import { EngineServiceService as engineCalls } from './wire/isulad_engine_server.ts'

const test = suite('front door streams')
const withDoor = doorsOf({
  open: (parts) => Engine.open(parts),
  memoryJournal,
  codec: { envelope: decodeEnvelope, event: eventOfEnvelope },
})

const makeFifos = (directory: string) => {
  mkdirSync(directory, { recursive: true })
  const [input = '', out = '', err = ''] = ['in', 'out', 'err'].map((n) => join(directory, n))
  execFileSync('mkfifo', ['-m', '600', input, out, err])
  return { input, out, err }
}

/** Opened before the call, as clients do; read after it, up to the end. */
const openReader = (path: string) => {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const block = Buffer.alloc(65_536)
  const readOnce = (): string | undefined => {
    try {
      return block.toString('utf8', 0, readSync(fd, block))
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return undefined
      throw error
    }
  }
  return async (): Promise<string> => {
    let all = ''
    for (let part = readOnce(); part !== ''; part = readOnce()) {
      if (part === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
      else all += part
    }
    closeSync(fd)
    return all
  }
}

test('run: output goes to the FIFOs of the client, which then read the end', () =>
  withDoor(async (door) => {
    await load(door)
    const { id } = await create(door, { cmd: ['echo', 'hello'] })
    const { out, err } = makeFifos(join(door.directory, 'fifos'))
    const [readOut, readErr] = [openReader(out), openReader(err)]
    const reply = await door.call(containers.start, {
      ...noFifos,
      id,
      stdout: out,
      attach_stdout: true,
      stderr: err,
      attach_stderr: true,
    })
    assert.equal(reply, { id, cc: 0, errmsg: '' })
    assert.is(await readOut(), 'hello\n')
    assert.is(await readErr(), '')
    assert.is((await door.call(containers.wait, { id, condition: 0 })).exit_code, 0)
  }))

test('exec: input is copied, its end is passed on, the code is answered (CLI-EXEC-10)', () =>
  withDoor(async (door) => {
    await load(door)
    const { id } = await create(door, {})
    await start(door, id)
    const { input, out } = makeFifos(join(door.directory, 'fifos'))
    const readOut = openReader(out)
    const writer = openSync(input, constants.O_RDWR | constants.O_NONBLOCK)
    writeFileSync(writer, 'typed text')
    const reply = door.call(containers.exec, {
      ...execOf(id, ['cat']),
      stdin: input,
      attach_stdin: true,
      stdout: out,
      attach_stdout: true,
    })
    setTimeout(() => closeSync(writer), 50)
    assert.is((await reply).exit_code, 0)
    assert.is(await readOut(), 'typed text')
  }))

test('exec in a stopped container is refused with its full id (CLI-ERR-02, CLI-SC-12)', () =>
  withDoor(async (door) => {
    await load(door)
    const { id } = await create(door, {})
    const reply = await door.call(containers.exec, execOf(id.slice(0, 12), ['true']))
    assert.equal(
      [reply.cc, reply.errmsg],
      [5, `Exec container error;Container is not running:${id}`],
    )
    await start(door, id)
    assert.is((await door.call(containers.exec, execOf(id, []))).cc, 5)
  }))

test('exec detached answers once it runs', () =>
  withDoor(async (door) => {
    await load(door)
    const { id } = await create(door, {})
    await start(door, id)
    assert.is((await door.call(containers.exec, execOf(id, ['sleep']))).cc, 0)
  }))

test('events: history from the journal, then live (CLI-EVENTS-02, CLI-SC-25)', () =>
  withDoor(async (door) => {
    await load(door)
    const { id } = await create(door, { name: 'one' })
    await create(door, { name: 'other' })
    await start(door, 'one')
    const past = { since: { seconds: 1, nanos: 0 }, until: undefined, storeOnly: false, id: 'one' }
    const watching = door.stream(containers.events, past, 5)
    await door.call(containers.stop, { id: 'one', force: false, timeout: 10 })
    const seen = await watching
    assert.equal(
      seen.map((e) => e.opt),
      ['container create', 'container start', 'container kill', 'container die', 'container stop'],
    )
    assert.ok(seen.every((e) => e.id === id && e.annotations['name'] === 'one'))
    assert.is(seen[3]?.annotations['exitCode'], '143')
    const stored = await door.stream(containers.events, { ...past, storeOnly: true })
    assert.is(stored.length, 5)
    const long = { ...past, until: { seconds: 2, nanos: 0 } }
    assert.equal(await door.stream(containers.events, long), [])
  }))

test('the journal is streamed from a sequence number on and resumes without a gap (R-56)', () =>
  withDoor(async (door) => {
    await load(door)
    const from = (from_seq: number) => ({ from_seq, follow: true, stream: '' })
    const head = door.engine.store.head().seq
    const watching = door.stream(engineCalls.journalEvents, from(1), head + 2)
    await create(door, {})
    const seqs = (await watching).map((r) => r.seq)
    assert.equal(
      seqs,
      seqs.map((_, i) => i + 1),
    )
    const [next] = await door.stream(engineCalls.journalEvents, from(head + 1), 1)
    assert.is(next?.seq, head + 1)
  }))

test('logs: the last lines of a container that has run (CLI-LOGS-03, CLI-SC-23)', () =>
  withDoor(async (door) => {
    await load(door)
    const { id } = await create(door, { cmd: ['exit', '0'] })
    const folder = join(door.layout.root, 'engines', 'crun', id)
    mkdirSync(folder, { recursive: true })
    const time = '2026-11-21T00:52:12.996818444+00:00'
    const text = ['one', 'two', 'three'].map((t) => `${time} stdout F ${t}\n`).join('')
    writeFileSync(join(folder, 'container.log'), text)
    const request = { id, runtime: '', since: '', until: '', timestamps: false, details: false }
    const all = await door.stream(containers.logs, { ...request, follow: true, tail: -1 })
    assert.equal(
      all.map((l) => [l.data.toString(), l.stream, l.time]),
      ['one', 'two', 'three'].map((t) => [`${t}\n`, 'stdout', '2026-11-21T00:52:12.996818444Z']),
    )
    const last = await door.stream(containers.logs, { ...request, follow: false, tail: 1 })
    assert.equal(
      last.map((l) => l.data.toString()),
      ['three\n'],
    )
    await start(door, id)
  }))

test('those who only wait do not hold up the end of the daemon', async () => {
  const began = performance.now()
  const ends: string[] = []
  const told = (error: Error): void => void ends.push(error.message)
  await withDoor(async (door) => {
    await load(door)
    const { id } = await create(door, {})
    const all = { since: undefined, until: undefined, storeOnly: false, id: '' }
    const watching = door.stream(containers.events, all).then(() => assert.unreachable(), told)
    const waiting = door
      .call(containers.wait, { id, condition: 0 })
      .then(() => assert.unreachable(), told)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await door.stop()
    await Promise.all([watching, waiting])
  })
  assert.ok(performance.now() - began < 450, 'the grace time was waited for')
  assert.ok(
    ends.every((text) => text.includes('the daemon is stopping')),
    ends.join(),
  )
})

test.run()
