/** `isula update` on real containers: what the kernel has, what inspect shows, what is refused. */
import { equal, is, match } from 'uvu/assert'
import { cgroupFile, CliFile, sleeper } from './cli-file.ts'

const cli = new CliFile('isula update')
const { test, ok: isula, fails, start, pid, remove } = cli

const mib = 1024 * 1024
const gib = 1024 * mib

const member = (name: string, path: string): Promise<string> =>
  cli.daemon.inspect(name, `.HostConfig.${path}`)

const hostConfig = async (name: string): Promise<unknown> =>
  JSON.parse(await cli.daemon.inspect(name, 'json .HostConfig'))

const memoryOf = (init: number): string => cgroupFile(init, 'memory', 'memory.limit_in_bytes')
const bothOf = (init: number): string => cgroupFile(init, 'memory', 'memory.memsw.limit_in_bytes')

test('CLI-UPDATE-01 CLI-SC-33: the prefix is printed, and the new memory shown', async () => {
  const id = await start('prefix')
  const prefix = id.slice(0, 2)
  is(await isula('update', '--memory', '1G', prefix), prefix)
  is(await member('prefix', 'Memory'), String(gib))
  is(memoryOf(await pid('prefix')), String(gib))
  await remove('prefix')
})

test('CLI-UPDATE-01: each limit reaches the cgroup of a running container', async () => {
  await start('live', '-m', '64m')
  const init = await pid('live')
  const flags = '--cpu-shares 512 --cpu-period 50000 --cpu-quota 25000 --cpuset-cpus 0'.split(' ')
  const memory = '-m 128m --memory-swap 256m --memory-reservation 32m --pids-limit 77'.split(' ')
  is(await isula('update', ...flags, '--cpuset-mems', '0', ...memory, 'live'), 'live')
  is(cgroupFile(init, 'cpu', 'cpu.shares'), '512')
  is(cgroupFile(init, 'cpu', 'cpu.cfs_period_us'), '50000')
  is(cgroupFile(init, 'cpu', 'cpu.cfs_quota_us'), '25000')
  is(cgroupFile(init, 'cpuset', 'cpuset.cpus'), '0')
  is(cgroupFile(init, 'cpuset', 'cpuset.mems'), '0')
  is(memoryOf(init), String(128 * mib))
  is(bothOf(init), String(256 * mib))
  is(cgroupFile(init, 'memory', 'memory.soft_limit_in_bytes'), String(32 * mib))
  is(cgroupFile(init, 'pids', 'pids.max'), '77')
  const shown = { CPUShares: 512, CPUPeriod: 50_000, CPUQuota: 25_000, PidsLimit: 77 }
  for (const [name, value] of Object.entries(shown)) is(await member('live', name), String(value))
  is(await member('live', 'CpusetCpus'), '0')
  is(await member('live', 'MemoryReservation'), String(32 * mib))
  await remove('live')
})

test('CLI-UPDATE-01: memory and swap grow and shrink in one step', async () => {
  await start('sized', '-m', '64m', '--memory-swap', '96m')
  const init = await pid('sized')
  for (const [memory, swap] of [
    [512, 1024],
    [32, 48],
    [64, 64],
  ] as const) {
    await isula('update', '-m', `${memory}m`, '--memory-swap', `${swap}m`, 'sized')
    is(memoryOf(init), String(memory * mib))
    is(bothOf(init), String(swap * mib))
  }
  await remove('sized')
})

test('CLI-UPDATE-01: what is not named stays, and several containers are echoed', async () => {
  await start('one', '--pids-limit', '40')
  await start('two', '--cpu-shares', '300')
  is(await isula('update', '--cpus', '0.5', 'one', 'two'), 'one\ntwo')
  const [one, two] = [await pid('one'), await pid('two')]
  for (const init of [one, two]) is(cgroupFile(init, 'cpu', 'cpu.cfs_quota_us'), '50000')
  is(cgroupFile(one, 'pids', 'pids.max'), '40')
  is(cgroupFile(two, 'cpu', 'cpu.shares'), '300')
  await remove('one', 'two')
})

test('CLI-UPDATE-01: a created and a stopped container have the new limits at start', async () => {
  await isula('create', '--name', 'later', 'busybox', ...sleeper)
  is(await isula('update', '-m', '32m', 'later'), 'later')
  await isula('start', 'later')
  is(memoryOf(await pid('later')), String(32 * mib))
  await isula('stop', '-t', '0', 'later')
  await isula('update', '-m', '48m', '--pids-limit', '30', 'later')
  is(await member('later', 'Memory'), String(48 * mib))
  await isula('start', 'later')
  const init = await pid('later')
  is(memoryOf(init), String(48 * mib))
  is(cgroupFile(init, 'pids', 'pids.max'), '30')
  await remove('later')
})

