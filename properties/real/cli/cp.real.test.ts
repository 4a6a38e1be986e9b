/** `isula cp` on real containers: paths, kinds, refusals (CLI-CP-*). */
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { equal, is, match, ok } from 'uvu/assert'
import { tarBytes } from '../../../adapters/layers/fixtures/tar-bytes.ts'
import { holdings } from '../../harness/leaks.ts'
import { CliFile } from './cli-file.ts'
import { copyFolder } from './copy-folder.ts'

const cli = new CliFile('isula cp', {}, ['program:tar'])
const { test, ok: isula, fails, start, remove } = cli

const { path: folder, file: here, directory } = copyFolder()

const inside = (container: string, script: string): Promise<string> =>
  isula('exec', container, 'sh', '-c', script)

test('CLI-CP-01 CLI-CP-07: a file goes in and comes out, and nothing is printed', async () => {
  await start('box')
  is(await isula('cp', here('one', 'first'), 'box:/one'), '')
  is(await inside('box', 'cat /one'), 'first')
  is(await isula('cp', 'box:/one', `${folder}/back`), '')
  is(readFileSync(`${folder}/back`, 'utf8'), 'first')
})

test('CLI-CP-02: a directory goes into a directory that is there', async () => {
  const from = directory('host')
  writeFileSync(`${from}/file`, 'within')
  await inside('box', 'mkdir /test; mkdir -p /www/deep; echo page > /www/deep/index')
  await isula('cp', from, 'box:/test')
  is(await inside('box', 'cat /test/host/file'), 'within')
  await isula('cp', 'box:/www', directory('out'))
  is(readFileSync(`${folder}/out/www/deep/index`, 'utf8'), 'page\n')
})

test('a directory that is not there is made, and /. means what is in it', async () => {
  await isula('cp', `${folder}/host`, 'box:/named')
  is(await inside('box', 'cat /named/file'), 'within')
  await isula('cp', `${folder}/host/.`, 'box:/test')
  is(await inside('box', 'cat /test/file'), 'within')
  await isula('cp', 'box:/www/.', directory('flat'))
  equal(readdirSync(`${folder}/flat`), ['deep'])
  await isula('cp', 'box:/www', `${folder}/fresh`)
  equal(readdirSync(`${folder}/fresh`), ['deep'])
})

test('CLI-CP-05 CLI-SC-21: what is there gives way, whatever it is', async () => {
  await inside('box', 'mkdir /tmp; echo plain > /tmp/x; mkdir -p /tmp/d; echo in > /tmp/d/f')
  const to = directory('way')
  mkdirSync(`${to}/x/full`, { recursive: true })
  await isula('cp', 'box:/tmp/x', to)
  ok(statSync(`${to}/x`).isFile())
  writeFileSync(`${to}/d`, 'a file')
  await isula('cp', 'box:/tmp/d', to)
  is(readFileSync(`${to}/d/f`, 'utf8'), 'in\n')
  await inside('box', 'mkdir -p /into/one/full')
  await isula('cp', `${folder}/one`, 'box:/into')
  is(await inside('box', 'cat /into/one'), 'first')
})

test('CLI-CP-06 CLI-SC-31: modes, times, owners and links are kept', async () => {
  await inside(
    'box',
    'umask 027; : > /f; chmod 640 /f; chown 7:8 /f; touch -d "2001-02-03 04:05:06" /f',
  )
  await isula('cp', 'box:/f', folder)
  const stat = statSync(`${folder}/f`)
  is(stat.mode & 0o7777, 0o640)
  equal([stat.uid, stat.gid], [7, 8])
  is(stat.mtime.toISOString(), '2001-02-03T04:05:06.000Z')
  await inside('box', 'mkdir /l; echo x > /l/a; ln /l/a /l/b; ln -s ../nowhere /l/s; mkfifo /l/p')
  await isula('cp', 'box:/l', `${folder}/l`)
  is(statSync(`${folder}/l/a`).ino, statSync(`${folder}/l/b`).ino)
  is(readlinkSync(`${folder}/l/s`), '../nowhere')
  ok(lstatSync(`${folder}/l/p`).isFIFO())
  const old = here('old', 'x', 0o600)
  utimesSync(old, 1_000_000_000, 1_000_000_000)
  await isula('cp', `${folder}/l`, 'box:/l2')
  await isula('cp', old, 'box:/l2/old')
  is(await inside('box', 'readlink /l2/s; stat -c "%a %Y" /l2/old'), '../nowhere\n600 1000000000')
  is(await inside('box', 'stat -c %h /l2/a'), '2')
})

