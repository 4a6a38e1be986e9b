/** Memory, cpu, pids, ulimit and restart rules at create. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../../properties/testing/suite.ts'
import { checkCpuset, checkNanoCpus, checkShares, parseCpuList, quotaMicros } from './cpu.ts'
import { checkMemory } from './memory.ts'
import { checkPidsLimit } from './pids.ts'
import type { Checked } from './refusal.ts'
import { checkRestartAtCreate, parseRestartPolicy } from './restart-policy.ts'
import { checkStopSignal } from './stop-signal.ts'
import { checkUlimit, mergeUlimits, parseUlimit, ulimitTypes } from './ulimits.ts'

const test = suite('limits')

const answer = <A>(checked: Checked<A>): A | string =>
  E.isLeft(checked) ? checked.left.message : checked.right

const message = (checked: Checked<unknown>): string =>
  E.isLeft(checked) ? checked.left.message : 'accepted'

const mib = 1024 * 1024

test('memory below 4 MB is refused with the text that users know', () => {
  const text = 'Minimum memory limit allowed is 4MB'
  assert.equal(answer(checkMemory({ Memory: 4 * mib - 1, MemorySwap: 0 })), text)
  assert.equal(E.isRight(checkMemory({ Memory: 4 * mib, MemorySwap: 0 })), true)
})

test('RES-MEM-01 RES-SCN-08: 0 is unlimited, negatives are refused', () => {
  assert.deepEqual(answer(checkMemory({ Memory: 0, MemorySwap: 0 })), { Memory: 0, MemorySwap: 0 })
  assert.match(message(checkMemory({ Memory: -1, MemorySwap: 0 })), /Invalid memory limit -1/)
})

test('RES-MEM-03 RES-SCN-08: memory-swap -1 is unlimited, -2 is refused', () => {
  assert.deepEqual(answer(checkMemory({ Memory: 64 * mib, MemorySwap: -1 })), {
    Memory: 64 * mib,
    MemorySwap: -1,
  })
  assert.match(message(checkMemory({ Memory: 64 * mib, MemorySwap: -2 })), /swap limit -2/)
})

test('memory alone sets memory + swap to twice its size', () => {
  const limits = answer(checkMemory({ Memory: 64 * mib, MemorySwap: 0 }))
  assert.deepEqual(limits, { Memory: 64 * mib, MemorySwap: 128 * mib })
})

test('memory-swap needs a memory limit and is at least as large', () => {
  assert.match(message(checkMemory({ Memory: 0, MemorySwap: mib })), /always set the memory/)
  assert.match(
    message(checkMemory({ Memory: 64 * mib, MemorySwap: 32 * mib })),
    /should be larger than memory limit/,
  )
})

test('--cpus ranges from 0.01 to the number of cpus', () => {
  assert.equal(answer(checkNanoCpus(0, 2)), 0)
  assert.equal(answer(checkNanoCpus(10_000_000, 2)), 10_000_000)
  assert.equal(answer(checkNanoCpus(2_000_000_000, 2)), 2_000_000_000)
  for (const wrong of [9_999_999, 2_000_000_001, -1])
    assert.match(message(checkNanoCpus(wrong, 2)), /range of CPUs is from 0.01 to 2.00/)
  assert.equal(quotaMicros(500_000_000), 50_000)
})

test('RES-CPU-03: negative shares are refused', () => {
  assert.equal(answer(checkShares(0)), 0)
  assert.match(message(checkShares(-1)), /Invalid cpu shares -1/)
})

test('RES-VAL-02: cpu lists have numbers and ranges', () => {
  assert.deepEqual(parseCpuList('0,2-3'), [0, 2, 3])
  for (const wrong of ['', 'a', '1-', '-1', '3-2', '0,,1', '0 1', '99999'])
    assert.equal(parseCpuList(wrong), undefined, wrong)
})

test('RES-SCN-05 CLI-CR-05: cpus that the host does not have are refused', () => {
  assert.equal(answer(checkCpuset('0-1', [0, 1])), '0-1')
  assert.equal(answer(checkCpuset('', [0])), '')
  assert.equal(
    answer(checkCpuset('0,7', [0, 1])),
    'Requested CPUs are not available - requested 0,7, available: 0,1',
  )
  assert.match(message(checkCpuset('x', [0])), /Invalid cpuset cpus "x"/)
})

test('RES-PIDS-01: the whole int64 range is accepted, more is not', () => {
  assert.equal(answer(checkPidsLimit(-1)), -1)
  assert.equal(answer(checkPidsLimit(2 ** 63)), Number.MAX_SAFE_INTEGER)
  assert.match(message(checkPidsLimit(2 ** 64)), /Invalid pids limit/)
  assert.match(message(checkPidsLimit(1.5)), /Invalid pids limit/)
})

test('RES-ULIMIT-01 RES-ULIMIT-02 RES-SCN-19: soft and hard, hard defaults to soft', () => {
  const nofile = { Name: 'nofile', Soft: 1024, Hard: 2048 }
  assert.deepEqual(answer(parseUlimit('nofile=1024:2048')), nofile)
  assert.deepEqual(answer(parseUlimit('nofile=1024')), { ...nofile, Hard: 1024 })
})

test('RES-ULIMIT-02 RES-SCN-19: soft above hard, words and unknown types are refused', () => {
  assert.match(message(parseUlimit('nofile=2048:1024')), /less than or equal to hard limit/)
  assert.match(message(parseUlimit('foo=1')), /Invalid ulimit type "foo"/)
  for (const wrong of ['nofile', 'nofile=', 'nofile=x', 'nofile=1:', 'nofile=1:2:3', '=1'])
    assert.match(message(parseUlimit(wrong)), /Invalid ulimit/, wrong)
})

test('RES-ULIMIT-20 RES-ULIMIT-34 RES-ULIMIT-35: every type takes a number and -1', () => {
  assert.equal(ulimitTypes.length, 15)
  for (const Name of ulimitTypes) {
    assert.ok(E.isRight(checkUlimit({ Name, Soft: 1, Hard: 2 })), Name)
    assert.ok(E.isRight(checkUlimit({ Name, Soft: 5, Hard: -1 })), Name)
  }
})

test('RES-ULIMIT-06: a given ulimit wins over the default of its type only', () => {
  const merged = mergeUlimits(
    [{ Name: 'nofile', Soft: 1, Hard: 2 }],
    [
      { Name: 'nofile', Soft: 9, Hard: 9 },
      { Name: 'nproc', Soft: 5, Hard: 5 },
    ],
  )
  assert.deepEqual(merged, [
    { Name: 'nofile', Soft: 1, Hard: 2 },
    { Name: 'nproc', Soft: 5, Hard: 5 },
  ])
})

test('CLI-CR-42: restart policies and their retry counts', () => {
  const policy = (Name: string, MaximumRetryCount = 0) => ({ Name, MaximumRetryCount })
  assert.deepEqual(answer(parseRestartPolicy('')), policy('no'))
  assert.deepEqual(answer(parseRestartPolicy('always')), policy('always'))
  assert.deepEqual(answer(parseRestartPolicy('on-failure:3')), policy('on-failure', 3))
  assert.deepEqual(answer(parseRestartPolicy('unless-stopped')), policy('unless-stopped'))
  assert.deepEqual(answer(parseRestartPolicy('on-reboot')), policy('on-reboot'))
  for (const wrong of ['never', 'on-failure:', 'on-failure:x', 'on-failure:-1', 'no:1:2'])
    assert.match(message(parseRestartPolicy(wrong)), /Invalid restart policy/, wrong)
  assert.match(message(parseRestartPolicy('always:3')), /not valid with restart policy/)
})

test('CLI-SC-24: create refuses unless-stopped', () => {
  const refused = checkRestartAtCreate({ Name: 'unless-stopped', MaximumRetryCount: 0 }, false)
  assert.match(message(refused), /'unless-stopped' is not supported/)
})

test('create refuses automatic removal together with a restart policy', () => {
  const always = { Name: 'always', MaximumRetryCount: 0 } as const
  assert.match(message(checkRestartAtCreate(always, true)), /automatic removal/)
  assert.ok(E.isRight(checkRestartAtCreate(always, false)))
  assert.ok(E.isRight(checkRestartAtCreate({ ...always, Name: 'no' }, true)))
})

test('stop signals become canonical', () => {
  assert.equal(answer(checkStopSignal('term')), 'SIGTERM')
  assert.equal(answer(checkStopSignal('SIGRTMIN+3')), '37')
  assert.match(message(checkStopSignal('NOPE')), /Invalid signal: NOPE/)
})

test.run()
