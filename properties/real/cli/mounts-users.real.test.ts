/**
 * Mounts and users of containers, as the container sees them (CLI-CR-36, -46, -47, CLI-MNT,
 * -USER).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { is, match } from 'uvu/assert'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula mounts and users')
const { test, ok: isula, fails, sh, remove } = cli

/** A directory of the host with one file in it. */
const folder = (name: string): string => {
  const path = `${cli.daemon.directory}/mounted/${name}`
  mkdirSync(path, { recursive: true })
  writeFileSync(`${path}/name`, name)
  return path
}

test('CLI-CR-47: -v mounts a directory or file, rw by default, ro on demand', async () => {
  const a = folder('a')
  is(await sh('cat /d/name; echo more > /d/new', '-v', `${a}:/d`), 'a')
  is(readFileSync(`${a}/new`, 'utf8'), 'more\n')
  match(await sh('echo x > /d/new', '-v', `${a}:/d:ro`), 'Read-only file system')
  is(readFileSync(`${a}/new`, 'utf8'), 'more\n')
  is(await sh('cat /made/here', '-v', `${a}/name:/made/here`), 'a')
})

test('CLI-CR-47: bad volumes are refused by what is wrong in them', async () => {
  const refused = async (volume: string, says: string): Promise<void> => {
    const text = await fails(125, 'run', '-v', volume, 'busybox')
    match(text, volume)
    match(text, says)
  }
  await refused('./rel:/x', 'neither an absolute path nor a volume name')
  await refused('/tmp:x', 'not an absolute path')
  await refused('/tmp:/x:zz', 'want ro, rw')
  await refused('/tmp:/', '/')
  is(await isula('ps', '-aq'), '')
})

test('CLI-CR-36: --mount type=bind, its read-only spellings, and refused types', async () => {
  const b = folder('b')
  is(await sh('cat /d/name', '--mount', `type=bind,src=${b},dst=/d`), 'b')
  is(await sh('cat /d/name', '--mount', `type=bind,source=${b},target=/d`), 'b')
  for (const ro of ['ro', 'readonly', 'ro=true']) {
    const mount = `type=bind,src=${b},dst=/d,${ro}`
    match(await sh('touch /d/new', '--mount', mount), 'Read-only file system')
  }
  match(await fails(125, 'run', '--mount', 'type=nfs,src=/a,dst=/d', 'busybox'), '"nfs"')
  match(await fails(125, 'run', '--mount', 'type=bind,dst=/d', 'busybox'), 'source is required')
  match(await fails(125, 'run', '--mount', 'type=bind,src=/a,dst=/d,foo=1', 'busybox'), 'foo')
  match(await fails(125, 'run', '--mount', 'type=squashfs,src=/a,dst=/d', 'busybox'), 'squashfs')
})

test('--mount of a missing source fails, -v makes the directory', async () => {
  const missing = `${cli.daemon.directory}/mounted/missing`
  const ran = await cli.isula([
    'run',
    '--mount',
    `type=bind,src=${missing},dst=/d`,
    'busybox',
    'ls',
  ])
  match(ran.stderr, missing)
  is(await sh('ls -A /d', '-v', `${missing}:/d`), '')
  await remove(...(await isula('ps', '-aq')).split('\n'))
})

test('CLI-MNT-01 CLI-SC-20: --mount covers -v on the same destination', async () => {
  const flags = ['--mount', `type=bind,src=${folder('b')},dst=/d`, '-v', `${folder('a')}:/d`]
  is(await sh('cat /d/name', ...flags), 'b')
})

