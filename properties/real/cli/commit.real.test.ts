/** `isula commit`: what a container has changed becomes a layer of a new image. */
import { existsSync, readdirSync } from 'node:fs'
import { equal, is, match, ok } from 'uvu/assert'
import { eventually } from '../../harness/processes.ts'
import { CliFile, sleeper } from './cli-file.ts'

const cli = new CliFile('isula commit')
const { test, ok: isula, fails, start, remove } = cli

const left = (): ReadonlyArray<string> => {
  const directory = `${cli.daemon.root}/storage/commits`
  return existsSync(directory) ? readdirSync(directory) : []
}

const run = (image: string, script: string, ...flags: ReadonlyArray<string>): Promise<string> =>
  isula('run', '--rm', ...flags, image, 'sh', '-c', script)

interface Settings {
  readonly Labels: unknown
  readonly WorkingDir: string
}

const config = async (image: string): Promise<Settings> =>
  JSON.parse(await isula('inspect', '-f', '{{json .image.Spec.config}}', image)) as Settings

test('DOCK-COMMIT-01 DOCK-SC-27: changed, new and removed files of a container', async () => {
  const script = [
    'echo changed > /etc/group',
    'rm /etc/passwd',
    'rm -r /home && mkdir /home && echo new > /home/file',
    'mkdir -p /deep/er && echo x > /deep/er/file && ln /deep/er/file /deep/hard',
    'ln -s er/file /deep/link && mknod /deep/null c 1 3 && chown 5:6 /deep/link -h',
    'chmod 4711 /deep/er/file',
  ].join(' && ')
  await isula('run', '--name', 'changed', 'busybox', 'sh', '-c', script)
  const printed = await isula('commit', '-m', 'why', '-a', 'who', 'changed', 'busybox:test')
  match(printed, /^sha256:[0-9a-f]{64}$/)
  match(await isula('images'), /busybox\s+test\s+[0-9a-f]{12}/)
  is(
    await run('busybox:test', 'cat /etc/group; ls /etc/passwd 2>&1; true'),
    'changed\nls: /etc/passwd: No such file or directory',
  )
  const stats = 'stat -c "%h %a" /deep/hard; stat -c "%u %g %t %T" /deep/link /deep/null'
  const look = `ls /home; cat /deep/link; ${stats}`
  is(await run('busybox:test', look), 'file\nx\n2 4711\n5 6 0 0\n0 0 1 3')
  const spec = JSON.parse(await isula('inspect', '-f', '{{json .image.Spec}}', 'busybox:test')) as {
    author: string
    history: ReadonlyArray<{ comment?: string }>
    rootfs: { diff_ids: ReadonlyArray<string> }
  }
  equal([spec.author, spec.history.at(-1)?.comment, spec.rootfs.diff_ids.length], ['who', 'why', 2])
  equal(left(), [])
  await remove('changed')
})

test('a directory that was replaced hides all that lay in it', async () => {
  await isula('run', '--name', 'second', 'busybox:test', 'sh', '-c', 'rm -r /deep; mkdir /deep')
  await isula('commit', 'second', 'busybox:opaque')
  is(await run('busybox:opaque', 'ls -A /deep; echo end'), 'end')
  await remove('second')
  await isula('rmi', 'busybox:opaque')
})

test('DOCK-COMMIT-01: a running container stands still meanwhile and goes on', async () => {
  const script =
    'i=0; while true; do i=$((i+1)); for f in a b; do echo $i > /$f.t; mv /$f.t /$f; done; done'
  await isula('run', '-d', '--name', 'busy', 'busybox', 'sh', '-c', script)
  const before = await cli.pid('busy')
  for (const name of ['moment:1', 'moment:2']) await isula('commit', 'busy', name)
  await start('going')
  await isula('exec', 'going', 'sh', '-c', 'echo here > /here')
  await isula('commit', '--pause=false', 'going', 'moment:3')
  is(await run('moment:3', 'cat /here'), 'here')
  match(await isula('explain', 'going'), /commit to .* requested\n/)
  is(await cli.status('busy'), 'running')
  is(await cli.pid('busy'), before)
  const numbers = await run('moment:2', 'cat /a /b')
  const [a = 0, b = 0] = numbers.split('\n').map(Number)
  ok(a - b === 0 || a - b === 1, numbers)
  await remove('busy', 'going')
  for (const name of ['moment:1', 'moment:2', 'moment:3']) await isula('rmi', name)
})

