/** The clock port: one boot, and a monotonic time that never goes back. */
import assert from 'node:assert/strict'
import { BootId } from '../../domain/identity.ts'
import type { Contract } from './host-under-contract.ts'

export const clockContract: Contract = (test) => {
  test('monotonic time never goes back and follows what passes', async (host) => {
    const { clock } = host.ports
    const first = clock.now()
    let last = first
    for (let n = 0; n < 1000; n += 1) {
      const now = clock.now()
      assert.ok(now.monoMs >= last.monoMs)
      last = now
    }
    await host.pass(30)
    const passedMs = clock.now().monoMs - first.monoMs
    assert.ok(passedMs >= 29, `${passedMs} ms`)
    assert.ok(clock.now().wallMs >= first.wallMs + 28)
  })

  test('the boot stays the same, and is a boot id', (host) => {
    const { clock } = host.ports
    const { boot } = clock.now()
    assert.ok(BootId.is(boot))
    assert.equal(clock.now().boot, boot)
    return Promise.resolve()
  })
}
