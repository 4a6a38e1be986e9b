/** Images as other programs write them: skopeo, umoci and buildah. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { equal, is, match } from 'uvu/assert'
import { run } from '../../harness/run.ts'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula load of foreign archives', {}, [
  'program:skopeo',
  'program:umoci',
  'program:buildah',
  'program:tar',
  'program:zstd',
])
const { test, ok: isula } = cli

const path = (name: string): string => `${cli.daemon.directory}/${name}`

/** Runs in the daemon's directory, must succeed; answers what it printed. */
const made = async (program: string, ...args: ReadonlyArray<string>): Promise<string> => {
  const { directory } = cli.daemon
  const env = { TMPDIR: directory, HOME: directory }
  const { code, stdout, stderr } = await run(program, args, { cwd: directory, env })
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
  return stdout.trim()
}

const tarOf = (layout: string): Promise<string> =>
  made('tar', '-C', path(layout), '-cf', path(`${layout}.tar`), '.')

const loaded = async (archive: string, name: string): Promise<void> => {
  is(await isula('load', '-i', path(archive)), `Load image from "${path(archive)}" success`)
  equal((await isula('images', '-q')).split('\n').sort(), ['busybox:latest', name].sort())
  is(await isula('run', '--rm', name, 'sh', '-c', 'echo "$0 runs"', name), `${name} runs`)
  is(await isula('rmi', name), `Image "${name}" removed`)
}

const skopeo = (...args: ReadonlyArray<string>): Promise<string> =>
  made('skopeo', '--insecure-policy', 'copy', '-q', ...args)

test('IMG-LOAD-01: an OCI archive of skopeo, its layer gzip', async () => {
  await skopeo('docker-archive:busybox.tar', 'oci-archive:skopeo.tar:skopeo/gzip:1')
  await loaded('skopeo.tar', 'skopeo/gzip:1')
})

test('an OCI layout of skopeo, its layer zstd', async () => {
  const zstd = ['--dest-compress', '--dest-compress-format', 'zstd']
  await skopeo(...zstd, 'docker-archive:busybox.tar', 'oci:zstd:skopeo/zstd:1')
  await tarOf('zstd')
  await loaded('zstd.tar', 'skopeo/zstd:1')
})

test('IMG-LOAD-01: a docker-archive of skopeo', async () => {
  await skopeo('docker-archive:busybox.tar', 'docker-archive:docker.tar:skopeo.io/docker:1')
  await loaded('docker.tar', 'skopeo.io/docker:1')
})

test('an OCI layout of skopeo with two names of one image', async () => {
  for (const name of ['two/a:1', 'two/b:1'])
    await skopeo('docker-archive:busybox.tar', `oci:two:${name}`)
  await tarOf('two')
  await isula('load', '-i', path('two.tar'))
  // skopeo changes the config once, so that both are one image, and not the one of docker's.
  equal((await isula('images', '-q')).split('\n').sort(), ['busybox:latest', 'two/a:1', 'two/b:1'])
  await isula('rmi', 'two/a:1', 'two/b:1')
})

test('an OCI layout of umoci, unpacked, changed and packed again', async () => {
  await made('umoci', 'init', '--layout', 'umoci')
  await made('umoci', 'new', '--image', 'umoci:umoci/made:1')
  await made('umoci', 'unpack', '--image', 'umoci:umoci/made:1', 'bundle')
  mkdirSync(path('bundle/rootfs/bin'))
  cpSync('/bin/busybox', path('bundle/rootfs/bin/sh'))
  await made('umoci', 'repack', '--image', 'umoci:umoci/made:1', 'bundle')
  await tarOf('umoci')
  await loaded('umoci.tar', 'umoci/made:1')
})

test('an OCI archive of buildah, with its environment and command', async () => {
  writeFileSync(path('policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}')
  const buildah = (...args: ReadonlyArray<string>): Promise<string> =>
    made(
      'buildah',
      ...['--root', path('storage'), '--runroot', path('runroot'), '--storage-driver', 'vfs'],
      ...args,
    )
  const container = await buildah('from', 'scratch')
  await buildah('copy', container, '/bin/busybox', '/bin/sh')
  await buildah('config', '--cmd', '["sh", "-c", "echo $WORD"]', '--env', 'WORD=built', container)
  const policy = ['--signature-policy', path('policy.json')]
  const target = `oci-archive:${path('buildah.tar')}:localhost/buildah:2`
  await buildah('commit', '-q', ...policy, container, target)
  await buildah('rm', container)
  await isula('load', '-i', path('buildah.tar'))
  is(await isula('run', '--rm', 'localhost/buildah:2'), 'built')
  match(await isula('inspect', '-f', '{{json .image}}', 'localhost/buildah:2'), 'WORD=built')
  await isula('rmi', 'localhost/buildah:2')
})

cli.run()
