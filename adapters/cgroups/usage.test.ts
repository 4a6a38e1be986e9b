/** Usage read from cgroup files as the kernel writes them: v1 with v2 beside it, and v2 alone. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import type { CgroupHost } from './hierarchies.ts'
import { freshMs, usageSampler } from './usage-sampler.ts'
import { cgroupUsage, type CgroupUsage } from './usage.ts'

const test = suite('cgroup usage')

const inScratch = (body: (directory: string) => void) => (): void => {
  const directory = mkdtempSync(join(tmpdir(), 'usage-'))
  try {
    body(directory)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const write = (directory: string, files: Readonly<Record<string, string>>): void => {
  mkdirSync(directory, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
}

const hybrid = (mount: string): CgroupHost => ({
  mode: 'hybrid',
  hierarchies: [
    ...['cpu,cpuacct', 'memory', 'pids', 'blkio'].map((name) => ({
      mount: join(mount, name),
      version: 1 as const,
      controllers: name.split(','),
    })),
    { mount: join(mount, 'unified'), version: 2, controllers: [] },
  ],
  unifiedControllers: [],
})

const unified = (mount: string): CgroupHost => ({
  mode: 'v2',
  hierarchies: [{ mount, version: 2, controllers: [] }],
  unifiedControllers: ['cpu', 'memory', 'io', 'pids'],
})

const expected: CgroupUsage = {
  cpuNanos: 5_000_000,
  cpuUserNanos: 3_000_000,
  cpuKernelNanos: 2_000_000,
  pids: 7,
  blockRead: 4_106,
  blockWritten: 20,
  memory: 1_048_576,
  memoryLimit: 67_108_864,
  kernelMemory: 65_536,
  kernelMemoryLimit: Infinity,
  cache: 8_192,
  anonymous: 4_096,
  inactiveFile: 2_048,
  pageFaults: 11,
  majorPageFaults: 2,
}

test(
  'v1 counts the cgroup with those below it',
  inScratch((mount) => {
    write(join(mount, 'cpu,cpuacct/box'), {
      'cpuacct.usage': '5000000\n',
      'cpuacct.usage_user': '3000000\n',
      'cpuacct.usage_sys': '2000000\n',
    })
    write(join(mount, 'pids/box'), { 'pids.current': '7\n' })
    write(join(mount, 'blkio/box'), {
      'blkio.throttle.io_service_bytes_recursive':
        '8:0 Read 4096\n8:0 Write 20\n8:0 Sync 9\n8:0 Total 4116\n8:16 Read 10\nTotal 4126\n',
    })
    write(join(mount, 'memory/box'), {
      'memory.usage_in_bytes': '1048576\n',
      'memory.limit_in_bytes': '67108864\n',
      'memory.kmem.usage_in_bytes': '65536\n',
      'memory.kmem.limit_in_bytes': '9223372036854771712\n',
      'memory.stat':
        'cache 1\nrss 1\ninactive_file 1\ntotal_cache 8192\ntotal_rss 4096\n' +
        'total_pgfault 11\ntotal_pgmajfault 2\ntotal_inactive_file 2048\n',
    })
    assert.equal(cgroupUsage(hybrid(mount), '/box'), expected)
  }),
)

test(
  'v2 has the same figures in other files',
  inScratch((mount) => {
    write(join(mount, 'box'), {
      'cpu.stat': 'usage_usec 5000\nuser_usec 3000\nsystem_usec 2000\nnr_periods 0\n',
      'pids.current': '7\n',
      'io.stat':
        '8:0 rbytes=4096 wbytes=20 rios=1 wios=1 dbytes=0 dios=0\n8:16 rbytes=10 wbytes=0\n',
      'memory.current': '1048576\n',
      'memory.max': '67108864\n',
      'memory.stat':
        'anon 4096\nfile 8192\nkernel 65536\nkernel_stack 1\ninactive_file 2048\npgfault 11\n' +
        'pgmajfault 2\n',
    })
    assert.equal(cgroupUsage(unified(mount), '/box'), expected)
  }),
)

test(
  'a limit that nobody set is none, and a cgroup that is gone uses nothing',
  inScratch((mount) => {
    write(join(mount, 'box'), { 'memory.max': 'max\n' })
    assert.is(cgroupUsage(unified(mount), '/box').memoryLimit, Infinity)
    for (const host of [hybrid(mount), unified(mount)]) {
      const { memoryLimit, kernelMemoryLimit, ...rest } = cgroupUsage(host, '/gone')
      assert.equal([memoryLimit, kernelMemoryLimit], [Infinity, Infinity])
      assert.ok(
        Object.values(rest).every((figure) => figure === 0),
        JSON.stringify(rest),
      )
    }
  }),
)

test('who asks at nearly the same time shares one sample', () => {
  let nowMs = 1_000
  let reads = 0
  const read = (): CgroupUsage => {
    reads += 1
    return { ...expected, pids: reads }
  }
  const sample = usageSampler({ host: unified('/nowhere'), nowMs: () => nowMs, read })
  const first = sample('/a')
  nowMs += freshMs - 1
  assert.is(sample('/a'), first)
  sample('/b')
  assert.is(reads, 2)
  nowMs += 1
  const second = sample('/a')
  assert.is(second.usage.pids, 3)
  assert.is(second.systemNanos - first.systemNanos, freshMs * 1e6 * first.onlineCpus)
})

test.run()
