/** The front door's plain calls: a real socket, a real engine, an instant host. */
import * as E from 'fp-ts/lib/Either.js'
import { lstatSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { Engine } from '../../journal/engine/engine.ts'
import { eventOfEnvelope } from '../../journal/engine/feed.ts'
import { decodeEnvelope } from '../../journal/record/envelope-codec.ts'
import { memoryJournal } from '../../journal/store/memory-store.ts'
import { suite } from '../../properties/testing/suite.ts'
import { create, doorsOf, execOf, list, load, start } from './testing/door-with-engine.ts'
import { ContainerStatus } from './wire/containers.ts'
import { ContainerServiceService as containers } from './wire/containers_server.ts'
import { ImagesServiceService as images } from './wire/images_server.ts'
import { EngineServiceService as engineCalls } from './wire/isulad_engine_server.ts'

const test = suite('front door')
const withDoor = doorsOf({
  open: (parts) => Engine.open(parts),
  memoryJournal,
  codec: { envelope: decodeEnvelope, event: eventOfEnvelope },
})

test('the socket has mode 0660 and the group that was asked for', () =>
  withDoor(async ({ socketPath }) => {
    const stat = lstatSync(socketPath)
    assert.ok(stat.isSocket())
    assert.is(stat.mode & 0o777, 0o660)
    assert.is(stat.gid, process.getgid?.())
  }))

test('create, start, list, stop, delete go round (CLI-STATE-01, CLI-STATE-08)', () =>
  withDoor(async (door) => {
    await load(door)
    const { id, cc } = await create(door, { name: 'one' })
    assert.is(cc, 0)
    assert.match(id, /^[0-9a-f]{64}$/)
    assert.equal((await list(door, false)).containers, [])
    assert.is((await list(door, true)).containers[0]?.status, ContainerStatus.CREATED)
    assert.is((await start(door, 'one')).cc, 0)
    const [shown] = (await list(door, false)).containers
    assert.is(shown?.status, ContainerStatus.RUNNING)
    assert.ok((shown?.pid ?? 0) > 0)
    const refused = await door.call(containers.delete, { id, force: false, volumes: false })
    assert.is(
      refused.errmsg,
      `You cannot remove a running container ${id}. ` +
        'Stop the container before attempting removal or use -f',
    )
    const stopped = await door.call(containers.stop, { id: 'one', force: false, timeout: 10 })
    assert.equal([stopped.cc, stopped.id], [0, id])
    assert.is((await list(door, true)).containers[0]?.exit_code, 143)
    const removed = await door.call(containers.delete, { id: 'one', force: false, volumes: false })
    assert.equal(removed, { id, exit_status: 0, cc: 0, errmsg: '' })
    assert.equal((await list(door, true)).containers, [])
  }))

test('a container is found by name, full id and unique prefix only (CLI-REF-02)', () =>
  withDoor(async (door) => {
    await load(door)
    const first = (await create(door, { name: 'one' })).id
    const found = (given: string) =>
      door.call(containers.inspect, { id: given, bformat: false, timeout: 120 })
    for (const given of ['one', first, first.slice(0, 20)])
      assert.is((await found(given)).cc, 0, given)
    const unknown = await found('nobody')
    assert.match(unknown.errmsg, 'No such image or container or accelerator:nobody')
    while ((await list(door, true)).containers.filter((c) => c.id[0] === first[0]).length < 2)
      await create(door, {})
    assert.match((await found(first.slice(0, 1))).errmsg, 'Multiple IDs found')
  }))

test('the actor and the request id of a client are in the journal', () =>
  withDoor(async (door) => {
    await load(door)
    await create(door, { name: 'one', requestId: 'my-request' })
    const records = await door.stream(engineCalls.journalEvents, {
      from_seq: 1,
      follow: false,
      stream: '',
    })
    const envelopes = records.map((r) => decodeEnvelope(r.envelope))
    const created = envelopes.find(
      (e) => E.isRight(e) && e.right.kind === 'ContainerCreateRequested',
    )
    if (created === undefined || E.isLeft(created)) return assert.unreachable()
    assert.is(created.right.actor, `uid:${process.getuid?.()}/pid:${process.pid}`)
    assert.is(created.right.request, 'my-request')
  }))

test('a repeated create with the same request id answers the same container (I12)', () =>
  withDoor(async (door) => {
    await load(door)
    const first = await create(door, { name: 'one', requestId: 'again' })
    const second = await create(door, { name: 'one', requestId: 'again' })
    assert.equal(second, first)
    assert.is((await list(door, true)).containers.length, 1)
  }))

test('create of an unknown image says so, as clients expect it before they pull', () =>
  withDoor(async (door) => {
    const reply = await create(door, {})
    assert.is(reply.cc, 5)
    assert.match(reply.errmsg, 'No such image')
  }))

test('a member that is not supported is refused by name', () =>
  withDoor(async (door) => {
    await load(door)
    const reply = await create(door, { host: { BlkioWeight: 5 } })
    assert.match(reply.errmsg, 'HostConfig.BlkioWeight')
  }))

test('wait answers a stopped container at once and a running one at its end (CLI-WAIT-01)', () =>
  withDoor(async (door) => {
    await load(door)
    const { id } = await create(door, {})
    await start(door, id)
    const waiting = door.call(containers.wait, { id, condition: 0 })
    await door.call(containers.kill, { id, signal: 9 })
    assert.is((await waiting).exit_code, 137)
    assert.is((await door.call(containers.wait, { id, condition: 0 })).exit_code, 137)
  }))

test('wait for removal gets the exit code although the container has gone before (R-40)', () =>
  withDoor(async (door) => {
    await load(door)
    const { id } = await create(door, { cmd: ['exit', '7'], host: { AutoRemove: true } })
    await start(door, id)
    for (let n = 0; n < 100 && (await list(door, true)).containers.length > 0; n += 1)
      await new Promise((resolve) => setTimeout(resolve, 10))
    const late = await door.call(containers.wait, { id, condition: 1 })
    assert.equal([late.cc, late.exit_code], [0, 7])
    const unknown = await door.call(containers.wait, { id: 'nobody', condition: 1 })
    assert.is(unknown.errmsg, 'No such container:nobody')
  }))

test('a failed start tells 127 by its words (spec 22 section 2)', () =>
  withDoor(async (door) => {
    await load(door)
    const { id } = await create(door, { cmd: ['no-such-program'] })
    const reply = await start(door, id)
    assert.is(
      reply.errmsg,
      `Start container error: runtime error: ${id}:exec: no such file or directory`,
    )
    assert.is((await door.call(containers.wait, { id, condition: 0 })).exit_code, 127)
  }))

test('paused containers refuse the other commands (CLI-STATE-06, CLI-SC-10)', () =>
  withDoor(async (door) => {
    await load(door)
    const { id } = await create(door, {})
    await start(door, id)
    assert.is((await door.call(containers.pause, { id })).cc, 0)
    assert.is(
      (await door.call(containers.pause, { id })).errmsg,
      `Container ${id} is already paused`,
    )
    const text = 'cannot start a paused container, try unpause instead'
    assert.is((await start(door, id)).errmsg, text)
    const exec = await door.call(containers.exec, execOf(id, ['true']))
    assert.match(exec.errmsg, 'unpause the container before exec')
    assert.is((await list(door, false)).containers[0]?.status, ContainerStatus.PAUSED)
    assert.is((await door.call(containers.resume, { id })).cc, 0)
    assert.is((await door.call(containers.resume, { id })).errmsg, `Container ${id} is not paused`)
  }))

test('images: list, inspect, tag, delete with the rules for names (IMG-RMI-02, IMG-RMI-05)', () =>
  withDoor(async (door) => {
    await load(door)
    await create(door, { name: 'user' })
    const names = async () =>
      (await door.call(images.list, { filters: {} })).images.map((i) => i.name)
    assert.equal(await names(), ['busybox:latest'])
    const tagged = { src_name: 'busybox', dest_name: 'mine:1' }
    assert.is((await door.call(images.tag, tagged)).cc, 0)
    assert.equal(await names(), ['busybox:latest', 'mine:1'])
    const inspected = await door.call(images.inspect, { id: 'mine:1', bformat: false, timeout: 0 })
    assert.match(inspected.ImageJSON, `"id":"${'a'.repeat(64)}"`)
    assert.is((await door.call(images.delete, { name: 'busybox', force: false })).cc, 0)
    assert.equal(await names(), ['mine:1'])
    const used = await door.call(images.delete, { name: 'mine:1', force: false })
    assert.match(used.errmsg, 'Image used by')
    const missing = await door.call(images.load, { file: '/none.tar', type: 'docker', tag: '' })
    assert.match(missing.errmsg, 'ENOENT')
  }))

test('version and info carry the facts of the daemon (INFO-SCN-03)', () =>
  withDoor(async (door) => {
    await load(door)
    await create(door, {})
    const { id } = await create(door, {})
    await start(door, id)
    const version = await door.call(containers.version, {})
    assert.equal([version.version, version.cc], ['2.1.6', 0])
    const info = await door.call(containers.info, {})
    const { containers_num, c_running, c_paused, c_stopped, images_num } = info
    assert.equal([containers_num, c_running, c_paused, c_stopped, images_num], [2, 1, 0, 1, 1])
  }))

test('import makes an image of one layer and answers its id without sha256', () =>
  withDoor(async (door) => {
    const made = await door.call(images.import, { file: '/rootfs.tar', tag: 'mine' })
    assert.equal([made.cc, made.errmsg], [0, ''])
    assert.match(made.id, /^[0-9a-f]{64}$/)
    const { ImageJSON } = await door.call(images.inspect, {
      id: 'mine:latest',
      bformat: false,
      timeout: 0,
    })
    assert.match(ImageJSON, made.id)
    const wrong = [
      [{ file: 'rootfs.tar', tag: 'mine' }, 'want the absolute path'],
      [{ file: '/none.tar', tag: 'mine' }, 'ENOENT'],
      [{ file: '/rootfs.tar', tag: 'Mine' }, 'invalid image name "Mine"'],
    ] as const
    for (const [request, text] of wrong) {
      const refused = await door.call(images.import, request)
      assert.equal([refused.cc, refused.id], [5, ''])
      assert.match(refused.errmsg, text)
    }
  }))

test('calls of later work are refused with a clear text', () =>
  withDoor(async (door) => {
    const account = { server: 'x', username: '', password: '', type: '' }
    const reply = await door.call(images.login, account)
    assert.equal([reply.cc, reply.errmsg], [5, 'login is not supported yet'])
  }))

test.run()
