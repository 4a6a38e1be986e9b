/** The layer port: a layer is there whole and verified, or not at all. */
import assert from 'node:assert/strict'
import { said, valueOf, type Contract, type HostUnderContract } from './host-under-contract.ts'

const layersOf = async (host: HostUnderContract) =>
  (await valueOf(host, host.ports.observe.observe())).layers

export const layerContract: Contract = (test) => {
  test('an unpacked layer is committed; unpacking it again answers the same size', async (host) => {
    const { layer } = host.ports
    const request = host.layerRequest('whole')
    assert.equal(await valueOf(host, layer.isCommitted(request.layer)), false)
    const [first, second] = await Promise.all([
      valueOf(host, layer.unpack(request)),
      valueOf(host, layer.unpack(request)),
    ])
    assert.ok(first > 0)
    assert.equal(second, first)
    assert.equal(await valueOf(host, layer.unpack(request)), first)
    assert.equal(await valueOf(host, layer.isCommitted(request.layer)), true)
    assert.ok((await layersOf(host)).includes(request.layer))
    for (const _ of [1, 2]) assert.equal(await said(host, layer.remove(request.layer)), 'applied')
    assert.equal(await valueOf(host, layer.isCommitted(request.layer)), false)
    assert.ok(!(await layersOf(host)).includes(request.layer))
  })

  test('an archive that is missing or tells another digest leaves no layer', async (host) => {
    const { layer, observe } = host.ports
    for (const [archive, errno] of [
      ['tampered', 'EVERIFY'],
      ['missing', 'ENOENT'],
    ] as const) {
      const request = host.layerRequest(archive)
      assert.equal(await said(host, layer.unpack(request)), errno)
      assert.equal(await valueOf(host, layer.isCommitted(request.layer)), false)
      const { layers, strangers } = await valueOf(host, observe.observe())
      assert.ok(!layers.includes(request.layer))
      assert.deepEqual(strangers, [])
    }
  })

  test('a committed layer is no answer to a request with another digest', async (host) => {
    const { layer } = host.ports
    const request = host.layerRequest('whole')
    await valueOf(host, layer.unpack(request))
    const { diff } = host.layerRequest('whole')
    assert.equal(await said(host, layer.unpack({ ...request, diff })), 'EVERIFY')
    assert.equal(await valueOf(host, layer.isCommitted(request.layer)), true)
    await valueOf(host, layer.remove(request.layer))
  })

  test('of two archives that are unpacked as one layer at once, one is refused', async (host) => {
    const { layer } = host.ports
    const [one, other] = [host.layerRequest('whole'), host.layerRequest('whole')]
    const answers = await Promise.all([
      said(host, layer.unpack(one)),
      said(host, layer.unpack({ ...other, layer: one.layer })),
    ])
    assert.deepEqual(answers.sort(), ['EVERIFY', 'applied'])
    await valueOf(host, layer.remove(one.layer))
  })

  test('what a crash left in staging is seen as a stranger, and is cleared', async (host) => {
    const { layer, observe } = host.ports
    const strangers = async () =>
      (await valueOf(host, observe.observe())).strangers.map(({ kind }) => kind)
    for (const end of ['unpack', 'remove'] as const) {
      const request = host.layerRequest('whole')
      host.leave.staging(request.layer)
      assert.equal(await valueOf(host, layer.isCommitted(request.layer)), false)
      assert.deepEqual(await strangers(), ['staging'])
      if (end === 'unpack') await valueOf(host, layer.unpack(request))
      await valueOf(host, layer.remove(request.layer))
      assert.deepEqual(await strangers(), [])
    }
  })
}
