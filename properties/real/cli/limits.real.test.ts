/** Limits of memory, CPU, processes and files as the kernel has them (spec 31). */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { equal, is, match, ok } from 'uvu/assert'
import { cgroupFile, cgroupOf, CliFile } from './cli-file.ts'

const cli = new CliFile('isula limits')
const { test, ok: isula, fails, start, pid, remove, sh } = cli

const member = (name: string, path: string): Promise<string> => cli.daemon.inspect(name, path)

/** A running container with these flags, looked at and removed. */
const withFlags = async (
  flags: ReadonlyArray<string>,
  look: (pid: number) => Promise<void> | void,
): Promise<void> => {
  await start('limited', ...flags)
  await look(await pid('limited'))
  await remove('limited')
}

const refused = async (flags: ReadonlyArray<string>, ...says: ReadonlyArray<string>) => {
  const text = await fails(125, 'run', '-d', ...flags, 'busybox', 'true')
  for (const word of says) match(text, word, flags.join(' '))
}

const mib = 1024 * 1024

test(
  'RES-MEM-01 RES-SCN-06 RES-VAL-01 RES-VAL-04 CLI-CR-32: --memory is the limit of the ' + 'cgroup',
  async () => {
    for (const [text, bytes] of [
      ['1G', 1024 * mib],
      ['64m', 64 * mib],
      ['64MB', 64 * mib],
      ['65536kb', 64 * mib],
      ['67108864', 64 * mib],
    ] as const)
      await withFlags(['-m', text], async (init) => {
        is(cgroupFile(init, 'memory', 'memory.limit_in_bytes'), String(bytes), text)
        is(await member('limited', '.HostConfig.Memory'), String(bytes))
      })
  },
)

test(
  'RES-MEM-01 RES-VAL-03 RES-SCN-08: 0 is no limit, negative and malformed sizes are ' + 'refused',
  async () => {
    const unlimited = cgroupFile(process.pid, 'memory', 'memory.limit_in_bytes')
    await withFlags(['--memory', '0'], async (init) => {
      is(cgroupFile(init, 'memory', 'memory.limit_in_bytes'), unlimited)
      is(await member('limited', '.HostConfig.Memory'), '0')
    })
    await refused(['--memory', '-1'], 'memory', '-1')
    await refused(['-m', 'abc'], 'memory', '"abc"', 'KB, MB, GB, TB, PB')
    await refused(['-m', '64X'], '64X')
    await refused(['-m', '99999999P'], '99999999P')
    await refused(['-m', '1m'], 'Minimum memory limit allowed is 4MB')
  },
)

test('RES-MEM-03 RES-SCN-08 CLI-CR-34: --memory-swap; -1 has no end', async () => {
  const bothOf = (init: number): string => cgroupFile(init, 'memory', 'memory.memsw.limit_in_bytes')
  const unlimited = bothOf(process.pid)
  const pairs = [
    [['-m', '64m', '--memory-swap', '96m'], String(96 * mib)],
    [['-m', '64m'], String(128 * mib)],
    [['-m', '64m', '--memory-swap', '-1'], unlimited],
  ] as const
  for (const [flags, bytes] of pairs)
    await withFlags(flags, (init) => is(bothOf(init), bytes, flags.join(' ')))
  await refused(['--memory-swap', '-2'], 'swap', '-2')
  await refused(['-m', '64m', '--memory-swap', '32m'], 'swap')
})

test('a process above its memory limit is killed, and inspect says that it was', async () => {
  const script = 'x=$(head -c 60000000 /dev/zero | tr "\\0" x); echo ${#x}'
  const flags = ['-m', '16m', '--memory-swap', '16m', '--name', 'greedy']
  await isula('run', '-d', ...flags, 'busybox', 'sh', '-c', script)
  is(await isula('wait', 'greedy'), '137')
  is(await member('greedy', '.State.OOMKilled'), 'true')
  await isula('rm', 'greedy')
})

