/** Back-off and counting of policy restarts (spec 96, C.5). */
import assert from 'node:assert/strict'
import { suite } from '../../properties/testing/suite.ts'
import { bootId } from '../identity.ts'
import { knownExit } from '../ports/exit-record.ts'
import type { RestartPolicy } from './config.ts'
import { containerIn, sampleTime } from './container-fixture.ts'
import { nextRestart, type Restart } from './restart-policy.ts'
import type { Container, LastRun } from './state.ts'

const test = suite('restart policy')

const run = (code: number, tookMs: number): LastRun => ({
  attempt: 1,
  exit: knownExit(code, 0),
  oomKilled: false,
  cause: 'itself',
  started: sampleTime(1_000),
  ended: sampleTime(1_000 + tookMs),
  error: '',
})

const given = (policy: RestartPolicy): Container => {
  const c = containerIn('exited', { RestartPolicy: policy })
  assert.ok(c !== undefined)
  return c
}

const after = (c: Container, restart: Restart): Container => ({
  ...c,
  streak: restart.count,
  lastDelayMs: restart.delayMs,
})

/** Delays of consecutive restarts after runs of `tookMs` with `code`. */
const delays = (first: Container, code: number, rounds: number): ReadonlyArray<number> => {
  let c = first
  return Array.from({ length: rounds }, () => {
    const next = nextRestart(c, run(code, 10))
    if (next === undefined) return -1
    c = after(c, next)
    return next.delayMs
  })
}

test('W11 the delay begins at 100 ms, doubles, and stays at one minute', () => {
  const always = given({ Name: 'always', MaximumRetryCount: 0 })
  assert.deepEqual(
    delays(always, 1, 12),
    [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000],
  )
})

test('a run of ten seconds begins the delay anew', () => {
  const c = { ...given({ Name: 'always', MaximumRetryCount: 0 }), lastDelayMs: 6400, streak: 7 }
  assert.equal(nextRestart(c, run(1, 9_999))?.delayMs, 12_800)
  assert.deepEqual(nextRestart(c, run(1, 10_000)), {
    delayMs: 100,
    count: 1,
    reason: 'policy always',
  })
})

test('W11 on-failure:2 restarts twice in a row and no third time', () => {
  const limited = given({ Name: 'on-failure', MaximumRetryCount: 2 })
  assert.deepEqual(delays(limited, 1, 3), [100, 200, -1])
})

test('on-failure without a limit goes on', () => {
  const free = given({ Name: 'on-failure', MaximumRetryCount: 0 })
  assert.equal(delays(free, 1, 20).includes(-1), false)
})

test('an unknown exit is a failure', () => {
  const c = given({ Name: 'on-failure', MaximumRetryCount: 0 })
  const lost: LastRun = {
    ...run(0, 10),
    exit: { _tag: 'UnknownExit', lastAliveWallMs: 1, firstDeadWallMs: 2, reason: 'lost' },
  }
  assert.notEqual(nextRestart(c, lost), undefined)
  assert.equal(nextRestart(c, run(0, 10)), undefined)
})

test('the length of a run that spans a reboot is not known, so it is no good run', () => {
  const c = { ...given({ Name: 'always', MaximumRetryCount: 0 }), lastDelayMs: 400 }
  const spanning = { ...run(1, 60_000), started: { ...sampleTime(0), boot: bootId('boot-0') } }
  assert.equal(nextRestart(c, spanning)?.delayMs, 800)
})

test.run()