test('a paused container is committed and stays paused, a created one too', async () => {
  await start('still')
  await isula('exec', 'still', 'sh', '-c', 'echo here > /here')
  await isula('pause', 'still')
  await isula('commit', 'still', 'paused:1')
  is(await cli.status('still'), 'paused')
  is(await run('paused:1', 'cat /here'), 'here')
  await isula('unpause', 'still')
  await isula('create', '--name', 'fresh', 'busybox', 'true')
  match(await isula('commit', 'fresh'), /^sha256:/)
  await remove('still', 'fresh')
  await isula('rmi', 'paused:1')
})

test('the image tells its containers what this one was told, and the changes', async () => {
  const flags = ['-e', 'OWN=1', '-w', '/tmp', '-u', '7:8', '-l', 'mine=yes']
  await isula('create', '--name', 'told', ...flags, 'busybox', 'echo', 'default')
  const more = ['-c', 'ENV MORE="3 4"', '--change', 'CMD ["sh","-c","pwd; id -u; echo $OWN $MORE"]']
  await isula('commit', ...more, 'told', 'told:1')
  is(await isula('run', '--rm', 'told:1'), '/tmp\n7\n1 3 4')
  const { Labels, WorkingDir } = await config('told:1')
  equal([Labels, WorkingDir], [{ mine: 'yes' }, '/tmp'])
  await remove('told')
  await isula('rmi', 'told:1')
})

test('what is refused leaves no image and no file', async () => {
  await isula('create', '--name', 'kept', 'busybox', 'true')
  const before = await isula('images')
  match(await fails(1, 'commit', 'kept', 'Bad:1'), /invalid image name "Bad:1"/)
  match(await fails(1, 'commit', '-c', 'RUN x', 'kept', 'bad:1'), /Invalid change "RUN x"/)
  match(await fails(1, 'commit', 'nobody', 'bad:1'), /nobody/)
  await isula('run', '--name', 'odd', 'busybox', 'sh', '-c', 'echo > /tmp/.wh.name')
  match(await fails(1, 'commit', 'odd', 'bad:1'), /no layer can hold/)
  is(await isula('images'), before)
  equal(left(), [])
  await remove('kept', 'odd')
})

test('kill -9 in the middle: the image is whole or not there, and nothing is left', async () => {
  const big = 'head -c 30000000 /dev/urandom > /big; sha256sum /big > /sum; exec sleep 1000'
  await isula('run', '-d', '--name', 'large', 'busybox', 'sh', '-c', big)
  while ((await cli.isula(['exec', 'large', 'cat', '/sum'])).stdout.length < 64)
    await new Promise((r) => setTimeout(r, 50))
  for (const [round, delayMs] of [20, 150, 350].entries()) {
    const name = `large:${round}`
    const committing = cli.isula(['commit', 'large', name])
    await new Promise((r) => setTimeout(r, delayMs))
    await cli.daemon.kill9()
    await cli.daemon.start()
    const ran = await committing
    const there = (await cli.isula(['inspect', name])).code === 0
    if (ran.code === 0) ok(there, 'an image that was reported is there')
    if (there) is(await run(name, 'sha256sum -c /sum'), '/big: OK')
    is(await cli.status('large'), 'running')
  }
  await eventually('no layer of a cut commit is left', () => left().length === 0)
  await isula('commit', 'large', 'large:last')
  is(await run('large:last', 'sha256sum -c /sum'), '/big: OK')
  await remove('large')
})

test('a container of a committed image runs when the container it came from is gone', async () => {
  await isula('run', '-d', '--name', 'heir', 'busybox:test', ...sleeper)
  is(await isula('exec', 'heir', 'cat', '/home/file'), 'new')
  match(await fails(1, 'rmi', 'busybox:test'), /heir|used|in use/i)
  await remove('heir')
  await isula('rmi', 'busybox:test')
})

cli.run()