test('CLI-UPDATE-01: a paused container is updated and stays paused', async () => {
  await start('frozen')
  await isula('pause', 'frozen')
  await isula('update', '--cpu-shares', '200', 'frozen')
  is(cgroupFile(await pid('frozen'), 'cpu', 'cpu.shares'), '200')
  is(await cli.status('frozen'), 'paused')
  await isula('unpause', 'frozen')
  await remove('frozen')
})

test('CLI-UPDATE-01: --restart takes effect at the next end', async () => {
  await start('again')
  await isula('update', '--restart', 'on-failure:2', 'again')
  is(await member('again', 'RestartPolicy.Name'), 'on-failure')
  is(await member('again', 'RestartPolicy.MaximumRetryCount'), '2')
  const before = await pid('again')
  process.kill(before, 'SIGKILL')
  await cli.until('again', 'running')
  while ((await pid('again')) === before) await new Promise((r) => setTimeout(r, 50))
  is(await cli.daemon.inspect('again', '.RestartCount'), '1')
  await remove('again')
})

test('CLI-UPDATE-01: refused values change nothing, in the kernel or in inspect', async () => {
  await start('kept', '-m', '64m', '--memory-swap', '96m', '--cpu-shares', '300')
  const init = await pid('kept')
  const before = await hostConfig('kept')
  const refused: ReadonlyArray<readonly [ReadonlyArray<string>, string | RegExp]> = [
    [['-m', '1m'], 'Minimum memory limit allowed is 4MB'],
    [['-m', '128m'], 'update the memoryswap at the same time'],
    [['-m', '64m', '--memory-swap', '32m'], 'swap'],
    [['--memory-reservation', '80m'], /reservation/i],
    [['--cpu-shares', '-3'], '-3'],
    [['--cpu-period', '5'], /period/i],
    [['--cpu-quota', '10'], /quota/i],
    [['--cpus', '9999'], 'CPUs available'],
    [['--cpu-quota', '20000', '--cpus', '0.5'], /cpus|nano/i],
    [['--cpuset-cpus', '9999'], '9999'],
    [['--restart', 'sometimes'], 'sometimes'],
    [['-m', 'lots'], '"lots"'],
  ]
  for (const [flags, text] of refused) {
    const ran = await cli.isula(['update', '--cpuset-cpus', '0', ...flags, 'kept'])
    is(ran.code !== 0, true, flags.join(' '))
    match(ran.stderr, text, flags.join(' '))
  }
  equal(await hostConfig('kept'), before)
  is(cgroupFile(init, 'cpu', 'cpu.shares'), '300')
  is(memoryOf(init), String(64 * mib))
  await remove('kept')
})

test('CLI-UPDATE-01: what the kernel refuses is taken back and reported', async () => {
  const script = 'x=$(head -c 40000000 /dev/zero | tr "\\0" x); echo ready; sleep 1000; true'
  const flags = ['--name', 'big', '-m', '256m', '--memory-swap', '256m', '--cpu-shares', '300']
  await isula('run', '-d', ...flags, 'busybox', 'sh', '-c', script)
  while (!(await isula('logs', 'big')).includes('ready'))
    await new Promise((r) => setTimeout(r, 50))
  const before = await hostConfig('big')
  const low = ['-m', '8m', '--memory-swap', '8m', '--cpu-shares', '500']
  match(await fails(1, 'update', ...low, 'big'), /Cannot update container.*EBUSY/)
  const init = await pid('big')
  is(memoryOf(init), String(256 * mib))
  is(cgroupFile(init, 'cpu', 'cpu.shares'), '300')
  equal(await hostConfig('big'), before)
  await remove('big')
})

test('CLI-UPDATE-01: no flag, no container and an unknown one are errors', async () => {
  match(await fails(1, 'update', 'nobody'), 'You must provide one or more flags')
  match(await fails(1, 'update', '-m', '64m'), /update/)
  match(await fails(1, 'update', '-m', '64m', 'nobody'), 'nobody')
  await isula('run', '-d', '--rm', '--name', 'brief', 'busybox', ...sleeper)
  match(await fails(1, 'update', '--restart', 'always', 'brief'), 'AutoRemove is enabled')
  await remove('brief')
})

test('CLI-UPDATE-01: an update is whole or not at all after kill -9 of the daemon', async () => {
  await start('crashed', '-m', '64m', '--memory-swap', '64m', '--pids-limit', '40')
  const init = await pid('crashed')
  for (const [round, delayMs] of [2, 5, 8, 12].entries()) {
    const limit = 40 + 10 * (round + 1)
    const updating = cli.isula(['update', '--pids-limit', String(limit), 'crashed'])
    await new Promise((r) => setTimeout(r, delayMs))
    await cli.daemon.kill9()
    await cli.daemon.start()
    const ran = await updating
    const shown = await member('crashed', 'PidsLimit')
    is(cgroupFile(init, 'pids', 'pids.max'), shown)
    if (ran.code === 0) is(shown, String(limit))
  }
  is(await pid('crashed'), init)
  await remove('crashed')
})

cli.run()
