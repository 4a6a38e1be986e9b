/** Volumes: made with their containers in one batch, kept while used, gone with their last user. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { World } from '../../journal/fold/world.ts'
import { suite } from '../../properties/testing/suite.ts'
import type { Command } from '../command.ts'
import { contextAt, sampleHost, sampleProcess, sampleTime } from '../container/container-fixture.ts'
import type { HostConfig } from '../container/config.ts'
import type { StorageRequest, WantedVolume } from '../container/storage.ts'
import { decide } from '../decide.ts'
import {
  containerId,
  diffId,
  imageId,
  layerId,
  operationId,
  volumeName,
  type VolumeName,
} from '../identity.ts'
import type { Refusal } from '../refusal.ts'
import { dueVolume } from './due.ts'

const test = suite('volumes')

const image = imageId('b'.repeat(64))
const layer = layerId('a'.repeat(64))
const one = containerId('1'.repeat(64))
const two = containerId('2'.repeat(64))
const data = volumeName('data')
const cache = volumeName('cache')
const minted = volumeName('f'.repeat(64))

const use = (volume: VolumeName, target: string, more: Partial<WantedVolume> = {}) => ({
  volume,
  target,
  readonly: false,
  implied: false,
  anonymous: volume === minted,
  copies: true,
  ...more,
})

/** A fold that takes commands; every event must be legal in its state (D2). */
class Host {
  readonly world = new World()
  readonly resolved = new Map<string, string>()
  #commands = 0
  refusal: Refusal | undefined

  constructor() {
    const source = { archive: '/a', entry: 'l' }
    const layers = [{ layer, diff: diffId('a'.repeat(64)), source }]
    const loaded = { id: image, config: '{}', references: ['busybox:latest'], layers }
    this.tell({ _tag: 'LoadImage', image: loaded, references: [], origin: '/a' })
    this.tell({ _tag: 'RecordLayerCommitted', layer, sizeBytes: 1 })
  }

  /** Tags of the events, or the tag of the refusal; `joins` where another operation is awaited. */
  tell(command: Command): ReadonlyArray<string> {
    this.#commands += 1
    const context = { ...contextAt(1_000), operation: operationId(`op-${this.#commands}`) }
    const decided = decide(this.world, command, context)
    if (E.isLeft(decided)) {
      this.refusal = decided.left
      return [decided.left._tag]
    }
    const { events, reply } = decided.right
    for (const event of events) {
      const step = this.world.step(event, sampleTime(1_000))
      assert.ok(step.legal, `${event._tag} is not legal`)
      this.world.apply(step.change)
      for (const { operation, outcome } of step.resolutions) {
        assert.equal(this.resolved.has(operation), false, `${operation} ended twice`)
        this.resolved.set(operation, outcome._tag)
      }
    }
    return events.length === 0 && reply !== 'now' ? ['joins'] : events.map((e) => e._tag)
  }

  create(
    id: typeof one,
    storage: Partial<StorageRequest>,
    host: Partial<HostConfig> = {},
  ): ReadonlyArray<string> {
    return this.tell({
      _tag: 'CreateContainer',
      id,
      name: id.slice(0, 4),
      image: { id: image, reference: 'busybox' },
      layers: [layer],
      runtime: 'crun',
      cgroupPath: `/isulad/${id}`,
      host: { ...sampleHost, ...host },
      process: sampleProcess,
      storage: { volumes: [], from: [], ...storage },
    })
  }

  made = (volume: VolumeName) => this.tell({ _tag: 'RecordVolumeMade', volume })
  fail = (volume: VolumeName) =>
    this.tell({ _tag: 'RecordVolumeMakeFailed', volume, errno: 'ENOSPC', error: 'no space' })
  created = (id: typeof one) => this.tell({ _tag: 'RecordCreated', id })
  remove = (id: typeof one, volumes: boolean) =>
    this.tell({ _tag: 'RemoveContainer', id, force: true, volumes })
  removed = (id: typeof one) => this.tell({ _tag: 'RecordRemoved', id })
  removeVolume = (volume: VolumeName) => this.tell({ _tag: 'RemoveVolume', volume })
  phase = (volume: VolumeName) => this.world.volume(volume)?.phase._tag
  storageOf = (id: typeof one) => this.world.container(id)?.storage

