/** The volume port: a volume is there whole and under its name, or not at all. */
import assert from 'node:assert/strict'
import { volumeName } from '../../domain/identity.ts'
import { said, valueOf, type Contract, type HostUnderContract } from './host-under-contract.ts'

const volumesOf = async (host: HostUnderContract) =>
  (await valueOf(host, host.ports.observe.observe())).volumes

const first = volumeName('contract-first')
const second = volumeName('contract-second')

export const volumeContract: Contract = (test) => {
  test('a volume is made and removed once, however often that is asked for', async (host) => {
    const { volume } = host.ports
    for (const _ of [1, 2])
      assert.equal(await said(host, volume.create({ volume: first, fill: null })), 'applied')
    assert.deepEqual(await volumesOf(host), [first])
    for (const _ of [1, 2]) assert.equal(await said(host, volume.remove(first)), 'applied')
    assert.deepEqual(await volumesOf(host), [])
    const { strangers } = await valueOf(host, host.ports.observe.observe())
    assert.deepEqual(strangers, [])
  })

  test('volumes are filled from an image, side by side', async (host) => {
    const { volume } = host.ports
    const fill = { layers: [await host.baseLayer()], path: '/bin' }
    const made = await Promise.all(
      [first, second].map((name) => said(host, volume.create({ volume: name, fill }))),
    )
    assert.deepEqual(made, ['applied', 'applied'])
    assert.deepEqual([...(await volumesOf(host))].sort(), [first, second])
    await Promise.all([first, second].map((name) => valueOf(host, volume.remove(name))))
    assert.deepEqual(await volumesOf(host), [])
  })

  test('an image without a layer makes no volume', async (host) => {
    const { volume, observe } = host.ports
    const fill = { layers: [host.layerRequest('missing').layer], path: '/bin' }
    assert.equal(await said(host, volume.create({ volume: first, fill })), 'ENOENT')
    assert.deepEqual(await volumesOf(host), [])
    assert.equal(await said(host, volume.remove(first)), 'applied')
    const { strangers } = await valueOf(host, observe.observe())
    assert.deepEqual(strangers, [])
  })
}
