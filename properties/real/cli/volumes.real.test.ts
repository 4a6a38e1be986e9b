/** Volumes on a real host: made, filled, shared, listed, removed; and whole after kill -9. */
// deadline: 120s
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { equal, is, match, ok as yes } from 'uvu/assert'
import { eventually, pause } from '../../harness/processes.ts'
import { CliFile } from './cli-file.ts'
import { loadVolumeImage, manyFiles } from './volume-image.ts'

const cli = new CliFile('isula volumes')
const { ok: isula, fails, sh, remove } = cli

/** Each begins without containers and volumes, whatever the one before has left. */
const test = (name: string, body: () => Promise<void>, ms?: number): void =>
  cli.test(
    name,
    async () => {
      const ids = (await isula('ps', '-aq')).split('\n').filter((id) => id !== '')
      if (ids.length > 0) await isula('rm', '-f', '-v', ...ids)
      await isula('volume', 'prune', '-f')
      await body()
    },
    ms,
  )

const dataOf = (name: string): string => `${cli.daemon.root}/volumes/${name}/_data`

const volumes = async (): Promise<ReadonlyArray<string>> =>
  (await isula('volume', 'ls', '-q')).split('\n').filter((name) => name !== '')

/** What is on the disk and what the engine knows is the same. */
const onDisk = (): ReadonlyArray<string> => readdirSync(`${cli.daemon.root}/volumes`).sort()

interface Mount {
  readonly Type: string
  readonly Name: string
  readonly Source: string
  readonly Destination: string
  readonly RW: boolean
}

const mountsOf = async (name: string): Promise<ReadonlyArray<Mount>> =>
  (JSON.parse(await isula('inspect', name)) as ReadonlyArray<{ Mounts: ReadonlyArray<Mount> }>)[0]
    ?.Mounts ?? []

const volumeAt = async (name: string, destination: string): Promise<string> =>
  (await mountsOf(name)).find((m) => m.Destination === destination)?.Name ?? ''

const isSound = async (): Promise<void> => {
  const verdict = await cli.isula(['audit', 'verify'])
  is(verdict.code, 0, `${verdict.stdout}${verdict.stderr}`)
}

test('the image with a volume is loaded', () => loadVolumeImage(cli.daemon))

test('volume create, ls, inspect and rm', async () => {
  is(await isula('volume', 'create', 'one'), 'one')
  is(await isula('volume', 'create', 'one'), 'one')
  match(await isula('volume', 'create'), /^[0-9a-f]{64}$/)
  match(await isula('volume', 'ls'), /^DRIVER\tVOLUME NAME\nlocal \t/)
  is((await volumes()).length, 2)
  const [shown] = JSON.parse(await isula('volume', 'inspect', 'one')) as ReadonlyArray<
    Readonly<Record<string, unknown>>
  >
  is(shown?.['Mountpoint'], dataOf('one'))
  is(lstatSync(dataOf('one')).mode & 0o7777, 0o755)
  is(await isula('volume', 'rm', 'one'), 'one')
  yes(!existsSync(dataOf('one')))
  is(await isula('volume', 'rm', ...(await volumes())).then((text) => text.length), 64)
  equal(await volumes(), [])
})

test('bad volume names and unknown volumes are refused', async () => {
  match(await fails(1, 'volume', 'create', '../x'), /Invalid volume name "\.\.\/x"/)
  match(await fails(1, 'volume', 'create', '-'), /Invalid volume name/)
  match(await fails(1, 'volume', 'rm', 'nobody'), /No such volume: nobody/)
  match(await fails(1, 'volume', 'inspect', 'nobody'), /No such volume: nobody/)
  match(await fails(125, 'run', '-v', 'a b:/x', 'busybox'), /nor a volume name/)
  equal(await volumes(), [])
})

test('-v NAME:/path keeps data from one container to the next', async () => {
  is(await sh('echo kept > /v/file', '-v', 'named:/v'), '')
  is(await sh('cat /w/file', '-v', 'named:/w:ro'), 'kept')
  match(await sh('touch /w/new', '-v', 'named:/w:ro'), /Read-only file system/)
  equal(await volumes(), ['named'])
  is(readFileSync(`${dataOf('named')}/file`, 'utf8'), 'kept\n')
  await isula('volume', 'rm', 'named')
})

test('--mount type=volume and type=tmpfs', async () => {
  is(await sh('echo x > /v/x', '--mount', 'type=volume,src=mounted,dst=/v'), '')
  is(await sh('cat /v/x', '--mount', 'type=volume,src=mounted,dst=/v,ro'), 'x')
  const tmpfs = await sh('grep " /t " /proc/mounts', '--mount', 'type=tmpfs,dst=/t,tmpfs-size=1m')
  match(tmpfs, /^tmpfs \/t tmpfs .*size=1024k/)
  await isula('volume', 'rm', 'mounted')
})

test("an image's content is copied into a new volume, with owner, mode and links", async () => {
  await isula('create', '--name', 'copied', '-v', 'filled:/data', 'data')
  const data = dataOf('filled')
  const [top, file, sub] = ['', '/file', '/sub'].map((name) => lstatSync(`${data}${name}`))
  equal([top?.uid, top?.gid, (top?.mode ?? 0) & 0o7777], [1234, 5678, 0o750])
  equal([file?.uid, file?.gid, (file?.mode ?? 0) & 0o7777], [7, 8, 0o640])
  equal([sub?.uid, sub?.gid, (sub?.mode ?? 0) & 0o7777], [1234, 5678, 0o2770])
  is(lstatSync(`${data}/again`).ino, file?.ino)
  yes(lstatSync(`${data}/link`).isSymbolicLink())
  is(readdirSync(`${data}/many`).length, manyFiles)
  await remove('copied')
  is(await isula('run', '--rm', '-v', 'filled:/data', 'data', 'cat', '/data/link'), 'of the image')
})