test('CLI-MNT-03: mounts are made in the given order', async () => {
  const [outer, inner] = [folder('outer'), folder('inner')]
  const flags = ['-v', `${outer}:/mnt`, '-v', `${inner}:/mnt/abc`]
  is(await sh('cat /mnt/name /mnt/abc/name', ...flags), 'outerinner')
  mkdirSync(`${outer}/abc`, { recursive: true })
  const hidden = ['-v', `${inner}:/mnt/abc`, '-v', `${outer}:/mnt`]
  match(await sh('cat /mnt/name; cat /mnt/abc/name', ...hidden), /^outercat: can't open/)
})

test('CLI-MNT-02: /dev of the host on /dev is refused', async () => {
  match(await fails(125, 'run', '-v', '/dev:/dev', 'busybox'), 'use --device')
})

test('--tmpfs gives a memory file system with its options', async () => {
  const shown = await sh('grep " /t " /proc/mounts; touch /t/x', '--tmpfs', '/t:size=1m,mode=700')
  match(shown, /^tmpfs \/t tmpfs rw,/)
  match(shown, 'size=1024k')
  match(shown, 'mode=700')
  match(await fails(125, 'run', '--tmpfs', 'rel', 'busybox'), 'Invalid tmpfs "rel"')
})

test('inspect shows the mounts', async () => {
  const a = folder('a')
  const id = await isula('create', '-v', `${a}:/d:ro`, 'busybox')
  is(await cli.daemon.inspect(id, 'json .HostConfig.Binds'), `["${a}:/d:ro"]`)
  const mounts = await cli.daemon.inspect(id, 'json .Mounts')
  match(mounts, `"Source":"${a}"`)
  match(mounts, '"RW":false')
  await isula('rm', id)
})

test('what was written stays with the container until it is removed', async () => {
  await isula(
    'run',
    '--name',
    'writes',
    'busybox',
    'sh',
    '-c',
    'cat /kept 2>/dev/null; echo k > /kept',
  )
  await isula('start', 'writes')
  await isula('wait', 'writes')
  is(await isula('logs', 'writes'), 'k')
  is(await sh('ls /kept'), 'ls: /kept: No such file or directory')
  await remove('writes')
})

test(
  'CLI-CR-46 CLI-USER-01 CLI-USER-03: users of the image, and numbers without an ' + 'entry',
  async () => {
    const ids = 'id -u; id -g; echo $HOME'
    is(await sh(ids), '0\n0\n/root')
    is(await sh(ids, '-u', 'nobody'), '65534\n65534\n/')
    is(await sh(ids, '-u', '1234'), '1234\n0\n/')
    is(await sh(ids, '-u', '12:34'), '12\n34\n/')
    is(await sh('id -u; id -g', '--user', 'root:nogroup'), '0\n65534')
    for (const user of ['nosuch', 'root:nosuch']) {
      const text = await fails(125, 'run', '--name', 'refused', '-u', user, 'busybox')
      match(text, 'nosuch')
      is(await cli.status('refused'), 'exited')
      await remove('refused')
    }
  },
)

test('CLI-USER-02 CLI-SC-22: a mount over /etc/passwd does not count for the lookup', async () => {
  const passwd = `${folder('accounts')}/passwd`
  writeFileSync(passwd, 'root:x:0:0::/root:/bin/sh\nnewuser:x:777:777::/:/bin/sh\n')
  const flags = ['-v', `${passwd}:/etc/passwd`]
  match(await fails(125, 'run', ...flags, '-u', 'newuser', 'busybox', 'id'), 'newuser')
  is(await sh('id -u; grep -c newuser /etc/passwd', ...flags, '-u', 'nobody'), '65534\n1')
  await remove(...(await isula('ps', '-aq')).split('\n'))
})

test('CLI-USER-04 STORE-FS-11: the resolved user is written down beside the bundle', async () => {
  const id = await isula('run', '-d', '-u', '12:34', 'busybox', 'sleep', '100')
  const runtime = await cli.daemon.inspect(id, '.HostConfig.Runtime')
  const path = `${cli.daemon.root}/engines/${runtime}/${id}/start_generate_config.json`
  const user = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  is(user['uid'], 12)
  is(user['gid'], 34)
  await remove(id)
})

cli.run()
