/** Notes of the manual that are easily overlooked: quotas, limits, what exec leaves. */
import { existsSync } from 'node:fs'
import { is, match, not, ok } from 'uvu/assert'
import { executables } from '../../harness/daemon.ts'
import { eventually } from '../../harness/processes.ts'
import { run } from '../../harness/run.ts'
import { cgroupFile, cgroupOf, CliFile } from './cli-file.ts'

const cli = new CliFile('notes of the manual')
const { test, ok: isula, start, pid, remove } = cli

const mib = 1024 * 1024
const member = (path: string): Promise<string> => cli.daemon.inspect('noted', path)

test('CLI-CR-07: --cpu-quota is the quota of the cgroup', async () => {
  await start('noted', '--cpu-quota', '50000')
  const init = await pid('noted')
  const unified = existsSync(`${cgroupOf(init, 'cpu')}/cpu.max`)
  const quota = cgroupFile(init, 'cpu', unified ? 'cpu.max' : 'cpu.cfs_quota_us')
  is(quota.split(' ')[0], '50000')
  is(await member('.HostConfig.CPUQuota'), '50000')
  await remove('noted')
})

test('CLI-CR-33: --memory-reservation is the soft limit, below the hard one', async () => {
  await start('noted', '-m', '64m', '--memory-reservation', '32m')
  const init = await pid('noted')
  const unified = existsSync(`${cgroupOf(init, 'memory')}/memory.low`)
  const soft = cgroupFile(init, 'memory', unified ? 'memory.low' : 'memory.soft_limit_in_bytes')
  is(soft, String(32 * mib))
  is(await member('.HostConfig.MemoryReservation'), String(32 * mib))
  await remove('noted')
})

test('CLI-CR-34: --memory-swap is memory and swap together, -1 no limit of swap', async () => {
  const limits = async (...flags: ReadonlyArray<string>): Promise<readonly [string, string]> => {
    await start('noted', '-m', '64m', ...flags)
    const folder = cgroupOf(await pid('noted'), 'memory')
    const file = 'memory.memsw.limit_in_bytes'
    // A kernel may not account for swap: then the wish is kept all the same.
    const kept = existsSync(`${folder}/${file}`)
      ? cgroupFile(await pid('noted'), 'memory', file)
      : ''
    const wished = await member('.HostConfig.MemorySwap')
    await remove('noted')
    return [wished, kept]
  }
  const [wished, kept] = await limits('--memory-swap', '96m')
  is(wished, String(96 * mib))
  ok(['', wished].includes(kept), kept)
  const [unlimited, shown] = await limits('--memory-swap=-1')
  is(unlimited, '-1')
  ok(shown === '' || Number(shown) > 1e15, shown)
})

test('CLI-CR-49: create and run take -H, --host and --help', async () => {
  const host = `unix://${cli.daemon.socket}`
  for (const command of ['create', 'run']) {
    for (const flags of [['-H', host], [`--host=${host}`]]) {
      const more = command === 'run' ? ['-d'] : []
      const words = [command, ...flags, ...more, 'busybox', 'true']
      const ran = await run(executables.isula, words, { env: { ISULAD_HOST: 'unix:///nowhere' } })
      is(ran.code, 0, ran.stderr)
      await eventually(
        'it can be removed',
        async () => (await cli.isula(['rm', ran.stdout.trim()])).code === 0,
      )
    }
    match(await isula(command, '--help'), `Usage:  isula ${command}`)
  }
})

test('CLI-RUN-06: a container that begins with init can be made, and attached to', async () => {
  await isula('run', '-d', '--name', 'noted', 'busybox', 'init')
  is(await cli.status('noted'), 'running')
  const client = cli.client('attach', 'noted')
  await new Promise((later) => setTimeout(later, 300))
  ok(client.isRunning, client.stderr)
  await isula('kill', 'noted')
  is(await client.ended, 137)
  await remove('noted')
})

test('CLI-EXEC-07: what ignores the hang-up outlives its exec, without zombies', async () => {
  await start('noted')
  // What nohup does; the image has no such program.
  const script = 'trap "" HUP; sleep 777 >/dev/null 2>&1 &'
  const client = cli.onTerminal('exec', '-it', 'noted', 'sh', '-c', script)
  is(await client.ended, 0)
  const shown = await isula('top', 'noted')
  match(shown, 'sleep 777')
  not.match(shown, 'defunct')
  await remove('noted')
})

test('CLI-STATS-03: stats --no-stream prints a header and a row, no id by itself', async () => {
  const id = await start('noted')
  const lines = (await isula('stats', '--no-stream', id)).split('\n').filter((one) => one !== '')
  is(lines.length, 2)
  not.match(lines.join('\n'), id)
  match(lines[1] ?? '', id.slice(0, 12))
  await remove('noted')
})

cli.run()