  /** A container with these volumes, all made. */
  settle(id: typeof one, volumes: ReadonlyArray<WantedVolume>, host: Partial<HostConfig> = {}) {
    this.create(id, { volumes }, host)
    for (const { volume } of volumes) this.made(volume)
    assert.deepEqual(this.created(id), ['ContainerCreated'])
  }
}

test('a volume is created, made and removed, each request with its one outcome', () => {
  const host = new Host()
  const create = { _tag: 'CreateVolume', volume: data } as const
  assert.deepEqual(host.tell(create), ['VolumeCreateRequested'])
  assert.deepEqual(host.tell(create), ['joins'])
  assert.deepEqual(host.made(data), ['VolumeCreated'])
  assert.deepEqual(host.made(data), [])
  assert.deepEqual(host.tell(create), [])
  assert.deepEqual(host.removeVolume(data), ['VolumeRemoveRequested'])
  assert.deepEqual(host.removeVolume(data), ['joins'])
  assert.deepEqual(host.tell(create), ['VolumeBusy'])
  assert.deepEqual(host.tell({ _tag: 'RecordVolumeRemoved', volume: data }), ['VolumeRemoved'])
  assert.deepEqual(host.removeVolume(data), ['NoSuchVolume'])
  assert.deepEqual([...host.resolved.values()].slice(-2), ['Done', 'Done'])
})

test('a volume that cannot be made is cleared away, its name is free again afterwards', () => {
  const host = new Host()
  host.tell({ _tag: 'CreateVolume', volume: data })
  assert.deepEqual(host.fail(data), ['VolumeCreateFailed'])
  assert.equal(host.phase(data), 'Removing')
  assert.equal([...host.resolved.values()].at(-1), 'Failed')
  host.tell({ _tag: 'RecordVolumeRemoved', volume: data })
  assert.deepEqual(host.tell({ _tag: 'CreateVolume', volume: data }), ['VolumeCreateRequested'])
})

test('a container and its new volumes are one command with one batch of events', () => {
  const host = new Host()
  const events = host.create(one, { volumes: [use(data, '/a'), use(minted, '/b')] })
  assert.deepEqual(events, [
    'ContainerCreateRequested',
    'VolumeCreateRequested',
    'VolumeCreateRequested',
  ])
  assert.deepEqual(
    [data, minted].map((name) => host.world.volume(name)?.anonymous),
    [false, true],
  )
  assert.deepEqual(host.storageOf(one)?.awaited, [data, minted])
})

test('a container is made when the last of its volumes is there, not before', () => {
  const host = new Host()
  host.create(one, { volumes: [use(data, '/a'), use(minted, '/b')] })
  assert.deepEqual(host.created(one), [])
  assert.deepEqual(host.made(minted), ['VolumeCreated'])
  assert.deepEqual(host.made(data), ['VolumeCreated', 'ContainerVolumesReady'])
  assert.deepEqual(host.created(one), ['ContainerCreated'])
})

test('two containers may wait for one volume, which is made once', () => {
  const host = new Host()
  host.create(one, { volumes: [use(data, '/a')] })
  assert.deepEqual(host.create(two, { volumes: [use(data, '/b')] }), ['ContainerCreateRequested'])
  const both = ['VolumeCreated', 'ContainerVolumesReady', 'ContainerVolumesReady']
  assert.deepEqual(host.made(data), both)
})

test('a volume twice in a container is made once, filled for the first use that copies', () => {
  const host = new Host()
  const uses = [use(data, '/a', { copies: false }), use(data, '/b'), use(data, '/c')]
  assert.deepEqual(host.create(one, { volumes: uses }), [
    'ContainerCreateRequested',
    'VolumeCreateRequested',
  ])
  const phase = host.world.volume(data)?.phase
  assert.ok(phase?._tag === 'Creating')
  assert.deepEqual(phase.fill, { layers: [layer], path: '/b' })
})

test('where one volume cannot be made nothing of the container stays, nothing anonymous', () => {
  const host = new Host()
  host.create(one, { volumes: [use(data, '/a'), use(minted, '/b')] })
  assert.deepEqual(host.fail(data), ['VolumeCreateFailed', 'ContainerCreateFailed'])
  // Its container leaves first, or stays a little longer: the volume goes either way.
  const late = host.removed(one)
  assert.deepEqual(late, ['ContainerRemoved'])
  assert.deepEqual(host.made(minted), ['VolumeCreated', 'VolumeRemoveRequested'])
})

