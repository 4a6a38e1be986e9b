/** The process port: signals reach the very process that is meant, or nobody. */
import assert from 'node:assert/strict'
import { bootId } from '../../domain/identity.ts'
import { exitOf, removed, started } from './container-life.ts'
import { deaf, said, until, valueOf, type Contract } from './host-under-contract.ts'

export const processContract: Contract = (test) => {
  test('only a number from 1 to 64 is a signal', async (host) => {
    const { process } = host.ports
    const { box, init } = await started(host, deaf)
    for (const signal of [0, 65, -1, 1.5])
      assert.equal(await said(host, process.signal(init, signal)), 'EINVAL', `${signal}`)
    for (const signal of [18, 64])
      assert.equal(await said(host, process.signal(init, signal)), 'applied', `${signal}`)
    assert.equal(await valueOf(host, process.isAlive(init)), true)
    await removed(host, box)
  })

  test('a pid of another boot, another start or a dead process is nobody', async (host) => {
    const { process } = host.ports
    const { box, init } = await started(host, deaf)
    const strangers = [
      { ...init, boot: bootId('another-boot') },
      { ...init, startTicks: init.startTicks + 1 },
    ]
    for (const stranger of strangers) {
      assert.equal(await said(host, process.signal(stranger, 9)), 'ESRCH')
      assert.equal(await valueOf(host, process.isAlive(stranger)), false)
    }
    assert.equal(await valueOf(host, process.isAlive(init)), true)
    assert.equal(await said(host, process.signal(init, 9)), 'applied')
    const ended = async () => !(await valueOf(host, process.isAlive(init))) || undefined
    await until(host, 'its end', ended)
    for (const signal of [9, 15])
      assert.equal(await said(host, process.signal(init, signal)), 'ESRCH')
    assert.equal((await exitOf(host, box)).code, 137)
    await removed(host, box)
  })
}