test('what is in a volume is never overwritten, and nocopy leaves it empty', async () => {
  await isula('run', '--rm', '-v', 'filled:/data', 'data', 'ls')
  writeFileSync(`${dataOf('filled')}/file`, 'of the user\n')
  is(await isula('run', '--rm', '-v', 'filled:/data', 'data', 'cat', '/data/file'), 'of the user')
  is(await isula('run', '--rm', '-v', 'bare:/data:nocopy', 'data', 'ls', '-A', '/data'), '')
  await isula('volume', 'rm', 'filled', 'bare')
})

test('a volume made by request is filled for its first user, through links too', async () => {
  await isula('volume', 'create', 'early')
  const shown = await isula('run', '--rm', '-v', 'early:/alias', 'data', 'cat', '/data/file')
  is(shown, 'of the image')
  is(readFileSync(`${dataOf('early')}/file`, 'utf8'), 'of the image\n')
  await isula('volume', 'rm', 'early')
})

test("CLI-RM-02 an image's VOLUME is anonymous: it goes with rm -v and --rm", async () => {
  await isula('run', '-d', '--name', 'anonymous', 'data', 'sleep', '1000')
  const name = await volumeAt('anonymous', '/data')
  match(name, /^[0-9a-f]{64}$/)
  yes(existsSync(`${dataOf(name)}/file`))
  await isula('rm', '-f', 'anonymous')
  equal(await volumes(), [name])
  await isula('create', '--name', 'again', '-v', '/more', 'data')
  is((await volumes()).length, 3)
  await isula('rm', '-v', 'again')
  equal(await volumes(), [name])
  await isula('run', '--rm', 'data', 'ls')
  await eventually('only the first is left', async () => (await volumes()).length === 1)
  is(await isula('volume', 'prune', '-f'), name)
  equal(onDisk(), [])
})

test('R-03 volumes-from shares volumes, and the last of their users takes them along', async () => {
  await isula('create', '--name', 'source', '-v', '/own', '-v', 'shared:/named', 'data')
  const own = await volumeAt('source', '/own')
  await isula('create', '--name', 'user', '--volumes-from', 'source:ro', 'data')
  is(await volumeAt('user', '/own'), own)
  is(await volumeAt('user', '/data'), await volumeAt('source', '/data'))
  equal(
    (await mountsOf('user')).map(({ RW }) => RW),
    [false, false, false],
  )
  match(
    await fails(1, 'volume', 'rm', 'shared'),
    /volume is in use - \[[0-9a-f]{64}, [0-9a-f]{64}\]/,
  )
  await isula('rm', '-v', 'source')
  is((await volumes()).length, 3)
  await isula('rm', '-v', 'user')
  equal(await volumes(), ['shared'])
  match(await fails(125, 'run', '--volumes-from', 'nobody', 'data'), /nobody/)
  await isula('volume', 'rm', 'shared')
})

test('a container that is refused makes no volume', async () => {
  await isula('create', '--name', 'taken', 'busybox')
  await fails(125, 'create', '--name', 'taken', '-v', 'unwanted:/x', 'busybox')
  equal([await volumes(), onDisk()], [[], []])
  await remove('taken')
})

/** How many rounds end with a container says nothing: each must end with all or nothing. */
test('R-03 kill -9 during a create with copy-up leaves all of it or nothing', async () => {
  for (const ms of [15, 40, 80]) {
    const client = cli.client('create', '--name', 'cut', '-v', 'copy:/data', '-v', '/x', 'data')
    await pause(ms)
    await cli.daemon.kill9()
    await client.ended
    await cli.daemon.start()
    await eventually(`the create of ${ms} ms has its end`, async () => {
      const isCreated = async () => (await cli.isula(['start', 'cut'])).code === 0
      return (await isula('ps', '-aq')) === '' || (await isCreated())
    })
    const isThere = (await isula('ps', '-aq')) !== ''
    is((await volumes()).length, isThere ? 2 : 0, `after ${ms} ms`)
    equal(onDisk(), [...(await volumes())].sort())
    if (isThere) is(readdirSync(`${dataOf('copy')}/many`).length, manyFiles, `after ${ms} ms`)
    await isSound()
    if (isThere) await isula('rm', '-f', '-v', 'cut')
    if (isThere) await isula('volume', 'rm', 'copy')
    equal(onDisk(), [])
  }
}, 60_000)

test('R-03 kill -9 during rm -v and prune leaves no volume behind', async () => {
  for (const ms of [5, 30]) {
    await isula('create', '--name', 'going', '-v', 'named:/data', '-v', '/x', 'data')
    const client = cli.client('rm', '-v', 'going')
    await pause(ms)
    await cli.daemon.kill9()
    await client.ended
    await cli.daemon.start()
    await cli.isula(['rm', '-v', 'going'])
    await eventually('the anonymous one is gone', async () => (await volumes()).length === 1)
    const pruning = cli.client('volume', 'prune', '-f')
    await pause(ms)
    await cli.daemon.kill9()
    await pruning.ended
    await cli.daemon.start()
    await cli.isula(['volume', 'prune', '-f'])
    await eventually('all are gone', async () => (await volumes()).length === 0)
    equal(onDisk(), [])
    await isSound()
  }
}, 60_000)

cli.run()