test('anonymous volumes of a container that could not be made go with it', () => {
  const host = new Host()
  host.create(one, { volumes: [use(data, '/a'), use(minted, '/b')] })
  host.made(data)
  host.made(minted)
  const failure = { errno: 'ENOSPC', error: 'no space' }
  assert.deepEqual(host.tell({ _tag: 'RecordCreateFailed', id: one, ...failure }), [
    'ContainerCreateFailed',
  ])
  assert.deepEqual(host.removed(one), ['ContainerRemoved', 'VolumeRemoveRequested'])
  assert.deepEqual([host.phase(data), host.phase(minted)], ['Ready', 'Removing'])
})

test('CLI-RM-02 rm -v removes anonymous volumes with the container, named ones stay', () => {
  const host = new Host()
  host.settle(one, [use(data, '/a'), use(minted, '/b')])
  assert.deepEqual(host.remove(one, true), ['ContainerRemoveRequested'])
  assert.deepEqual(host.removed(one), ['ContainerRemoved', 'VolumeRemoveRequested'])
  assert.deepEqual([host.phase(data), host.phase(minted)], ['Ready', 'Removing'])
})

test('rm without -v leaves the anonymous volumes', () => {
  const host = new Host()
  host.settle(one, [use(minted, '/b')])
  host.remove(one, false)
  assert.deepEqual(host.removed(one), ['ContainerRemoved'])
  assert.equal(host.phase(minted), 'Ready')
})

test('an anonymous volume goes with the last of its users, not with the first', () => {
  const host = new Host()
  host.settle(one, [use(minted, '/b')])
  host.create(two, { from: [{ container: one, readonly: null }] })
  host.created(two)
  host.remove(one, true)
  assert.deepEqual(host.removed(one), ['ContainerRemoved'])
  host.remove(two, true)
  assert.deepEqual(host.removed(two), ['ContainerRemoved', 'VolumeRemoveRequested'])
})

test('a volume in use is not removed, and the refusal names the users', () => {
  const host = new Host()
  host.settle(one, [use(data, '/a')])
  assert.deepEqual(host.removeVolume(data), ['VolumeInUse'])
  assert.deepEqual(host.refusal, { _tag: 'VolumeInUse', name: data, users: [one] })
  host.remove(one, true)
  host.removed(one)
  assert.deepEqual(host.removeVolume(data), ['VolumeRemoveRequested'])
})

test('a container cannot have a volume that is being removed', () => {
  const host = new Host()
  host.tell({ _tag: 'CreateVolume', volume: data })
  host.made(data)
  host.removeVolume(data)
  assert.deepEqual(host.create(one, { volumes: [use(data, '/a')] }), ['VolumeBusy'])
  assert.equal(host.world.container(one), undefined)
})

test('a volume made by request is filled for its first user, and never again', () => {
  const host = new Host()
  host.tell({ _tag: 'CreateVolume', volume: data })
  host.made(data)
  assert.deepEqual(host.create(one, { volumes: [use(data, '/a')] }), [
    'ContainerCreateRequested',
    'VolumeFillRequested',
  ])
  assert.deepEqual(host.made(data), ['VolumeFilled', 'ContainerVolumesReady'])
  assert.equal(host.world.volume(data)?.fresh, false)
  host.created(one)
  host.remove(one, false)
  host.removed(one)
  assert.deepEqual(host.create(two, { volumes: [use(data, '/a')] }), ['ContainerCreateRequested'])
  assert.deepEqual(host.storageOf(two)?.awaited, [])
})

test('nocopy fills nothing, and a volume that others use is not filled', () => {
  const host = new Host()
  host.tell({ _tag: 'CreateVolume', volume: data })
  host.made(data)
  const uses = [use(data, '/a', { copies: false })]
  assert.deepEqual(host.create(one, { volumes: uses }), ['ContainerCreateRequested'])
  assert.deepEqual(host.create(two, { volumes: [use(data, '/a')] }), ['ContainerCreateRequested'])
})

test('a volume whose filling fails stays, the container that wanted it does not', () => {
  const host = new Host()
  host.tell({ _tag: 'CreateVolume', volume: data })
  host.made(data)
  host.create(one, { volumes: [use(data, '/a')] })
  assert.deepEqual(host.fail(data), ['VolumeFillFailed', 'ContainerCreateFailed'])
  assert.equal(host.phase(data), 'Ready')
})

