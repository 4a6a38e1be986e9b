/** The bundle port: container directories, and the bundle of each incarnation. */
import assert from 'node:assert/strict'
import { boxOf, created, mounted, newBox, removed } from './container-life.ts'
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
  const seen = containers[id]
  const attempts = seen?.incarnations.map(({ attempt }) => attempt) ?? []
  return { directory: seen?.directory ?? false, attempts }
}

export const bundleContract: Contract = (test) => {
  test('the directory is made and removed, each as often as one likes', async (host) => {
    const { bundle } = host.ports
    const box = await newBox(host, deaf)
    assert.equal(await said(host, bundle.removeDirectory(box.ref)), 'applied')
    for (const _ of [1, 2])
      assert.equal(await said(host, bundle.createDirectory(box.bundle)), 'applied')
    assert.deepEqual(await picture(host, box.id), { directory: true, attempts: [] })
    for (const _ of [1, 2])
      assert.equal(await said(host, bundle.removeDirectory(box.ref)), 'applied')
    assert.deepEqual(await picture(host, box.id), { directory: false, attempts: [] })
  })

  test('a bundle makes the directories that it lacks, one for each incarnation', async (host) => {
    const { bundle } = host.ports
    const box = await newBox(host, deaf)
    for (const attempt of [1, 1, 2]) {
      const ref = { ...box.ref, attempt }
      assert.equal(await said(host, bundle.writeBundle({ ...box.bundle, ref })), 'applied')
    }
    assert.deepEqual(await picture(host, box.id), { directory: true, attempts: [1, 2] })
    await valueOf(host, bundle.removeDirectory(box.ref))
    assert.deepEqual(await picture(host, box.id), { directory: false, attempts: [] })
  })

  test('a bundle that is written again changes nothing of what was launched', async (host) => {
    const { bundle, monitor } = host.ports
    const { box, init } = await created(host, deaf)
    assert.equal(await said(host, bundle.writeBundle(box.bundle)), 'applied')
    assert.deepEqual((await valueOf(host, monitor.observe(box.ref))).init?.identity, init)
    await removed(host, box)
  })

  test('a user that the image does not know is refused; numbers need no account', async (host) => {
    const { bundle } = host.ports
    const { mount } = await mounted(host, deaf)
    for (const [user, answer] of [
      ['nobody-of-that-name', 'EUSER'],
      ['guest', 'applied'],
      ['4711:4711', 'applied'],
    ] as const) {
      const request = host.newContainer(deaf, user)
      const box = boxOf(request, mount.layers)
      await valueOf(host, host.ports.rootfs.createWritable(box.id))
      await valueOf(host, host.ports.rootfs.mount(box.mount))
      assert.equal(await said(host, bundle.writeBundle(request)), answer, user)
      await removed(host, box)
    }
    await removed(host, boxOf(host.newContainer(deaf), mount.layers))
    await valueOf(host, host.ports.rootfs.removeWritable(mount.id))
  })
}
