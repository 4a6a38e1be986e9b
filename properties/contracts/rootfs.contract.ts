/** The rootfs port: writable layers and the overlay on them. */
import assert from 'node:assert/strict'
import { mounted, newBox, removed } from './container-life.ts'
import {
  deaf,
  said,
  valueOf,
  type Contract,
  type HostUnderContract,
} from './host-under-contract.ts'
import type { ContainerId } from '../../domain/identity.ts'

const picture = async (host: HostUnderContract, id: ContainerId) => {
  const { containers } = await valueOf(host, host.ports.observe.observe())
  const { rootfsMounted = false, writableLayer = false } = containers[id] ?? {}
  return { rootfsMounted, writableLayer }
}

export const rootfsContract: Contract = (test) => {
  test('a mount needs a whole writable layer and every layer below it', async (host) => {
    const { rootfs, layer } = host.ports
    const { id, mount } = await newBox(host, deaf)
    assert.equal(await said(host, rootfs.mount(mount)), 'ENOENT')
    host.leave.halfWritable(id)
    assert.equal(await said(host, rootfs.mount(mount)), 'ENOENT')
    for (const _ of [1, 2]) assert.equal(await said(host, rootfs.createWritable(id)), 'applied')
    const gone = host.layerRequest('whole')
    const layers = [...mount.layers, gone.layer]
    assert.equal(await said(host, rootfs.mount({ id, layers })), 'ENOENT')
    assert.deepEqual(await picture(host, id), { rootfsMounted: false, writableLayer: true })
    await valueOf(host, layer.unpack(gone))
    assert.equal(await said(host, rootfs.mount({ id, layers })), 'applied')
    assert.deepEqual(await picture(host, id), { rootfsMounted: true, writableLayer: true })
    await valueOf(host, rootfs.removeWritable(id))
    await valueOf(host, layer.remove(gone.layer))
  })

  test('what is mounted counts as mounted, whatever layers are asked for', async (host) => {
    const { rootfs } = host.ports
    const box = await mounted(host, deaf)
    const { layer } = host.layerRequest('whole')
    assert.equal(await said(host, rootfs.mount(box.mount)), 'applied')
    assert.equal(await said(host, rootfs.mount({ id: box.id, layers: [layer] })), 'applied')
    for (const _ of [1, 2]) assert.equal(await said(host, rootfs.unmount(box.id)), 'applied')
    assert.deepEqual(await picture(host, box.id), { rootfsMounted: false, writableLayer: true })
    assert.equal(await said(host, rootfs.mount({ id: box.id, layers: [layer] })), 'ENOENT')
    assert.equal(await said(host, rootfs.mount({ id: box.id, layers: [] })), 'applied')
    await removed(host, box)
  })

  test('a removal unmounts first, and takes half a writable layer as well', async (host) => {
    const { rootfs } = host.ports
    const box = await mounted(host, deaf)
    for (const _ of [1, 2]) assert.equal(await said(host, rootfs.removeWritable(box.id)), 'applied')
    assert.deepEqual(await picture(host, box.id), { rootfsMounted: false, writableLayer: false })
    assert.equal(await said(host, rootfs.mount(box.mount)), 'ENOENT')
    host.leave.halfWritable(box.id)
    assert.deepEqual(await picture(host, box.id), { rootfsMounted: false, writableLayer: true })
    assert.equal(await said(host, rootfs.removeWritable(box.id)), 'applied')
    assert.deepEqual(await picture(host, box.id), { rootfsMounted: false, writableLayer: false })
    await removed(host, box)
  })
}
