/** Images and their layers: what loads together, what takes whose name, what goes with whom. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { World } from '../../journal/fold/world.ts'
import { suite } from '../../properties/testing/suite.ts'
import { contextAt, sampleTime } from '../container/container-fixture.ts'
import { decideLayer } from '../layer/decide.ts'
import type { LayerCommand } from '../layer/commands.ts'
import { diffId, imageId, layerId, operationId } from '../identity.ts'
import type { ArchivedImage } from '../ports/storage-ports.ts'
import type { ImageCommand } from './commands.ts'
import { decideImage } from './decide.ts'

const test = suite('images')

const layer = (name: string) => layerId(name.repeat(64))
const id = (name: string) => imageId(name.repeat(64))

const archived = (name: string, layers: string): ArchivedImage => ({
  id: id(name),
  config: '{}',
  references: [],
  layers: [...layers].map((l) => ({
    layer: layer(l),
    diff: diffId(l.repeat(64)),
    source: { archive: '/a', entry: l },
  })),
})

/** A fold that takes commands; every event must be legal in its state (D2). */
class Store {
  readonly world = new World()
  #commands = 0

  tell(command: ImageCommand | LayerCommand): ReadonlyArray<string> {
    this.#commands += 1
    const context = { ...contextAt(1_000), operation: operationId(`op-${this.#commands}`) }
    const decided =
      'layer' in command
        ? decideLayer(this.world, command)
        : decideImage(this.world, command, context)
    if (E.isLeft(decided)) return [decided.left._tag]
    for (const event of decided.right.events) {
      const step = this.world.step(event, sampleTime(1_000))
      assert.ok(step.legal, `${event._tag} is not legal`)
      this.world.apply(step.change)
    }
    return decided.right.events.map((e) => e._tag)
  }

  load(name: string, layers: string, ...references: string[]): ReadonlyArray<string> {
    const image = archived(name, layers)
    return this.tell({ _tag: 'LoadImage', image, references, origin: '/a' })
  }

  commit(...names: string[]): ReadonlyArray<string> {
    return names.flatMap((l) =>
      this.tell({ _tag: 'RecordLayerCommitted', layer: layer(l), sizeBytes: 10 }),
    )
  }

  fail(name: string): ReadonlyArray<string> {
    const why = { errno: 'EVERIFY', error: 'wrong digest' }
    return this.tell({ _tag: 'RecordLayerFailed', layer: layer(name), ...why })
  }

  references(name: string): ReadonlyArray<string> {
    return this.world.image(id(name))?.references ?? []
  }

  /** W9: who needs it, and in which phase it is. */
  layerPhase(name: string): string | undefined {
    return this.world.layer(layer(name))?.phase._tag
  }
}

test('W9 an image is visible with its last layer, its size is that of all of them', () => {
  const store = new Store()
  assert.deepEqual(store.load('a', '12', 'x:1'), [
    'ImageLoadRequested',
    'LayerUnpackRequested',
    'LayerUnpackRequested',
  ])
  assert.equal(store.world.imageByReference('x:1'), undefined)
  assert.deepEqual(store.commit('1'), ['LayerCommitted'])
  assert.deepEqual(store.commit('2'), ['LayerCommitted', 'ImageStored'])
  assert.deepEqual(store.world.imageByReference('x:1')?.phase, { _tag: 'Stored', sizeBytes: 20 })
  assert.deepEqual(store.commit('2'), [])
})

test('an image whose layers are there is stored at once; its load again is nothing', () => {
  const store = new Store()
  store.load('a', '1', 'x:1')
  store.commit('1')
  assert.deepEqual(store.load('b', '1', 'y:1'), ['ImageLoadRequested', 'ImageStored'])
  assert.deepEqual(store.load('b', '1', 'y:1'), [])
  assert.deepEqual(store.load('b', '1', 'y:2', 'y:2'), ['ImageTagged'])
})

test('W12 a second load of a loading image joins it and its references are not lost', () => {
  const store = new Store()
  store.load('a', '1', 'x:1')
  const again = { image: archived('a', '1'), references: ['x:1', 'x:2'], origin: '/a' }
  const decided = decideImage(store.world, { _tag: 'LoadImage', ...again }, contextAt(1))
  assert.ok(E.isRight(decided))
  assert.deepEqual(decided.right.reply, { whenResolved: operationId('op-1') })
  assert.deepEqual(store.load('a', '1', 'x:1', 'x:2'), ['ImageTagged'])
  assert.equal(store.world.imageByReference('x:2'), undefined)
  store.commit('1')
  assert.equal(store.world.imageByReference('x:2')?.id, id('a'))
})

