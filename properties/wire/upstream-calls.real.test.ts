/** Requests as upstream's client writes them, byte by byte, at a real daemon: the unary calls. */
import { equal, is, match, ok } from 'uvu/assert'
import { eventually } from '../harness/processes.ts'
import { CliFile, sleeper } from '../real/cli/cli-file.ts'
import { entry, flag, messagesOf, number, numberOf, shown, text, textOf } from './protobuf.ts'
import { none, plainHost, sleeping, succeeded, UpstreamDoor, verdict } from './upstream-door.ts'

const cli = new CliFile('upstream calls')
const { test } = cli
const door = new UpstreamDoor(cli)
const { call, reply, create, inspected, remove } = door

test('spec 22 section 6: the recorded run -d makes what it asks for', async () => {
  const host =
    '{"Binds":["/tmp:/mnt:ro"],"RestartPolicy":{"Name":"no"},' +
    '"Memory":67108864,"NanoCpus":500000000}'
  const custom = JSON.stringify({
    Env: ['A=B'],
    Cmd: sleeper,
    Labels: { x: 'y' },
    Annotations: {},
  })
  const id = await create('demo', custom, host)
  match(id, /^[0-9a-f]{64}$/)
  const started = await reply('Start', text(1, id))
  equal(verdict(started, 2), succeeded)
  const document = await inspected('demo')
  for (const part of ['"A=B"', '"x": ?"y"', '67108864', '/tmp:/mnt:ro', `"Id": ?"${id}"`])
    match(document, new RegExp(part))
})

test('spec 22 section 3: List, and one value a filter key', async () => {
  const list = async (...fields: ReadonlyArray<Buffer>): Promise<ReadonlyArray<Buffer>> => {
    const got = await reply('List', ...fields)
    equal(verdict(got, 2), succeeded)
    return messagesOf(got, 1)
  }
  await create('still', sleeping)
  equal(
    (await list()).map((one) => textOf(one, 16)),
    ['demo'],
  )
  const [demo = none] = await list()
  equal(
    [numberOf(demo, 3), textOf(demo, 7), numberOf(demo, 11), textOf(demo, 14)],
    [3, 'busybox', 0, '0001-01-01T00:00:00Z'],
  )
  match(textOf(demo, 13), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(\+00:00|Z)$/)
  ok(numberOf(demo, 2) > 1 && numberOf(demo, 18) > 1e18)
  equal((await list(flag(2))).length, 2)
  const filtered = async (key: string, value: string) =>
    (await list(entry(1, key, value))).map((one) => textOf(one, 16))
  equal(await filtered('status', 'created'), ['still'])
  equal(await filtered('status', 'inited'), ['still'])
  equal(await filtered('last_n', '1'), ['still'])
  equal(await filtered('name', 'em'), ['demo'])
  equal(await filtered('label', 'x=y'), ['demo'])
  const wrong = await reply('List', entry(1, 'colour', 'red'))
  equal(verdict(wrong, 2), [5, "Invalid filter 'colour'"])
  await remove('still')
})

test('spec 22 section 2: strings that the client looks for, with gRPC OK and cc 5', async () => {
  const made = await reply(
    'Create',
    ...[text(3, 'absent'), text(5, plainHost), text(6, '{"Annotations":{}}')],
  )
  is(numberOf(made, 3), 5)
  match(textOf(made, 4), 'No such image')
  match(textOf(made, 1), /^[0-9a-f]{64}$/)
  const shownNone = await reply('Inspect', text(1, 'absent'), number(3, 120))
  is(numberOf(shownNone, 2), 5)
  match(textOf(shownNone, 3), 'No such image or container or accelerator')
  equal(verdict(await reply('Delete', text(1, 'nobody')), 3), [5, 'No such container:nobody'])
  const missing = await create('missing', '{"Cmd":["no-such-program"],"Annotations":{}}')
  match(textOf(await reply('Start', text(1, missing)), 3), /executable file not found|no such file/)
  await remove('missing')
  const emptyHost = await reply('Create', text(3, 'busybox'), text(6, '{"Annotations":{}}'))
  is(numberOf(emptyHost, 3), 5)
})

test('spec 22 section 6: the calls that change a container', async () => {
  const id = textOf(await reply('Pause', text(1, 'demo')), 1)
  match(id, /^[0-9a-f]{64}$/)
  is(numberOf(messagesOf(await reply('List', flag(2)), 1)[0] ?? none, 3), 5)
  equal(verdict(await reply('Resume', text(1, 'demo')), 2), succeeded)
  equal(verdict(await reply('Rename', text(1, 'demo'), text(2, 'renamed')), 2), succeeded)
  equal(verdict(await reply('Update', text(1, id), text(2, '{"Memory":83886080}')), 2), succeeded)
  match(await inspected('renamed'), '83886080')
  equal(verdict(await reply('Restart', text(1, id), number(2, 1)), 2), succeeded)
  const waiting = reply('Wait', text(1, id))
  equal(verdict(await reply('Kill', text(1, id), number(2, 9)), 2), succeeded)
  const waited = await waiting
  equal([numberOf(waited, 1), numberOf(waited, 2), textOf(waited, 3)], [0, 137, ''])
  equal(verdict(await reply('Start', text(1, id)), 2), succeeded)
  // -t 0: the time is absent.
  equal(verdict(await reply('Stop', text(1, id)), 2), succeeded)
  const removed = reply('Wait', text(1, id), number(2, 1))
  const deleted = await reply('Delete', text(1, id), flag(3))
  equal([textOf(deleted, 1), ...verdict(deleted, 3)], [id, ...succeeded])
  is(numberOf(await removed, 1), 0)
})

