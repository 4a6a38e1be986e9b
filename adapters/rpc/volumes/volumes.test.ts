/** Volumes by the wire: upstream's service, our own calls, and what a create makes of them. */
import assert from 'node:assert/strict'
import { Engine } from '../../../journal/engine/engine.ts'
import { eventOfEnvelope } from '../../../journal/engine/feed.ts'
import { decodeEnvelope } from '../../../journal/record/envelope-codec.ts'
import { memoryJournal } from '../../../journal/store/memory-store.ts'
import { suite } from '../../../properties/testing/suite.ts'
import { create, doorsOf, load, type Door } from '../testing/door-with-engine.ts'
import { ContainerServiceService as containers } from '../wire/containers_server.ts'
import { EngineServiceService as engineCalls } from '../wire/isulad_engine_server.ts'
import { VolumeServiceService as volumes } from '../wire/volume_server.ts'

const test = suite('volumes by the wire')
const withDoor = doorsOf({
  open: (parts) => Engine.open(parts),
  memoryJournal,
  codec: { envelope: decodeEnvelope, event: eventOfEnvelope },
})

const names = async (door: Door): Promise<ReadonlyArray<string>> =>
  (await door.call(volumes.list, {})).volumes.map(({ name }) => name)

const made = async (door: Door, name: string, host: object): Promise<string> => {
  const answer = await create(door, { name, host })
  assert.equal(answer.cc, 0, answer.errmsg)
  return answer.id
}

const removed = (door: Door, id: string) =>
  door.call(containers.delete, { id, force: true, volumes: true })

test('a volume is made, listed with its driver, shown and removed', () =>
  withDoor(async (door) => {
    assert.deepEqual(await door.call(engineCalls.createVolume, { name: 'data' }), { name: 'data' })
    assert.deepEqual(await door.call(volumes.list, {}), {
      volumes: [{ driver: 'local', name: 'data' }],
      cc: 0,
      errmsg: '',
    })
    const { json } = await door.call(engineCalls.inspectVolume, { name: 'data' })
    const shown = JSON.parse(json) as Readonly<Record<string, unknown>>
    assert.equal(shown['Mountpoint'], `${door.layout.root}/volumes/data/_data`)
    assert.deepEqual(shown['Containers'], [])
    assert.deepEqual(await door.call(volumes.remove, { name: 'data' }), { cc: 0, errmsg: '' })
    assert.deepEqual(await names(door), [])
  }))

test('a volume without a name gets one of 64 hexadecimal digits', () =>
  withDoor(async (door) => {
    const { name } = await door.call(engineCalls.createVolume, { name: '' })
    assert.match(name, /^[0-9a-f]{64}$/)
    assert.deepEqual(await names(door), [name])
  }))

test('wrong names are refused, unknown ones are not found', () =>
  withDoor(async (door) => {
    for (const name of ['../x', '.x', 'a/b', 'x'.repeat(256)])
      await assert.rejects(door.call(engineCalls.createVolume, { name }), /Invalid volume name/)
    await assert.rejects(door.call(engineCalls.inspectVolume, { name: 'x' }), /No such volume: x/)
    for (const name of ['x', '../x']) {
      const answer = await door.call(volumes.remove, { name })
      assert.deepEqual([answer.cc === 0, answer.errmsg], [false, `No such volume: ${name}`])
    }
  }))

test('R-03 a volume in use is not removed, prune leaves it and says what it took', () =>
  withDoor(async (door) => {
    await load(door)
    const id = await made(door, 'one', { Binds: ['data:/data'] })
    await door.call(engineCalls.createVolume, { name: 'unused' })
    const refused = await door.call(volumes.remove, { name: 'data' })
    assert.equal(refused.errmsg, `remove data: volume is in use - [${id}]`)
    const pruned = await door.call(volumes.prune, {})
    assert.deepEqual(pruned, { volumes: ['unused'], cc: 0, errmsg: '' })
    assert.deepEqual(await names(door), ['data'])
  }))

test('a create mints anonymous volumes, volumes-from shares them, rm -v takes the last', () =>
  withDoor(async (door) => {
    await load(door)
    const one = await made(door, 'one', { Binds: ['/a', 'data:/b'] })
    const two = await made(door, 'two', { VolumesFrom: ['one:ro'] })
    const [minted = ''] = (await names(door)).filter((name) => name !== 'data')
    assert.match(minted, /^[0-9a-f]{64}$/)
    assert.equal((await removed(door, one)).cc, 0)
    assert.deepEqual([...(await names(door))].sort(), [minted, 'data'].sort())
    assert.equal((await removed(door, two)).cc, 0)
    assert.deepEqual(await names(door), ['data'])
    const wrong = await create(door, { host: { VolumesFrom: ['nobody'] } })
    assert.match(wrong.errmsg, /nobody/)
  }))

test('a repeated create has the volumes of its first run (I12)', () =>
  withDoor(async (door) => {
    await load(door)
    const wanted = { name: 'one', host: { Binds: ['/a'] }, requestId: 'same' }
    const first = await create(door, wanted)
    const again = await create(door, wanted)
    assert.deepEqual([again.id, again.cc], [first.id, 0])
    assert.equal((await names(door)).length, 1)
  }))

test.run()
