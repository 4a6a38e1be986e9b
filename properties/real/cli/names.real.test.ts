/** The edges of `isula rename` and `isula tag`: which names are taken, kept, moved and refused. */
import { is, match } from 'uvu/assert'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula rename and tag')
const { test, ok: isula, fails, start, remove } = cli

const imageOf = (name: string): Promise<string> => isula('inspect', '-f', '{{.image.id}}', name)

test('CLI-RENAME-01 CLI-SC-16: the new name alone resolves, the id is unchanged', async () => {
  const id = await start('before')
  is(await isula('rename', id.slice(0, 6), 'after'), '')
  is(await cli.daemon.inspect('after', '.Id'), id)
  match(await fails(1, 'inspect', 'before'), /No such .*before/)
  match(await isula('ps'), /\bafter\b/)
  is(await isula('rename', 'after', '/before'), '')
  is(await cli.daemon.inspect('before', '.Id'), id)
  await remove('before')
})

test('CLI-RENAME-01: a name in use, an illegal one and an unknown one change nothing', async () => {
  await isula('create', '--name', 'taken', 'busybox', 'true')
  const id = await isula('create', '--name', 'mine', 'busybox', 'true')
  match(await fails(1, 'rename', 'mine', 'taken'), 'The name "taken" is already in use')
  for (const name of ['a', '.b', 'a/b', 'a b', 'x'.repeat(1_025)])
    match(await fails(1, 'rename', 'mine', name), 'Invalid container name', name)
  match(await fails(1, 'rename', 'mine', ''), 'must not be empty')
  match(await fails(1, 'rename', 'nobody', 'somebody'), 'No such container')
  is(await cli.daemon.inspect('mine', '.Id'), id)
  await isula('rm', 'taken')
  is(await isula('rename', 'mine', 'taken'), '')
  is(await isula('create', '--name', 'mine', 'busybox', 'true').then(() => ''), '')
  await remove('mine', 'taken')
})

test('a name survives kill -9, and the one that it had is free', async () => {
  const id = await start('first')
  await isula('rename', 'first', 'second')
  await cli.daemon.kill9()
  await cli.daemon.start()
  is(await cli.daemon.inspect('second', '.Id'), id)
  await isula('create', '--name', 'first', 'busybox', 'true')
  await remove('first', 'second')
})

test('a tag is one more name of an image, by name or by id, also twice', async () => {
  const image = await imageOf('busybox')
  for (const source of ['busybox', 'busybox:latest', image, image.slice(0, 8), `sha256:${image}`])
    is(await isula('tag', source, 'localhost:5000/a/b:1'), '', source)
  is(await imageOf('localhost:5000/a/b:1'), image)
  is(await isula('tag', 'busybox', 'busybox'), '')
  is((await isula('images', '-q')).split('\n').filter((name) => /a\/b/.test(name)).length, 1)
  is(await isula('tag', 'busybox', 'plain').then(() => imageOf('plain:latest')), image)
  for (const name of ['localhost:5000/a/b:1', 'plain']) await isula('rmi', name)
})

test('a name that another image has moves, and that image keeps its others', async () => {
  await isula('create', '--name', 'source', 'busybox', 'true')
  await isula('commit', 'source', 'other:1')
  const [own, other] = [await imageOf('busybox'), await imageOf('other:1')]
  await isula('tag', 'busybox', 'moving')
  await isula('tag', 'other:1', 'moving')
  is(await imageOf('moving'), other)
  is(await imageOf('busybox'), own)
  await isula('rmi', 'moving')
  is(await imageOf('other:1'), other)
  await isula('rmi', 'other:1')
  await remove('source')
})

test('a name that is none and an image that is none are refused by name', async () => {
  const before = await isula('images')
  for (const name of ['Upper', 'a:', 'a:b:c', '.a', 'a//b', 'a'.repeat(256), 'a'.repeat(64), ''])
    match(await fails(1, 'tag', 'busybox', name), /[Ii]nvalid image name/)
  const digest = `busybox@sha256:${'0'.repeat(64)}`
  match(await fails(1, 'tag', 'busybox', digest), 'a name with a digest cannot be given')
  match(await fails(1, 'tag', 'nothing:here', 'x:1'), 'nothing:here')
  match(await fails(1, 'tag', 'busybox'), 'requires exactly 2 arguments')
  is(await isula('images'), before)
})

cli.run()
