/** The real clock, timers and entropy do what their ports promise. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { bootId } from '../../domain/identity.ts'
import type { ClockPort } from '../../domain/ports/ambient-ports.ts'
import { suite } from '../../properties/testing/suite.ts'
import { systemClock } from './clock.ts'
import { systemEntropy } from './entropy.ts'
import { systemTimer } from './timers.ts'

const test = suite('ambient')

test.needs(['linux'], 'the clock never goes back, and names this boot', async () => {
  const clock = systemClock()
  const times: Array<number> = []
  for (let i = 0; i < 1000; i++) times.push(clock.now().monoMs)
  assert.equal(
    times,
    [...times].sort((a, b) => a - b),
  )
  const before = clock.now()
  await sleep(20)
  const after = clock.now()
  assert.ok(after.monoMs - before.monoMs >= 19)
  assert.ok(Math.abs(after.wallMs - Date.now()) < 1000)
  assert.is(after.boot, readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
})

test.needs(['linux'], 'timers call in the order of their times, never too early', async () => {
  const clock = systemClock()
  const timer = systemTimer(clock)
  const { monoMs } = clock.now()
  const called: Array<string> = []
  const early: Array<string> = []
  const at = (name: string, ms: number): Promise<void> =>
    new Promise((resolve) => {
      timer.at(monoMs + ms, () => {
        called.push(name)
        if (clock.now().monoMs < monoMs + ms) early.push(name)
        resolve()
      })
    })
  await Promise.all([at('third', 60), at('first', -5), at('second', 30)])
  assert.equal(called, ['first', 'second', 'third'])
  assert.equal(early, [])
})

test.needs(['linux'], 'a cancelled timer never calls, also after its time', async () => {
  const clock = systemClock()
  const timer = systemTimer(clock)
  let calls = 0
  const cancel = timer.at(clock.now().monoMs + 10, () => void (calls += 1))
  const past = timer.at(clock.now().monoMs - 10, () => void (calls += 1))
  cancel()
  past()
  await sleep(30)
  assert.is(calls, 0)
  cancel()
})

test('a wait of more than 2^31 ms is a wait, and can be cancelled', async () => {
  const clock: ClockPort = { now: () => ({ boot: bootId('b'), monoMs: 0, wallMs: 0 }) }
  let calls = 0
  const cancel = systemTimer(clock).at(2 ** 31 + 5, () => void (calls += 1))
  await sleep(20)
  cancel()
  assert.is(calls, 0)
})

test('random bytes come as hex, and never twice', () => {
  const drawn = Array.from({ length: 100 }, () => systemEntropy.hex(16))
  for (const hex of drawn) assert.match(hex, /^[0-9a-f]{32}$/)
  assert.is(new Set(drawn).size, drawn.length)
})

test.run()
