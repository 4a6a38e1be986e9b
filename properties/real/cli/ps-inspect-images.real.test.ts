/**
 * What isula shows: ps, inspect, info, version, and the image commands (spec 20 sections 6 and
 * 7).
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { equal, is, match, not, ok } from 'uvu/assert'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula shows')
const { test, ok: isula, fails, start, remove } = cli

const rows = async (...flags: ReadonlyArray<string>): Promise<ReadonlyArray<string>> =>
  (await isula('ps', ...flags)).split('\n')

const cellsOf = (row: string | undefined): ReadonlyArray<string> =>
  (row ?? '').split('\t').map((cell) => cell.trim())

test('CLI-PS-01: ps shows running containers, -a all, newest start first', async () => {
  await isula('create', '--name', 'never', 'busybox')
  await start('first')
  await start('second')
  equal((await rows('--format', '{{.Names}}')).join(' '), 'second first')
  equal((await rows('-a', '--format', '{{.Names}}')).join(' '), 'second first never')
})

test('spec 23: the columns of ps, with padding and a tab between them', async () => {
  const [head, row] = await rows('-f', 'name=^first$')
  const names = ['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES']
  equal(cellsOf(head), names)
  const cells = cellsOf(row)
  match(cells[0] ?? '', /^[0-9a-f]{12}$/)
  equal([cells[1], cells[5], cells[6]], ['busybox', '', 'first'])
  match(cells[2] ?? '', /^"sh -c .*\.\.\."$/)
  match(cells[4] ?? '', /^Up /)
})

test('CLI-PS-02 CLI-PS-03 RT-SEL-13: --format manual has the columns of the manual', async () => {
  const [head, row] = await rows('-f', 'name=^first$', '--format', 'manual')
  is(
    cellsOf(head).join(' '),
    'ID IMAGE STATUS PID COMMAND EXIT_CODE RESTART_COUNT STARTAT FINISHAT RUNTIME NAMES',
  )
  const cells = cellsOf(row)
  is(cells[2], 'running')
  is(cells[3], String(await cli.pid('first')))
  match(cells[4] ?? '', /^".*"$/)
  match(cells[7] ?? '', /ago$/)
  is(cells[8], '-')
  is(cells[9], await cli.daemon.inspect('first', '.HostConfig.Runtime'))
  const never = cellsOf((await rows('-a', '-f', 'name=never', '--format', 'manual'))[1])
  equal([never[2], never[3], never[7], never[8]], ['inited', '-', '-', '-'])
})

test('CLI-PS-04 CLI-PS-07 CLI-SC-18: -q and --no-trunc give full ids', async () => {
  const id = await cli.daemon.inspect('first', '.Id')
  is(await isula('ps', '-q', '-f', 'name=^first$'), id)
  const [head, row] = await rows(
    '--no-trunc',
    '-f',
    'name=^first$',
    '--format',
    'table {{.ID}} {{.Image}}',
  )
  match(head ?? '', /^ID +IMAGE$/)
  is(row, `${id} busybox`)
  match((await rows('--no-trunc', '-f', 'name=^first$'))[1] ?? '', id)
})

test('CLI-PS-05 CLI-CR-30: filters, and an unknown one is refused', async () => {
  const id = await cli.daemon.inspect('never', '.Id')
  for (const filter of ['status=created', 'status=inited', 'name=nev', `id=${id.slice(0, 8)}`])
    is(await isula('ps', '-aq', '-f', filter), id, filter)
  is(await isula('ps', '-aq', '-f', 'status=paused'), '')
  match(await fails(1, 'ps', '-f', 'foo=bar'), "Invalid filter 'foo'")
  const labelled = await isula('create', '-l', 'a=b', '-l', 'only', 'busybox')
  is(await cli.daemon.inspect(labelled, 'json .Config.Labels'), '{"a":"b","only":""}')
  for (const filter of ['label=a', 'label=a=b', 'label=only'])
    is(await isula('ps', '-aq', '-f', filter), labelled, filter)
  is(await isula('ps', '-aq', '-f', 'label=a=c'), '')
  is(await isula('ps', '-q', '-l'), labelled)
  is((await isula('ps', '-q', '-n', '2')).split('\n').length, 2)
  await isula('rm', labelled)
})

test('CLI-PS-06 CLI-PS-08: --format fields, one per column, and an unknown one', async () => {
  const fields =
    'ID Image Status Pid Command ExitCode RestartCount StartAt FinishAt Runtime Names State'
  for (const field of fields.split(' '))
    not.equal(await isula('ps', '-f', 'name=^first$', '--format', `{{.${field}}}`), '', field)
  is(
    await isula('ps', '-f', 'name=^first$', '--format', '{{.Names}}\\t<{{.State}}>'),
    'first\t<running>',
  )
  is(await fails(1, 'ps', '--format', '{{.Nope}}'), '--format not support the field: Nope')
  const long = 'x'.repeat(60)
  await isula('rename', 'never', long)
  match(await isula('ps', '-a'), long)
})

const keys = (value: unknown): ReadonlyArray<string> =>
  typeof value === 'object' && value !== null ? Object.keys(value) : []

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([k]) => k === name)?.[1]
    : undefined

test(
  'CLI-INSPECT-01 CLI-INSPECT-05 CLI-INSPECT-06: inspect is an array with every ' + 'member',
  async () => {
    const text = await isula('inspect', 'first', 'busybox')
    match(text, /^\[\n {4}\{\n {8}"Id"/)
    const both: unknown = JSON.parse(text)
    ok(Array.isArray(both) && both.length === 2)
    const first: unknown = both[0]
    const top =
      'Id Created Path Args State Image ResolvConfPath HostnamePath HostsPath LogPath Name ' +
      'RestartCount HostConfig Mounts Config NetworkSettings'
    for (const key of top.split(' ')) ok(keys(first).includes(key), key)
    const state = 'Status Running Paused Restarting Pid ExitCode Error StartedAt FinishedAt Health'
    for (const key of state.split(' ')) ok(keys(member(first, 'State')).includes(key), key)
    const config = member(first, 'Config')
    const wanted = 'Hostname User Env Tty Cmd Entrypoint Labels Annotations HealthCheck'
    for (const key of wanted.split(' ')) ok(keys(config).includes(key), key)
    is(member(config, 'Hostname'), 'localhost')
    is(member(member(first, 'HostConfig'), 'ShmSize'), 67_108_864)
    match(
      String(member(first, 'Created')),
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}([+-]\d\d:\d\d|Z)$/,
    )
    const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
    match(await isula('exec', 'first', 'env'), path)
  },
)

test('CLI-REF-04: Image is what the user typed', async () => {
  const id = await isula('create', 'busybox:latest')
  is(await cli.daemon.inspect(id, '.Config.Image'), 'busybox:latest')
  is(await cli.daemon.inspect(id, '.Image'), 'busybox:latest')
  is(await cli.daemon.inspect('first', '.Image'), 'busybox')
  await isula('rm', id)
})

test('CLI-INSPECT-02 CLI-SC-17: templates of values and of JSON', async () => {
  const state: unknown = JSON.parse(await isula('inspect', '-f', '{{json .State}}', 'first'))
  is(member(state, 'Status'), 'running')
  is(await isula('inspect', '-f', '{{json .State.Pid}}', 'first'), String(await cli.pid('first')))
  is(await isula('inspect', '-f', '{{.Name}} {{json .Name}}', 'first'), 'first\n"first"')
  match(await fails(1, 'inspect', '-f', '{{.State}}', 'first'), 'use {{json .State}}')
  match(
    await fails(1, 'inspect', '-f', '{{.Nope}}', 'first'),
    'Executing "" at <.Nope>: map has no entry for key "Nope"',
  )
})

test(
  'CLI-INSPECT-03 CLI-IMG-07 IMG-INSPECT-03 IMG-INSPECT-05: templates work on ' + 'images',
  async () => {
    match(await isula('inspect', '-f', '{{json .image.id}}', 'busybox'), /^"[0-9a-f]{64}"$/)
    is(await isula('inspect', '-f', '{{json .image.repo_tags}}', 'busybox'), '["busybox:latest"]')
  },
)

test(
  'CLI-INSPECT-01 CLI-INSPECT-04 IMG-INSPECT-02 IMG-INSPECT-06: what is not found, and ' + '-t',
  async () => {
    is(await fails(1, 'inspect', 'nobody'), 'Inspect error: No such object:nobody')
    is(await isula('inspect', '-t', '5', '-f', '{{.Name}}', 'first'), 'first')
    is(await isula('inspect', '-t', '-1', '-f', '{{.Name}}', 'first'), 'first')
    match(await fails(125, 'inspect', '-t', 'x', 'first'), "Invalid value 'x' for flag '--time'")
  },
)

test('IMG-INSPECT-01: a container wins over an image of the same name', async () => {
  await isula('create', '--name', 'busybox', 'busybox')
  is(await cli.daemon.inspect('busybox', '.Name'), 'busybox')
  await remove('busybox')
})

test('INFO-VER-01 INFO-VER-06: version has its blocks, info counts containers', async () => {
  const version = await isula('version')
  for (const head of ['Client:\n', 'Server:\n', 'OCI config:\n']) match(version, head)
  const info = await isula('info')
  match(info, /^Containers: 3\n Running: 2\n Paused: 0\n Stopped: 1\nImages: 1\n/)
  match(info, 'Storage Driver: overlay2')
})

const tail = async (): Promise<void> => {
  const ids = (await isula('ps', '-aq')).split('\n')
  await remove(...ids)
}

const archive = (): string => `${cli.daemon.directory}/busybox.tar`

test('IMG-LIST-05 CLI-IMG-06 CLI-SC-32: images, and its names alone', async () => {
  await tail()
  const [head, row] = (await isula('images')).split('\n')
  equal(cellsOf(head), ['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE'])
  equal(cellsOf(row).slice(0, 2), ['busybox', 'latest'])
  match(cellsOf(row)[2] ?? '', /^[0-9a-f]{12}$/)
  match(cellsOf(row)[3] ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  match(cellsOf(row)[4] ?? '', /^\d+\.\d{3}MB$/)
  for (const flag of ['-q', '--quiet', '--quit']) is(await isula('images', flag), 'busybox:latest')
  match(await isula('images', '-f', 'reference=busy*'), 'busybox')
  match(await fails(1, 'images', '-f', 'foo=1'), "Invalid filter 'foo'")
})

test('CLI-IMG-05 IMG-LOAD-01 IMG-LOAD-02 IMG-LOAD-03: load says what it loaded', async () => {
  is(
    await isula('load', '-i', archive(), '--tag', 'other:v1'),
    `Load image from "${archive()}" success`,
  )
  match(await isula('images', '-q'), 'other:v1')
  is(await isula('load', '-t', 'docker', '-i', archive()), `Load image from "${archive()}" success`)
  is(await isula('run', '--rm', 'other:v1', 'echo', 'fine'), 'fine')
  is(await isula('rmi', 'other:v1'), 'Image "other:v1" removed')
})

test('IMG-LOAD-05: a gzip archive is loaded as well', async () => {
  const zipped = `${cli.daemon.directory}/busybox.tar.gz`
  writeFileSync(zipped, gzipSync(readFileSync(archive()), { level: 1 }))
  await isula('load', '-i', zipped, '--tag', 'zipped:1')
  is(await isula('rmi', 'zipped:1'), 'Image "zipped:1" removed')
})

test('IMG-LOAD-04: what cannot be loaded is refused by what is wrong', async () => {
  match(await fails(1, 'load'), 'use -i FILE')
  match(await fails(1, 'load', '-i', '/nonexistent'), '/nonexistent')
  match(await fails(1, 'load', '-i', '/etc/passwd'), 'not a tar archive')
  match(await fails(1, 'load', '-t', 'embedded', '-i', archive()), 'embedded is not supported yet')
  match(await fails(1, 'load', '-t', 'foo', '-i', archive()), 'foo')
})

test(
  'IMG-RMI-01 IMG-RMI-02 IMG-RMI-03 IMG-RMI-05 CLI-IMG-04: rmi removes names, then ' + 'data',
  async () => {
    await isula('tag', 'busybox', 'second:2')
    is(await isula('rmi', 'busybox'), 'Image "busybox" removed')
    is(await isula('images', '-q'), 'second:2')
    const id = await isula('run', '-d', 'second:2', 'sleep', '100')
    match(await fails(1, 'rmi', 'second:2'), `Image used by ${id}`)
    const mixed = await cli.isula(['rmi', '-f', 'nosuch', 'second:2'])
    is(mixed.code, 1)
    is(mixed.stdout, 'Image "second:2" removed\n')
    is(mixed.stderr, 'Error response from daemon: No such image:nosuch\n')
    is(await cli.status(id), 'running')
    is(await isula('exec', id, 'echo', 'alive'), 'alive')
    is(await isula('images', '-q'), '')
    await remove(id)
  },
)

cli.run()
