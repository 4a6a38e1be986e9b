/** `isula top`, `stats` and `port` on real containers (CLI-TOP-*, CLI-STATS-*). */
import { is, match, ok } from 'uvu/assert'
import { eventually } from '../../harness/processes.ts'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula top, stats, port', {}, ['program:ps'])
const { test, ok: isula, fails, start, remove } = cli

const lines = (text: string): ReadonlyArray<string> => text.split('\n').filter((l) => l !== '')

const busy = 'while :; do :; done'

test('CLI-TOP-01: the processes by their pids of the host, as ps -ef shows them', async () => {
  await start('seen')
  const [title = '', ...processes] = lines(await isula('top', 'seen'))
  match(title, /^UID +PID +PPID +C +STIME +TTY +TIME +CMD$/)
  is(processes.length, 2, processes.join('\n'))
  const pid = await cli.pid('seen')
  ok(processes.some((line) => line.trim().split(/\s+/)[1] === String(pid)))
  ok(processes.some((line) => line.endsWith('sleep 1000')))
})

test('CLI-TOP-01: processes of an exec count, those of other containers do not', async () => {
  await start('other')
  await isula('exec', '-d', 'seen', 'sleep', '4321')
  await eventually('the exec is seen', async () => (await isula('top', 'seen')).includes('4321'))
  ok(!(await isula('top', 'other')).includes('4321'))
})

test('CLI-TOP-01: further words are options of ps, and bad ones give its own message', async () => {
  match(await isula('top', 'other', '-o', 'pid,args'), /^ *PID COMMAND\n/)
  match(await isula('top', 'other', 'aux'), /^USER +PID +%CPU/)
  match(await fails(1, 'top', 'other', '--nonsense'), /Error response from daemon: error: unknown/)
  match(await fails(1, 'top', 'other', '-o', 'args'), "Couldn't find PID field in ps output")
})

test('CLI-TOP-01: options are never a matter for a shell', async () => {
  const message = await fails(1, 'top', 'other', '-e; touch /tmp/never-made', '$(id)')
  match(message, 'error:')
})

test('CLI-TOP-01: nobody and stopped containers have no processes', async () => {
  is(await fails(1, 'top', 'nobody'), 'Error response from daemon: No such container:nobody')
  match(await fails(1, 'top'), 'requires at least 1 argument')
  const id = await isula('create', '--name', 'idle', 'busybox', 'true')
  is(await fails(1, 'top', 'idle'), `Error response from daemon: Container ${id} is not running`)
})

test('CLI-STATS-01 CLI-STATS-02 CLI-SC-19: --no-stream prints one table', async () => {
  const id = await isula('run', '-d', '-m', '64m', '--name', 'busy', 'busybox', 'sh', '-c', busy)
  const [head = '', ...rows] = lines(await isula('stats', '--no-stream'))
  is(head.replace(/ {2,}/g, '|'), 'CONTAINER|CPU %|MEM USAGE / LIMIT|MEM %|BLOCK I / O|PIDS')
  is(rows.length, 3, rows.join('\n'))
  const row = rows.find((line) => line.startsWith(id.slice(0, 12))) ?? ''
  const [, cpu, memory, share, block, pids] = row.split(/ {2,}/)
  ok(Number(cpu) > 0 && Number(cpu) < 130, `${cpu} % of a cpu`)
  match(memory ?? '', /^\d+\.\d\d [KM]iB \/ 64\.00 MiB$/)
  ok(Number(share) > 0 && Number(share) < 50, share)
  match(block ?? '', /^\d+\.\d\d \w+ \/ \d+\.\d\d \w+$/)
  is(pids, '1')
})

test('CLI-STATS-01: those that are named, and with -a all', async () => {
  is(lines(await isula('stats', '--no-stream', 'seen', 'idle')).length, 3)
  is(lines(await isula('stats', '--no-stream', '-a')).length, 5)
  match(await isula('stats', '--no-stream', 'idle'), /0\.00 +0\.00 B \/ 0\.00 B +0\.00/)
  const message = 'Error response from daemon: No such container:nobody'
  is(await fails(1, 'stats', '--no-stream', 'seen', 'nobody'), message)
})

test('CLI-STATS-02: without a limit of its own the limit is the memory of the host', async () => {
  const row = lines(await isula('stats', '--no-stream', 'other'))[1] ?? ''
  const hostGb = /Total Memory: (\d+) GB/.exec(await isula('info'))?.[1]
  const limit = / \/ (\d+)\.\d\d GiB/.exec(row)?.[1]
  is(limit, hostGb, row)
})

test('--original prints the figures of the daemon', async () => {
  const [head = '', row = ''] = lines(await isula('stats', '--no-stream', '--original', 'seen'))
  is(
    head.replace(/ +/g, ' '),
    'ID PIDS Status CpuUseNanos CpuSystemUse OnlineCpus BlkioRead BlkioWrite MemUsed MemLimit ' +
      'KmemUsed CacheUsage NAME',
  )
  const cells = row.split(/ +/)
  is(cells[2], 'running')
  ok(Number(cells[3]) > 0)
  is(cells.at(-1), 'seen')
})

test('CLI-STATS-01: the table is written anew until it is interrupted', async () => {
  const client = cli.client('stats', 'busy')
  const tables = (): ReadonlyArray<string> => client.stdout.split('\u001b[2J').slice(1)
  await eventually('a third table', () => tables().length >= 3)
  match(tables()[0] ?? '', '\u001b[7mCONTAINER')
  ok(Number((tables()[1] ?? '').split('\n')[1]?.split(/ {2,}/)[1]) > 0, tables()[1])
  is(client.isRunning, true)
  client.process.kill('SIGINT')
  is(await client.ended, null)
})

test('a container that publishes nothing has no ports', async () => {
  is(await isula('port', 'seen'), '')
  is(await fails(1, 'port', 'seen', '80'), "No public port '80/tcp' published for seen")
  match(await fails(1, 'port', 'seen', '0/tcp'), "Invalid port '0/tcp'")
  match(await fails(1, 'port', 'nobody'), 'No such image or container or accelerator:nobody')
  await remove('seen', 'other', 'busy', 'idle')
})

cli.run()