test('spec 22 section 3: Version, Info, Top, Stats of a running container', async () => {
  const id = await create('busy', sleeping)
  await reply('Start', text(1, id))
  const version = await reply('Version')
  equal(verdict(version, 5), succeeded)
  ok([1, 2, 3].every((field) => textOf(version, field) !== ''))
  is(textOf(version, 4), cli.daemon.root)
  const info = await reply('Info')
  equal([numberOf(info, 1), numberOf(info, 4), numberOf(info, 5)], [0, 1, 1])
  is(textOf(info, 18), cli.daemon.root)
  match(textOf(info, 24), /^([^:\n]+: .*\n)*$/)
  // The reply to a start may come before the process has become its program.
  const topped = async (): Promise<boolean> => {
    const top = await reply('Top', text(1, id))
    equal(verdict(top, 3), succeeded)
    match(textOf(top, 1), /^UID +PID/)
    return (messagesOf(top, 2)[0] ?? none).toString().includes('sleep')
  }
  await eventually('top shows the command', topped)
  const stats = await reply('Stats', text(2, id))
  equal(verdict(stats, 2), succeeded)
  const [one = none] = messagesOf(stats, 1)
  is(textOf(one, 1), id)
  ok(numberOf(one, 2) > 0 && numberOf(one, 10) > 0 && numberOf(one, 11) > 0, shown(one))
  equal(verdict(await reply('Resize', text(1, id), number(3, 24), number(4, 80)), 2), succeeded)
  await remove('busy')
})

test('spec 22 section 4: images: List, Inspect, Tag, Load, Delete', async () => {
  const list = await reply('images.ImagesService/List')
  const [image = none] = messagesOf(list, 1)
  is(textOf(image, 1), 'busybox:latest')
  const target = messagesOf(image, 3)[0] ?? none
  match(textOf(target, 2), /^sha256:[0-9a-f]{64}$/)
  ok(numberOf(target, 3) > 100_000)
  const document = await reply('images.ImagesService/Inspect', text(1, 'busybox'), number(3, 120))
  equal(verdict(document, 2), succeeded)
  const parsed: unknown = JSON.parse(textOf(document, 1))
  for (const name of ['id', 'repo_tags', 'top_layer', 'created', 'loaded', 'size', 'Spec'])
    match(JSON.stringify(parsed), `"${name}":`)
  const tagged = await reply('images.ImagesService/Tag', text(1, 'busybox'), text(2, 'other:1'))
  equal(verdict(tagged, 1), succeeded)
  is(messagesOf(await reply('images.ImagesService/List'), 1).length, 2)
  const loaded = await reply('images.ImagesService/Load', text(1, '/no/such.tar'), text(2, 'oci'))
  is(numberOf(loaded, 1), 5)
  const archive = `${cli.daemon.directory}/busybox.tar`
  const again = await reply('images.ImagesService/Load', text(1, archive), text(2, 'oci'))
  equal(verdict(again, 1), succeeded)
  equal(verdict(await reply('images.ImagesService/Delete', text(1, 'other:1')), 2), succeeded)
  equal(numberOf(await reply('images.ImagesService/Delete', text(1, 'nothing')), 2), 5)
})

test('spec 22 section 4: volumes: List, Remove, Prune', async () => {
  const host = '{"Binds":["data:/data"],"RestartPolicy":{"Name":"no"}}'
  await create('holder', sleeping, host)
  const volumes = async (): Promise<ReadonlyArray<string>> =>
    messagesOf(await reply('volume.VolumeService/List'), 1).map(
      (one) => `${textOf(one, 1)} ${textOf(one, 2)}`,
    )
  equal(await volumes(), ['local data'])
  const held = await reply('volume.VolumeService/Remove', text(1, 'data'))
  is(numberOf(held, 1), 5)
  match(textOf(held, 2), 'volume is in use')
  await remove('holder')
  equal(verdict(await reply('volume.VolumeService/Remove', text(1, 'data')), 1), succeeded)
  equal(verdict(await reply('volume.VolumeService/Prune'), 3), succeeded)
})

test('a call that nobody knows is UNIMPLEMENTED, and the connection goes on', async () => {
  is((await call('Checkpoint', none)).status, 12)
  is((await call('no.Service/Call', none)).status, 12)
  is((await call('Version', none)).status, 0)
  door.close()
})

cli.run()