test('RES-CPU-03 CLI-CR-06: --cpu-shares is the weight of the cgroup', async () => {
  await withFlags(['--cpu-shares', '512'], async (init) => {
    is(cgroupFile(init, 'cpu', 'cpu.shares'), '512')
    is(await member('limited', '.HostConfig.CPUShares'), '512')
  })
  await refused(['--cpu-shares', '-3'], '-3')
  await refused(['--cpu-shares', '1.5'], '--cpu-shares', '1.5')
  await refused(['--cpu-shares', '9223372036854775808'], '9223372036854775808')
})

test('--cpus is a quota of the period', async () => {
  await withFlags(['--cpus', '0.5'], (init) => {
    is(cgroupFile(init, 'cpu', 'cpu.cfs_period_us'), '100000')
    is(cgroupFile(init, 'cpu', 'cpu.cfs_quota_us'), '50000')
  })
  await refused(['--cpus', String(availableParallelism() + 1)], 'CPUs available')
  await refused(['--cpus', 'x'], 'cpus', 'x')
})

test(
  'RES-CPU-04 RES-VAL-02 RES-SCN-05 CLI-CR-05: --cpuset-cpus names CPUs of the ' + 'host',
  async () => {
    await withFlags(['--cpuset-cpus', '0'], async (init) => {
      is(cgroupFile(init, 'cpuset', 'cpuset.cpus'), '0')
      is(await member('limited', '.HostConfig.CpusetCpus'), '0')
    })
    is(
      await sh('grep Cpus_allowed_list /proc/self/status', '--cpuset-cpus', '0'),
      'Cpus_allowed_list:\t0',
    )
    await refused(['--cpuset-cpus', '9999'], '9999', 'not available')
    await refused(['--cpuset-cpus', '0-'], '0-', '0-3 or 0,2-3')
    is(await isula('ps', '-aq'), '')
  },
)

test('RES-PIDS-01 RES-PIDS-03 CLI-CR-39: --pids-limit is the limit of the cgroup', async () => {
  await withFlags(['--pids-limit', '1024'], async (init) => {
    is(cgroupFile(init, 'pids', 'pids.max'), '1024')
    is(await member('limited', '.HostConfig.PidsLimit'), '1024')
  })
  for (const none of ['0', '-1', '-5'])
    await withFlags(['--pids-limit', none], (init) =>
      is(cgroupFile(init, 'pids', 'pids.max'), 'max'),
    )
  await refused(['--pids-limit', '9223372036854775808'], 'pids', '9223372036854775808')
  await refused(['--pids-limit', 'x'], '--pids-limit', 'x')
})

test('RES-SCN-18: with --pids-limit 20 at most 20 tasks exist', async () => {
  await start('bounded', '--pids-limit', '20')
  const init = await pid('bounded')
  const forks = 'for n in $(seq 40); do sleep 5 & done'
  match((await cli.isula(['exec', 'bounded', 'sh', '-c', forks])).stderr, "can't fork")
  const tasks = Number(cgroupFile(init, 'pids', 'pids.current'))
  ok(tasks > 10 && tasks <= 20, `${tasks} tasks`)
  await remove('bounded')
})

test('RES-ULIMIT-01 RES-ULIMIT-02 RES-SCN-19 CLI-CR-45: --ulimit', async () => {
  const nofile = 'ulimit -Sn; ulimit -Hn'
  is(await sh(nofile, '--ulimit', 'nofile=1024:2048'), '1024\n2048')
  is(await sh(nofile, '--ulimit', 'nofile=1024'), '1024\n1024')
  await refused(['--ulimit', 'nofile=2048:1024'], 'nofile', '2048 > 1024')
  await refused(['--ulimit', 'foo=1'], '"foo"', 'nofile')
  await refused(['--ulimit', 'nofile=x'], 'nofile=x')
  is(await isula('ps', '-aq'), '')
})

test('RES-ULIMIT-35 RES-ULIMIT-36 RES-SCN-20: -1 is unlimited, but not for nofile', async () => {
  is(await sh('ulimit -c', '--ulimit', 'core=-1'), 'unlimited')
  const ran = await cli.isula(['run', '-d', '--ulimit', 'nofile=-1', 'busybox', 'true'])
  match(ran.stderr, 'Operation not permitted')
  await isula('rm', ran.stdout.trim())
})

