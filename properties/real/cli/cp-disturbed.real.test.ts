/** Copies that are disturbed: freezing, links that change, hostile archives, crashes (CLI-CP-*). */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { equal, is, match, ok } from 'uvu/assert'
import { tarBytes } from '../../../adapters/layers/fixtures/tar-bytes.ts'
import { executables } from '../../harness/daemon.ts'
import { holdings, leaks } from '../../harness/leaks.ts'
import { eventually } from '../../harness/processes.ts'
import { run } from '../../harness/run.ts'
import { cgroupFile, cgroupOf, CliFile } from './cli-file.ts'
import { copyFolder, digest } from './copy-folder.ts'

const cli = new CliFile('isula cp, export', {}, ['program:tar'])
const { test, ok: isula, fails, start, remove } = cli
const { path: folder, file: here, directory } = copyFolder()
const mib = 1 << 20

/** As the kernel says, in either hierarchy. */
const isFrozen = (pid: number): boolean => {
  const v1 = `${cgroupOf(pid, 'freezer')}/freezer.state`
  if (existsSync(v1)) return readFileSync(v1, 'utf8').trim() === 'FROZEN'
  return cgroupFile(pid, 'freezer', 'cgroup.events').includes('frozen 1')
}

const inside = (container: string, script: string): Promise<string> =>
  isula('exec', container, 'sh', '-c', script)

test('CLI-CP-03 CLI-SC-29: the container stands still meanwhile, and goes on after', async () => {
  await start('box')
  here('one', 'first')
  const size = 100 * mib
  const big = here('big', randomBytes(size))
  await isula('cp', big, 'box:/big')
  is(await inside('box', 'sha256sum /big | cut -c1-64'), digest(big))
  await isula('exec', '-d', 'box', 'sh', '-c', 'while usleep 50000; do date +%s%N > /clock; done')
  const pid = await cli.pid('box')
  const copying = isula('cp', 'box:/big', `${folder}/big-back`)
  await eventually('it is frozen', () => isFrozen(pid))
  await copying
  is(digest(`${folder}/big-back`), digest(big))
  is(await cli.status('box'), 'running')
  const clock = await inside('box', 'cat /clock')
  await eventually('it goes on', async () => (await inside('box', 'cat /clock')) !== clock)
  // What follows is disturbed long before its end.
  await isula('cp', here('big', randomBytes(20 * mib)), 'box:/big')
})

test('no link of the container leads a copy out of it', async () => {
  const outside = directory('outside')
  writeFileSync(`${outside}/secret`, 'secret')
  await inside(
    'box',
    `mkdir /esc; ln -s ${outside} /esc/abs; ln -s ../../../../../..${outside} /esc/rel`,
  )
  for (const link of ['abs', 'rel']) {
    match(await fails(1, 'cp', `box:/esc/${link}/secret`, folder), 'no such file or directory')
    match(await fails(1, 'cp', `${folder}/one`, `box:/esc/${link}/planted`), 'no such directory')
  }
  equal(readdirSync(outside), ['secret'])
  const race =
    'while [ ! -e /stop ]; do rm -rf /esc/r; mkdir /esc/r; rm -rf /esc/r; ln -s ' +
    outside +
    ' /esc/r; done'
  await isula('exec', '-d', 'box', 'sh', '-c', race)
  for (let n = 0; n < 6; n += 1) {
    await cli.isula(['cp', `${folder}/one`, 'box:/esc/r/planted'])
    await cli.isula(['cp', 'box:/esc/r/secret', `${folder}/stolen`])
  }
  await inside('box', ': > /stop')
  equal(readdirSync(outside), ['secret'])
  is(existsSync(`${folder}/stolen`), false)
})

test('hostile archives write nothing outside of their directory', async () => {
  const outside = directory('hostile')
  const cases = [
    [{ name: '../escaped', content: 'x' }],
    [{ name: '/escaped', content: 'x' }],
    [
      { name: 'l', type: '2', linkName: '..' },
      { name: 'l/escaped', content: 'x' },
    ],
    [{ name: 'h', type: '1', linkName: '../../etc/passwd' }],
    [{ name: 'big', content: 'x', claimedBytes: 1e9 }],
    [{ name: 'd/..', type: '5' }],
  ]
  await inside('box', 'mkdir /victim')
  for (const entries of cases) {
    const ran = await cli.isula(['cp', '-', 'box:/victim'], tarBytes(...entries).toString('latin1'))
    is(ran.code, 1, JSON.stringify(entries))
    match(ran.stderr, 'Copy error: EINVAL')
  }
  is(await inside('box', 'ls /escaped 2>/dev/null | wc -l'), '0')
  symlinkSync(outside, `${folder}/link-here`)
  equal(readdirSync(outside), [])
})