test('volumes-from takes volumes and binds of another container, its own places win', () => {
  const host = new Host()
  host.settle(one, [use(data, '/a'), use(cache, '/c')], { Binds: ['/host:/h:ro', 'data:/a'] })
  const from = [{ container: one, readonly: true }]
  host.create(two, { volumes: [use(minted, '/c')], from }, { Binds: ['/c'] })
  assert.deepEqual(
    host.storageOf(two)?.volumes.map(({ volume, target, readonly }) => [volume, target, readonly]),
    [
      [data, '/a', true],
      [minted, '/c', false],
    ],
  )
  assert.deepEqual(
    host.storageOf(two)?.binds.map(({ Source, Target, Readonly }) => [Source, Target, Readonly]),
    [['/host', '/h', true]],
  )
})

test("a volume of another container takes the place of an image's own", () => {
  const host = new Host()
  host.settle(one, [use(data, '/a')])
  const own = use(minted, '/a', { implied: true })
  const from = [{ container: one, readonly: null }]
  assert.deepEqual(host.create(two, { volumes: [own], from }), ['ContainerCreateRequested'])
  assert.equal(host.world.volume(minted), undefined)
  assert.deepEqual(host.removeVolume(data), ['VolumeInUse'])
})

test('volumes-from of a container that is not there is refused and makes nothing', () => {
  const host = new Host()
  const from = [{ container: two, readonly: null }]
  assert.deepEqual(host.create(one, { volumes: [use(data, '/a')], from }), ['NoSuchContainer'])
  assert.equal(host.world.volumes.size, 0)
})

test('volumes-from of a container whose volume could not be made waits for nothing', () => {
  const host = new Host()
  host.create(one, { volumes: [use(data, '/a')] })
  host.fail(data)
  host.tell({ _tag: 'RecordVolumeRemoved', volume: data })
  const from = [{ container: one, readonly: null }]
  assert.deepEqual(host.create(two, { from }), ['NoSuchVolume'])
  const own = [use(data, '/mine')]
  const both = ['ContainerCreateRequested', 'VolumeCreateRequested']
  assert.deepEqual(host.create(two, { from, volumes: own }), both)
})

test('what is due for a volume follows its phase', () => {
  const host = new Host()
  const due = () => {
    const volume = host.world.volume(data)
    assert.ok(volume !== undefined)
    return dueVolume(volume).plans.map(({ key, steps, onFailure }) => [
      key,
      steps.map((s) => s._tag).join(' '),
      onFailure,
    ])
  }
  host.create(one, { volumes: [use(data, '/a')] })
  assert.deepEqual(due(), [['op-3:volume:0/make', 'CreateVolume', 'conclude']])
  host.made(data)
  assert.deepEqual(due(), [])
  host.created(one)
  host.remove(one, false)
  host.removed(one)
  host.removeVolume(data)
  assert.equal(due()[0]?.[2], 'retry')
})

test('a removal that the host delays is told when its reason changes, not each time', () => {
  const host = new Host()
  host.tell({ _tag: 'CreateVolume', volume: data })
  host.made(data)
  host.removeVolume(data)
  const delay = (errno: string, tries: number) =>
    host.tell({ _tag: 'RecordVolumeRemoveDelayed', volume: data, errno, error: 'busy', tries })
  assert.deepEqual(delay('EBUSY', 1), ['VolumeRemoveDelayed'])
  assert.deepEqual(delay('EBUSY', 1), [])
  assert.deepEqual(delay('EBUSY', 2), ['VolumeRemoveDelayed'])
  assert.deepEqual(delay('EROFS', 3), ['VolumeRemoveDelayed'])
})

test('a volume whose events cannot be read is out of use, alone', () => {
  const host = new Host()
  host.world.quarantine.set(`volume:${data}`, 'unknown event')
  assert.deepEqual(host.tell({ _tag: 'CreateVolume', volume: data }), ['Quarantined'])
  assert.deepEqual(host.create(one, { volumes: [use(data, '/a')] }), ['Quarantined'])
  assert.deepEqual(host.tell({ _tag: 'CreateVolume', volume: cache }), ['VolumeCreateRequested'])
})

test.run()
