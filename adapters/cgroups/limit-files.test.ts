/** Which files of which cgroup version get what. */
import { equal, is } from 'uvu/assert'
import type { LiveLimits } from '../../domain/container/limits.ts'
import { suite } from '../../properties/testing/suite.ts'
import { limitWrites, weightOf } from './limit-files.ts'

const test = suite('limit files')

const none: LiveLimits = {
  CPUShares: 0,
  NanoCpus: 0,
  CPUPeriod: 0,
  CPUQuota: 0,
  CpusetCpus: '',
  CpusetMems: '',
  Memory: 0,
  MemorySwap: 0,
  MemoryReservation: 0,
  PidsLimit: 0,
}

/** What is written; what is not set is left out. */
const written = (limits: Partial<LiveLimits>, version: 1 | 2): Record<string, string> =>
  Object.fromEntries(
    limitWrites({ ...none, ...limits }, () => version)
      .filter(({ value }) => value !== '')
      .map(({ file, value }) => [file, value]),
  )

test('RES-CPU-03 RES-MEM-01: version 1 has a file for each limit', () => {
  const limits = { CPUShares: 512, CPUPeriod: 50_000, CPUQuota: 25_000, CpusetCpus: '0-1' }
  equal(written({ ...limits, CpusetMems: '0', PidsLimit: 9 }, 1), {
    'cpu.shares': '512',
    'cpu.cfs_period_us': '50000',
    'cpu.cfs_quota_us': '25000',
    'cpuset.cpus': '0-1',
    'cpuset.mems': '0',
    'pids.max': '9',
  })
  equal(written({ Memory: 100, MemorySwap: 300, MemoryReservation: 50 }, 1), {
    'memory.limit_in_bytes': '100',
    'memory.memsw.limit_in_bytes': '300',
    'memory.soft_limit_in_bytes': '50',
  })
})

test('version 2 counts swap alone and has quota and period in one file', () => {
  equal(written({ CPUShares: 1_024, CPUQuota: 25_000 }, 2), {
    'cpu.weight': '39',
    'cpu.max': '25000 100000',
  })
  equal(written({ CPUPeriod: 50_000 }, 2), { 'cpu.max': 'max 50000' })
  equal(written({ Memory: 100, MemorySwap: 300, MemoryReservation: 50 }, 2), {
    'memory.max': '100',
    'memory.swap.max': '200',
    'memory.low': '50',
  })
})

test('-1 is no limit', () => {
  equal(written({ PidsLimit: -1, CPUQuota: -1 }, 1), {
    'pids.max': 'max',
    'cpu.cfs_quota_us': '-1',
  })
  equal(written({ CPUQuota: -1, MemorySwap: -1 }, 2), {
    'cpu.max': 'max 100000',
    'memory.swap.max': 'max',
  })
  equal(written({ MemorySwap: -1 }, 1), { 'memory.memsw.limit_in_bytes': '-1' })
})

test('--cpus is a quota of the usual period', () => {
  equal(written({ NanoCpus: 500_000_000 }, 1), {
    'cpu.cfs_period_us': '100000',
    'cpu.cfs_quota_us': '50000',
  })
  equal(written({ NanoCpus: 1_500_000_000 }, 2), { 'cpu.max': '150000 100000' })
})

test('nothing that is set is nothing to write, in the same order for any limits', () => {
  for (const version of [1, 2] as const) {
    equal(written({}, version), {})
    const files = (limits: LiveLimits) => limitWrites(limits, () => version).map((w) => w.file)
    equal(files(none), files({ ...none, Memory: 1, CPUShares: 2, PidsLimit: 3 }))
  }
})

test('shares become weights over the whole range', () => {
  is(weightOf(2), 1)
  is(weightOf(262_144), 10_000)
  is(weightOf(1_024), 39)
  is(weightOf(300_000), 10_000)
})

test.run()
