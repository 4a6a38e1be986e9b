/** The copy port: no copy without its client and a mounted root file system. */
import assert from 'node:assert/strict'
import { copyId } from '../../domain/identity.ts'
import { mounted, removed } from './container-life.ts'
import { deaf, said, valueOf, type Contract } from './host-under-contract.ts'

export const copyContract: Contract = (test) => {
  test('a copy needs a client that waits for it', async (host) => {
    const box = await mounted(host, deaf)
    const copy = copyId(host.ports.entropy.hex(16))
    assert.equal(await said(host, host.ports.copy.transfer(box.id, copy)), 'ENOENT')
    const leave = host.copyClient(copy)
    assert.equal(await said(host, host.ports.copy.transfer(box.id, copy)), 'applied')
    leave()
    assert.equal(await said(host, host.ports.copy.transfer(box.id, copy)), 'ENOENT')
    await removed(host, box)
  })

  test('a copy needs the root file system to be mounted', async (host) => {
    const box = await mounted(host, deaf)
    await valueOf(host, host.ports.rootfs.unmount(box.id))
    const copy = copyId(host.ports.entropy.hex(16))
    const leave = host.copyClient(copy)
    assert.equal(await said(host, host.ports.copy.transfer(box.id, copy)), 'ENOENT')
    leave()
    await removed(host, box)
  })

  test('the end of a copy that is not under way is applied', async (host) => {
    const copy = copyId(host.ports.entropy.hex(16))
    for (const _ of [1, 2]) assert.equal(await said(host, host.ports.copy.end(copy)), 'applied')
  })
}