test('D4 a reference is taken when the image is visible, not before', () => {
  const store = new Store()
  store.load('a', '1', 'x:1')
  store.commit('1')
  store.load('b', '2', 'y:1')
  assert.deepEqual(store.load('b', '2', 'x:1'), ['ImageTagged'])
  assert.deepEqual(store.references('a'), ['x:1'])
  assert.deepEqual(store.commit('2'), ['LayerCommitted', 'ImageUntagged', 'ImageStored'])
  assert.deepEqual([store.references('a'), store.references('b')], [[], ['y:1', 'x:1']])
})

test('D4 of images that become visible with one layer the last keeps a common reference', () => {
  const store = new Store()
  store.load('c', '2', 'x:1')
  store.commit('2')
  store.load('a', '1', 'x:1', 'a:1')
  store.load('b', '1', 'x:1')
  const stored = ['LayerCommitted', 'ImageUntagged', 'ImageStored']
  assert.deepEqual(store.commit('1'), [...stored, 'ImageUntagged', 'ImageStored'])
  assert.deepEqual(store.references('c'), [])
  assert.deepEqual(store.references('a'), ['a:1'])
  assert.deepEqual(store.references('b'), ['x:1'])
  assert.equal(store.world.imageByReference('x:1')?.id, id('b'))
})

test('W6 a failed layer takes its images along, and what only they shared is retired', () => {
  const store = new Store()
  store.load('a', '123', 'a:1')
  store.load('b', '124', 'b:1')
  store.load('c', '3', 'c:1')
  store.commit('1', '3', '4')
  assert.deepEqual(store.fail('2'), [
    'LayerUnpackFailed',
    'ImageLoadFailed',
    'ImageLoadFailed',
    'LayerRetireRequested',
    'LayerRetireRequested',
  ])
  assert.deepEqual([...store.world.images.keys()], [id('c')])
  assert.deepEqual(
    ['1', '2', '3', '4'].map((name) => store.layerPhase(name)),
    ['Retiring', 'Retiring', 'Committed', 'Retiring'],
  )
  assert.deepEqual(store.fail('2'), [])
})

test('a layer that is committed when nobody wants it any more goes at once', () => {
  const store = new Store()
  store.load('a', '12', 'a:1')
  store.fail('1')
  assert.deepEqual(store.commit('2'), ['LayerCommitted', 'LayerRetireRequested'])
  const retired = (name: string) => store.tell({ _tag: 'RecordLayerRetired', layer: layer(name) })
  assert.deepEqual(retired('2'), ['LayerRetired'])
  assert.deepEqual(retired('2'), [])
  assert.equal(store.layerPhase('2'), undefined)
})

test('a layer that is wanted again while it goes is unpacked anew when it is gone', () => {
  const store = new Store()
  store.load('a', '1', 'a:1')
  store.commit('1')
  const image = { id: id('a'), reference: '', force: false }
  assert.deepEqual(store.tell({ _tag: 'RemoveImage', ...image }), [
    'ImageRemoved',
    'LayerRetireRequested',
  ])
  assert.deepEqual(store.load('a', '1', 'a:1'), ['ImageLoadRequested', 'LayerUnpackRequested'])
  store.tell({ _tag: 'RecordLayerRetired', layer: layer('1') })
  assert.equal(store.layerPhase('1'), 'Unpacking')
})

test('a retirement that fails is told when the error changes or the tries double', () => {
  const store = new Store()
  store.load('a', '1', 'a:1')
  store.fail('1')
  const delayed = (errno: string, tries: number) =>
    store.tell({ _tag: 'RecordLayerRetireDelayed', layer: layer('1'), errno, error: '', tries })
  assert.deepEqual(delayed('EBUSY', 1), ['LayerRetireDelayed'])
  assert.deepEqual(delayed('EBUSY', 1), [])
  assert.deepEqual(delayed('EIO', 1), ['LayerRetireDelayed'])
  assert.deepEqual(delayed('EIO', 2), ['LayerRetireDelayed'])
  assert.deepEqual(delayed('EIO', 3), [])
})

test('tags and removals are refused for images that are not there or not whole', () => {
  const store = new Store()
  const tag = { _tag: 'TagImage', id: id('a'), reference: 'z:1' } as const
  const remove = { _tag: 'RemoveImage', id: id('a'), reference: '', force: false } as const
  assert.deepEqual([store.tell(tag), store.tell(remove)], [['NoSuchImage'], ['NoSuchImage']])
  store.load('a', '1', 'x:1', 'x:2')
  assert.deepEqual(
    [store.tell(tag), store.tell(remove)],
    [['ImageIncomplete'], ['ImageIncomplete']],
  )
  store.commit('1')
  assert.deepEqual(store.tell(tag), ['ImageTagged'])
  assert.deepEqual(store.tell({ ...remove, reference: 'x:1' }), ['ImageUntagged'])
  assert.deepEqual(store.references('a'), ['x:2', 'z:1'])
  store.world.quarantine.set(`image:${id('a')}`, 'broken')
  assert.deepEqual(store.tell(tag), ['Quarantined'])
})

test.run()
