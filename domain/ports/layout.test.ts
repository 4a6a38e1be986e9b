/** Names of host resources: functions of ids alone, and never the same for two things. */
import assert from 'node:assert/strict'
import { suite } from '../../properties/testing/suite.ts'
import { containerId, execId, layerId } from '../identity.ts'
import * as layout from './layout.ts'

const test = suite('layout')
const l = { root: '/root', state: '/state' }
const id = containerId('c'.repeat(64))
const layer = layerId('c'.repeat(64))
const ref = { id, runtime: 'crun', attempt: 2, cgroupPath: `/isulad/${id}` }

test('RT-PATH-01 RT-PATH-06: durable things lie below the root, others below the state', () => {
  assert.equal(layout.containerDirectory(l, ref), `/root/engines/crun/${id}`)
  assert.equal(layout.logFile(l, ref), `/root/engines/crun/${id}/container.log`)
  assert.equal(layout.stateDirectory(l, ref), `/state/crun/${id}`)
  assert.equal(layout.runDirectory(l, ref), `/state/crun/${id}/2`)
  assert.equal(layout.bundleDirectory(l, ref), `/state/crun/${id}/2/bundle`)
  assert.equal(layout.execDirectory(l, ref, execId('e1')), `/state/crun/${id}/2/exec/e1`)
  assert.equal(layout.runtimeRoot(l, 'crun'), '/state/crun/.runtime')
})

test('layers and writable layers are kept apart, also where their ids are equal', () => {
  assert.equal(layout.rootfsMount(l, id), `${layout.writableDirectory(l, id)}/merged`)
  const places = [
    layout.layerDirectory(l, layer),
    layout.layerStaging(l, layer),
    layout.writableDirectory(l, id),
    layout.writableStaging(l, id),
  ]
  assert.equal(new Set(places).size, places.length)
  for (const place of places) assert.ok(place.startsWith('/root/storage/'))
})

test('CFG-CGROUP-01: the cgroup lies below its parent, however that is written', () => {
  for (const parent of ['isulad', '/isulad', '/isulad/', '//isulad//'])
    assert.equal(layout.cgroupPath(parent, id), `/isulad/${id}`)
  assert.equal(layout.cgroupPath('/', id), `/${id}`)
  assert.equal(layout.cgroupPath('/a/b', id), `/a/b/${id}`)
})

test.run()
