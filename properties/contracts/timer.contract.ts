/** The timer port: once, never early, and not at all when cancelled. */
import assert from 'node:assert/strict'
import { until, type Contract } from './host-under-contract.ts'

export const timerContract: Contract = (test) => {
  test('no timer is early, and each calls once', async (host) => {
    const { clock, timer } = host.ports
    const start = clock.now().monoMs
    const delays = [0, 1, 1.5, 7, 20, 20, 33.3]
    const late: Array<number> = []
    for (const delay of delays)
      timer.at(start + delay, () => void late.push(clock.now().monoMs - start - delay))
    assert.deepEqual(late, [], 'nothing is called before the caller is done')
    await until(host, 'all timers', async () => late.length >= delays.length || undefined)
    await host.pass(40)
    assert.equal(late.length, delays.length)
    for (const lateMs of late) assert.ok(lateMs >= 0, `${lateMs} ms`)
  })

  test('a time that has passed is soon, a cancelled one never', async (host) => {
    const { clock, timer } = host.ports
    const called: Array<string> = []
    timer.at(clock.now().monoMs - 1000, () => void called.push('past'))
    const cancel = timer.at(clock.now().monoMs + 10, () => void called.push('cancelled'))
    cancel()
    cancel()
    await host.pass(40)
    assert.deepEqual(called, ['past'])
  })
}
