/** Root file systems of the user's: directories and block devices, used in place (SYS-ROOTFS-*). */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { equal, is, match, ok } from 'uvu/assert'
import { run } from '../../harness/run.ts'
import { CliFile } from './cli-file.ts'

const needs = ['program:mkfs.ext4', 'program:losetup', 'program:mount'] as const
const cli = new CliFile('isula --external-rootfs', {}, needs)
const { test, ok: isula, fails, remove } = cli

/** A tree with nothing but busybox. */
const fillRootfs = (path: string): void => {
  chmodSync(path, 0o755)
  for (const name of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp'])
    mkdirSync(`${path}/${name}`, { recursive: true })
  copyFileSync('/bin/busybox', `${path}/bin/busybox`)
  for (const name of ['sh', 'cat', 'sleep', 'id', 'ls'])
    symlinkSync('busybox', `${path}/bin/${name}`)
}

const withDirectory = async (work: (path: string) => Promise<void>): Promise<void> => {
  const path = mkdtempSync(`${tmpdir()}/isula-rootfs-`)
  try {
    await work(path)
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}

const said = async (program: string, ...args: ReadonlyArray<string>): Promise<string> => {
  const ran = await run(program, args)
  is(ran.code, 0, `${program} ${args.join(' ')}: ${ran.stderr}`)
  return ran.stdout.trim()
}

const directory =
  'SYS-ROOTFS-01 SYS-ROOTFS-04 SYS-ROOTFS-07 SYS-ROOTFS-11 SYS-CLI-02 CLI-CR-15: a directory is ' +
  'the root, in place'

test(directory, () =>
  withDirectory(async (path) => {
    fillRootfs(path)
    symlinkSync(path, `${path}.link`)
    try {
      const flags = ['--name', 'placed', '--external-rootfs', `${path}.link`]
      const id = await isula('run', '-d', ...flags, 'none', 'sleep', '1000')
      await isula('exec', 'placed', 'sh', '-c', 'echo inside > /made')
      is(readFileSync(`${path}/made`, 'utf8'), 'inside\n')
      writeFileSync(`${path}/given`, 'outside')
      is(await isula('exec', 'placed', 'cat', '/given'), 'outside')
      is(await cli.daemon.inspect('placed', '.HostConfig.ExternalRootfs'), path)
      is(await cli.daemon.inspect('placed', '.Config.Image'), 'none')
      await cli.daemon.kill9()
      await cli.daemon.start()
      is(await isula('exec', id, 'cat', '/given'), 'outside')
      await isula('restart', '-t', '0', 'placed')
      is(await isula('exec', id, 'cat', '/made'), 'inside')
    } finally {
      rmSync(`${path}.link`)
    }
  }),
)

test('CLI-USER-01 SYS-ROOTFS-09: users of the host; a second container may share it', () =>
  withDirectory(async (path) => {
    fillRootfs(path)
    const rootfs = ['--external-rootfs', path]
    const nobody = await said('id', '-u', 'nobody')
    is(await isula('run', '--rm', '-u', 'nobody', ...rootfs, 'empty', 'id', '-u'), nobody)
    await isula('run', '-d', '--name', 'first', ...rootfs, 'none', 'sleep', '1000')
    is(await isula('run', '--rm', ...rootfs, 'none', 'cat', '/etc/hostname'), 'localhost')
    await remove('first')
  }))

const kept =
  'SYS-ROOTFS-06 CLI-RM-04 SYS-SCN-02: rm, rm -f and --rm leave the tree, and what was written'

test(kept, () =>
  withDirectory(async (path) => {
    fillRootfs(path)
    const rootfs = ['--external-rootfs', path]
    await isula('run', '--rm', ...rootfs, 'none', 'sh', '-c', 'echo 1 > /one')
    await isula(
      'run',
      '-d',
      '--name',
      'live',
      ...rootfs,
      'none',
      'sh',
      '-c',
      'echo 2 > /two; sleep 99',
    )
    await isula('rm', '-f', 'live')
    const idle = await isula('create', ...rootfs, 'none', 'sh')
    await isula('rm', '-v', idle)
    ok(existsSync(`${path}/bin/busybox`))
    is(readFileSync(`${path}/one`, 'utf8') + readFileSync(`${path}/two`, 'utf8'), '1\n2\n')
  }),
)

test('SYS-ROOTFS-04: a block device is mounted, and unmounted again', () =>
  withDirectory(async (path) => {
    await said('truncate', '-s', '24M', `${path}/disk`)
    mkdirSync(`${path}/tree`)
    fillRootfs(`${path}/tree`)
    await said('mkfs.ext4', '-q', '-d', `${path}/tree`, `${path}/disk`)
    const device = await said('losetup', '-f', '--show', `${path}/disk`)
    try {
      const rootfs = ['--external-rootfs', device]
      await isula('run', '--rm', ...rootfs, 'none', 'sh', '-c', 'echo kept > /x')
      is(await isula('run', '--rm', ...rootfs, 'none', 'cat', '/x'), 'kept')
      ok(!readFileSync('/proc/mounts', 'utf8').includes(`${device} `))
    } finally {
      await said('losetup', '-d', device)
    }
  }))

test('SYS-ROOTFS-02 SYS-ROOTFS-03 SYS-SCN-03: bad paths make no container', () =>
  withDirectory(async (path) => {
    const refused = (rootfs: string): Promise<string> =>
      fails(125, 'create', '--external-rootfs', rootfs, 'none', 'sh')
    match(await refused('root/myrootfs'), 'want an absolute path')
    match(await refused(`${path}/nowhere`), `Failed to get rootfs '${path}/nowhere'`)
    writeFileSync(`${path}/file`, '')
    match(await refused(`${path}/file`), 'neither a directory nor a block device')
    match(await refused('/'), 'other than /')
    match(await fails(125, 'create', '--external-rootfs', path, 'none'), 'No command specified')
    match(await fails(125, 'create', 'none', 'sh'), 'No such image')
  }))

test('SYS-ROOTFS-05 SYS-CLI-03: a tree without the command fails at the start', () =>
  withDirectory(async (path) => {
    const id = await isula('create', '--external-rootfs', path, 'none', 'init')
    match(await fails(1, 'start', id), 'init')
    rmSync(path, { recursive: true })
    match(await fails(1, 'start', id), `Failed to get rootfs '${path}'`)
    mkdirSync(path)
    equal(await cli.status(id), 'exited')
    await remove('placed', id)
  }))

cli.run()