test('CLI-CP-04: files that only the container sees mounted are those of the image', async () => {
  const volume = directory('volume')
  writeFileSync(`${volume}/secret`, 'of the host')
  await start('mounted', '-v', `${volume}:/vol`, '--hostname', 'somebody')
  await isula('cp', 'mounted:/vol', `${folder}/vol-copy`)
  equal(readdirSync(`${folder}/vol-copy`), [])
  is(await inside('mounted', 'cat /etc/hostname'), 'somebody')
  await isula('cp', 'mounted:/etc/hostname', `${folder}/hostname`)
  is(readFileSync(`${folder}/hostname`, 'utf8'), '')
  await remove('mounted')
})

test('created, paused and stopped containers are copied from and to as well', async () => {
  const id = await isula('create', '--name', 'still', 'busybox', 'cat', '/one')
  await isula('cp', `${folder}/one`, 'still:/one')
  await isula('cp', 'still:/one', `${folder}/created`)
  is(readFileSync(`${folder}/created`, 'utf8'), 'first')
  equal(
    holdings(cli.daemon).mounts.filter((m) => m.includes(id)),
    [],
  )
  await isula('start', 'still')
  await cli.until('still', 'exited')
  is(await isula('logs', 'still'), 'first')
  await isula('cp', 'still:/one', `${folder}/exited`)
  equal(
    holdings(cli.daemon).mounts.filter((m) => m.includes(id)),
    [],
  )
  await isula('pause', 'box')
  await isula('cp', 'box:/one', `${folder}/paused`)
  await isula('cp', `${folder}/one`, 'box:/while-paused')
  is(await cli.status('box'), 'paused')
  await isula('unpause', 'box')
  is(await inside('box', 'cat /while-paused'), 'first')
  await remove('still')
})

test('archives go from stdin and to stdout', async () => {
  const archive = tarBytes(
    { name: 'from', type: '5', mode: 0o755 },
    { name: 'from/tar', content: 'x' },
  )
  const ran = await cli.isula(['cp', '-', 'box:/test'], archive.toString('latin1'))
  is(ran.code, 0, ran.stderr)
  is(await inside('box', 'cat /test/from/tar'), 'x')
  const out = await cli.isula(['cp', 'box:/test/from', '-'])
  const listed = execFileSync('tar', ['-t'], { input: out.stdout }).toString()
  is(listed, 'from/\nfrom/tar\n')
  const missing = await cli.isula(['cp', '-', 'box:/nowhere'], archive.toString('latin1'))
  is(missing.code, 1)
  match(missing.stderr, /no such directory: \/nowhere/)
})

test('CLI-CP-01: what cannot be copied is told, and nothing is changed', async () => {
  match(await fails(1, 'cp', 'box:/one', 'box:/two'), 'copying between containers')
  match(await fails(1, 'cp', '/one', '/two'), 'must specify at least one container source')
  match(await fails(1, 'cp', `${folder}/never`, 'box:/'), 'ENOENT')
  match(await fails(1, 'cp', 'box:/never', folder), 'no such file or directory: /never')
  match(await fails(1, 'cp', 'nobody:/x', folder), 'No such container:nobody')
  match(await fails(1, 'cp', 'box:/www', `${folder}/one`), 'cannot copy directory')
  match(await fails(1, 'cp', 'box:/one', `${folder}/never/there`), 'no such directory')
  match(await fails(1, 'cp', `${folder}/one`, 'box:/never/there'), 'no such directory: /never')
  match(await fails(1, 'cp', `${folder}/one`, 'box:/fresh/'), 'no such directory')
  match(await fails(1, 'cp', 'box:', folder), 'may not be empty')
  match(await fails(1, 'cp', 'box:/one'), 'requires')
  is(existsSync(`${folder}/never`), false)
  is(await cli.status('box'), 'running')
  await isula('run', '-d', '--read-only', '--name', 'sealed', 'busybox', 'sleep', '1000')
  match(await fails(1, 'cp', `${folder}/one`, 'sealed:/one'), 'is read-only')
  await remove('sealed')
})

test('the last container goes', () => remove('box'))

cli.run()
