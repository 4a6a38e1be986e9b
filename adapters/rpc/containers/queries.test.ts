/** Top and Stats: what is shown of the host's answers. */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import type { UsageSample } from '../../cgroups/usage-sampler.ts'
import { running, sampleContainer } from '../testing/sample-container.ts'
import { infoOf } from './stats.ts'
import { linesOf } from './top.ts'

const test = suite('top and stats')

const output = [
  'UID          PID    PPID  C STIME TTY          TIME CMD',
  'root           1       0  0 10:00 ?        00:00:01 /sbin/init 42',
  'root          42       1  0 10:00 ?        00:00:00 sh -c sleep 1',
  'daemon       142      42  0 10:00 ?        00:00:00 sleep 1',
  '',
].join('\n')

test('CLI-TOP-01: lines are chosen by the column PID alone', () => {
  const listing = linesOf(output, new Set([42, 142]))
  if (E.isLeft(listing)) throw new Error(listing.left)
  assert.match(listing.right.titles, /^UID +PID/)
  assert.equal(
    listing.right.processes.map((line) => line.slice(-12)),
    ['h -c sleep 1', '0:00 sleep 1'],
  )
})

test('CLI-TOP-01: without the column PID nothing can be told', () => {
  assert.equal(
    linesOf('COMMAND\nsh\n', new Set([1])),
    E.left("Couldn't find PID field in ps output"),
  )
})

const sample: UsageSample = {
  systemNanos: 7_000,
  onlineCpus: 2,
  hostMemory: 1_000_000,
  usage: {
    cpuNanos: 9_007_199_254_740_000,
    cpuUserNanos: 3,
    cpuKernelNanos: 4,
    pids: 5,
    blockRead: 6,
    blockWritten: 7,
    memory: 500,
    memoryLimit: Infinity,
    kernelMemory: 8,
    kernelMemoryLimit: Infinity,
    cache: 300,
    anonymous: 100,
    inactiveFile: 200,
    pageFaults: 9,
    majorPageFaults: 10,
  },
}

test('CLI-STATS-02: the limit is the own one, or the memory of the host', () => {
  const container = sampleContainer(1, { phase: running(42, 9_000) })
  const free = infoOf(container, sample)
  assert.is(free.mem_limit, '1000000')
  assert.is(free.workingset_bytes, 300)
  assert.is(free.avaliable_bytes, 999_700)
  assert.is(free.cpu_use_nanos, '9007199254740000')
  assert.is(free.status, 'running')
  const limited = infoOf(container, { ...sample, usage: { ...sample.usage, memoryLimit: 700 } })
  assert.is(limited.mem_limit, '700')
  assert.is(limited.avaliable_bytes, 400)
})

test.run()