/**
 * Type, how the kernel shows it (proc_pid_limits(5)), and its requirement. Not nice and rtprio:
 * a daemon without CAP_SYS_RESOURCE cannot raise them.
 */
const types = [
  ['core', 'Max core file size', 'RES-ULIMIT-20'],
  ['cpu', 'Max cpu time', 'RES-ULIMIT-21'],
  ['data', 'Max data size', 'RES-ULIMIT-22'],
  ['fsize', 'Max file size', 'RES-ULIMIT-23'],
  ['locks', 'Max file locks', 'RES-ULIMIT-24'],
  ['memlock', 'Max locked memory', 'RES-ULIMIT-25'],
  ['msgqueue', 'Max msgqueue size', 'RES-ULIMIT-26'],
  ['nproc', 'Max processes', 'RES-ULIMIT-28'],
  ['rss', 'Max resident set', 'RES-ULIMIT-29'],
  ['rttime', 'Max realtime timeout', 'RES-ULIMIT-31'],
  ['sigpending', 'Max pending signals', 'RES-ULIMIT-32'],
  ['stack', 'Max stack size', 'RES-ULIMIT-33'],
  ['nofile', 'Max open files', 'RES-ULIMIT-34'],
] as const

test(`${types.map(([, , id]) => id).join(' ')}: each type is a limit of its own`, async () => {
  const soft = (n: number): number => 100_000_000 + n
  const small = new Map([
    ['nofile', 1013],
    ['nproc', 5014],
    ['memlock', 65_536],
    ['msgqueue', 400_000],
    ['sigpending', 3_000],
  ])
  const wanted = types.map(([type, shown], n) => ({
    type,
    shown,
    value: small.get(type) ?? soft(n),
  }))
  const flags = wanted.flatMap(({ type, value }) => ['--ulimit', `${type}=${value}`])
  const told = await sh('cat /proc/self/limits', ...flags)
  for (const { type, shown, value } of wanted)
    match(told, new RegExp(`^${shown} +${value} +${value} `, 'm'), type)
})

test('RES-ULIMIT-06: inspect shows the ulimits', async () => {
  const id = await isula('create', '--ulimit', 'nofile=10:20', '--ulimit', 'core=0', 'busybox')
  const shown: unknown = JSON.parse(await member(id, 'json .HostConfig.Ulimits'))
  equal(shown, [
    { Name: 'nofile', Hard: 20, Soft: 10 },
    { Name: 'core', Hard: 0, Soft: 0 },
  ])
  await isula('rm', id)
})

const numbers = (
  'CPUShares CPUPeriod CPUQuota CPURealtimePeriod CPURealtimeRuntime Memory MemoryReservation ' +
  'MemorySwap KernelMemory OomScoreAdj BlkioWeight PidsLimit FilesLimit'
).split(' ')

test('RES-INSPECT-01 RES-NS-10: HostConfig has every member, with its default', async () => {
  const id = await isula('create', 'busybox')
  const host = JSON.parse(await member(id, 'json .HostConfig')) as Record<string, unknown>
  for (const name of numbers) is(host[name], 0, name)
  is(host['ShmSize'], 67_108_864)
  for (const name of [
    'NetworkMode',
    'IpcMode',
    'PidMode',
    'UTSMode',
    'UsernsMode',
    'CpusetCpus',
    'CpusetMems',
  ])
    is(host[name], '', name)
  is(host['OomKillDisable'], false)
  equal(host['StorageOpt'], {})
  for (const name of ['Ulimits', 'Hugetlbs', 'BlkioWeightDevice']) equal(host[name], [], name)
  await isula('rm', id)
})

test('limits are lifted with the container: no cgroup is left', async () => {
  await start('short', '-m', '64m', '--pids-limit', '50')
  const path = cgroupOf(await pid('short'), 'memory')
  is(existsSync(path), true)
  await remove('short')
  is(existsSync(path), false)
})

cli.run()
