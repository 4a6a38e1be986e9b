/** `isula info` and `isula version`, with a daemon and without (INFO-*). */
import { arch, cpus, hostname, release, totalmem } from 'node:os'
import { equal, is, match, not } from 'uvu/assert'
import { executables } from '../../harness/daemon.ts'
import { run } from '../../harness/run.ts'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula info and version')
const { test, ok: isula, start, remove } = cli

const noDaemon = 'Can not connect with server.Is the iSulad daemon running on the host?'

const block = '  Version:\\t\\S+\\n  Git commit:\\t([0-9a-f]{40}|unknown)\\n  Built:\\t\\S+\\n'

const field = (info: string, label: string): string | undefined =>
  info
    .split('\n')
    .find((line) => line.trim().startsWith(`${label}: `))
    ?.trim()
    .slice(label.length + 2)

test('INFO-VER-01 INFO-VER-02 INFO-VER-03 INFO-VER-04 INFO-SCN-01: three blocks', async () => {
  const config = '  Version:\\t1.0.1\\n  Default file:\\t/etc/default/isulad/config.json'
  const whole = `^Client:\\n${block}\\nServer:\\n${block}\\nOCI config:\\n${config}$`
  match(await isula('version'), new RegExp(whole))
})

test('INFO-VER-05 INFO-SCN-02 INFO-SYS-06: the client speaks without a daemon', async () => {
  const host = `unix://${cli.daemon.directory}/nobody.sock`
  const version = await run(executables.isula, ['version', '-H', host], {})
  not.equal(version.code, 0)
  match(version.stdout, new RegExp(`^Client:\\n${block}\\n*$`))
  is(version.stderr, `${noDaemon}\n`)
  const info = await run(executables.isula, ['info', '-H', host], {})
  not.equal(info.code, 0)
  equal([info.stdout, info.stderr], ['', `${noDaemon}\n`])
})

test('INFO-SYS-01 INFO-SYS-02 INFO-SYS-03: the fields, in their order', async () => {
  const labels = (await isula('info')).split('\n').map((line) => line.split(':')[0])
  const wanted = [
    ...['Containers', ' Running', ' Paused', ' Stopped', 'Images', 'Server Version'],
    ...['Logging Driver', 'Cgroup Driver', 'Hugetlb Pagesize', 'Kernel Version'],
    ...['Operating System', 'OSType', 'Architecture', 'CPUs', 'Total Memory', 'Name'],
    'iSulad Root Dir',
  ]
  equal(
    labels.filter((label) => wanted.includes(label ?? '')),
    wanted,
  )
})

test('INFO-SYS-05: what is told of the host is so', async () => {
  const info = await isula('info')
  is(field(info, 'Kernel Version'), release())
  is(field(info, 'Name'), hostname())
  is(field(info, 'CPUs'), String(cpus().length))
  is(field(info, 'Total Memory'), `${Math.floor(totalmem() / 1024 ** 3)} GB`)
  is(field(info, 'iSulad Root Dir'), cli.daemon.root)
  is(field(info, 'Images'), '1')
  is(field(info, 'OSType'), 'Linux')
  if (arch() === 'x64') is(field(info, 'Architecture'), 'x86_64')
})

test('INFO-SYS-04 INFO-SCN-03: running, paused and stopped are all there are', async () => {
  await isula('tag', 'busybox', 'other:latest')
  await start('runs')
  await start('pauses')
  await isula('pause', 'pauses')
  await isula('run', '--name', 'stops', 'busybox', 'true')
  await isula('create', '--name', 'made', 'busybox')
  match(await isula('info'), /^Containers: 4\n Running: 1\n Paused: 1\n Stopped: 2\nImages: 1\n/)
  await isula('unpause', 'pauses')
})

test('CLI-PS-05: exited=CODE finds those that ended with it', async () => {
  await cli.isula(['run', '--name', 'fails', 'busybox', 'sh', '-c', 'exit 3'])
  const format = ['--format', '{{.Names}}']
  is(await isula('ps', '-f', 'exited=3', ...format), 'fails')
  is(await isula('ps', '-f', 'exited=0', ...format), 'stops')
  match(await cli.fails(1, 'ps', '-f', 'exited=x'), "Invalid filter 'exited=x'")
  await remove('runs', 'pauses', 'stops', 'made', 'fails')
})

cli.run()