test('export writes a whole file system, to a file of its own', async () => {
  const file = `${folder}/export.tar`
  is(await isula('export', '-o', file, 'box'), '')
  is(statSync(file).mode & 0o777, 0o600)
  const names = execFileSync('tar', ['-tf', file], { maxBuffer: 64 * mib })
    .toString()
    .split('\n')
  ok(names.includes('bin/sh') && names.includes('big'), names.slice(0, 20).join())
  await isula('export', '-o', file, 'box')
  is(await cli.status('box'), 'running')
  symlinkSync(here('precious', 'kept'), `${folder}/points`)
  match(await fails(1, 'export', '-o', `${folder}/points`, 'box'), 'no plain file')
  is(readFileSync(`${folder}/precious`, 'utf8'), 'kept')
  match(await fails(1, 'export', '-o', folder, 'box'), 'is a directory')
  match(await fails(1, 'export', '-o', `${folder}/never/x.tar`, 'box'), 'ENOENT')
  match(await fails(1, 'export', '-o', file, 'nobody'), 'No such container:nobody')
  match(await fails(125, 'export', 'box'), 'Missing output file')
  equal(
    readdirSync(folder).filter((name) => name.endsWith('.partial')),
    [],
  )
})

test('a client that goes away in the middle leaves the container running', async () => {
  const client = cli.client('cp', 'box:/big', '-')
  await eventually('bytes come', () => client.stdout.length > 0)
  client.process.stdout?.pause()
  client.process.kill('SIGKILL')
  await client.ended
  await isula('exec', 'box', 'true')
  is(await cli.status('box'), 'running')
})

test('rm -f ends a copy that nobody takes, and leaves nothing', async () => {
  const id = await start('doomed')
  await isula('cp', `${folder}/big`, 'doomed:/big')
  const client = cli.client('cp', 'doomed:/big', '-')
  await eventually('bytes come', () => client.stdout.length > 0)
  client.process.kill('SIGSTOP')
  await remove('doomed')
  equal(await leaks(cli.daemon, [await isula('inspect', '-f', '{{.Id}}', 'box')]), [])
  client.process.kill('SIGCONT')
  is(await client.ended, 1)
  match(client.stderr, `Container ${id} was removed meanwhile`)
})

test('the client on Node copies as the compiled one does', async () => {
  const env = { ISULAD_HOST: `unix://${cli.daemon.socket}` }
  const program = `${executables.isula}-node`
  for (const args of [
    ['cp', `${folder}/big`, 'box:/by-node'],
    ['cp', 'box:/by-node', `${folder}/by-node`],
  ]) {
    const ran = await run(program, args, { env })
    is(ran.code, 0, ran.stderr)
  }
  is(digest(`${folder}/by-node`), digest(`${folder}/big`))
})

test('CLI-CP-03: kill -9 in the middle of a copy leaves nothing frozen or mounted', async () => {
  const id = await isula('create', '--name', 'cold', 'busybox', 'true')
  await isula('cp', `${folder}/big`, 'cold:/big')
  const clients = [cli.client('cp', 'box:/big', '-'), cli.client('cp', 'cold:/big', '-')]
  for (const client of clients) {
    await eventually('bytes come', () => client.stdout.length > 0)
    client.process.stdout?.pause()
  }
  await cli.daemon.kill9()
  for (const client of clients) client.process.kill('SIGKILL')
  await cli.daemon.start()
  await eventually('nothing is mounted', () =>
    holdings(cli.daemon).mounts.every((m) => !m.includes(id)),
  )
  is(await isula('exec', 'box', 'echo', 'alive'), 'alive')
  is(await cli.status('box'), 'running')
  await remove('box', 'cold')
})

cli.run()
