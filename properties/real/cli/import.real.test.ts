/** `isula import`: a root file system's archive becomes an image that runs. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { equal, is, match } from 'uvu/assert'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula import')
const { test, ok: isula, fails } = cli

const archive = (): string => `${cli.daemon.directory}/rootfs.tar`

test('DOCK-IMPORT-01 DOCK-SC-28: an exported container, imported, runs again', async () => {
  const script = 'echo kept > /kept; chown 12:34 /kept; ln -s kept /link; mkfifo /pipe'
  await isula('run', '--name', 'source', 'busybox', 'sh', '-c', script)
  await isula('export', '-o', archive(), 'source')
  const printed = await isula('import', archive(), 'imported:test')
  match(printed, /^sha256:[0-9a-f]{64}$/)
  is(await isula('inspect', '-f', '{{.image.id}}', 'imported:test'), printed.slice(7))
  const look = 'cat /link; stat -c "%u %g" /kept; ls -l /pipe | cut -c1'
  is(await isula('run', '--rm', 'imported:test', 'sh', '-c', look), 'kept\n12 34\np')
  await isula('rm', 'source')
})

test('a gzip archive is the same root file system; the tag defaults to latest', async () => {
  const packed = `${archive()}.gz`
  writeFileSync(packed, gzipSync(readFileSync(archive()), { level: 1 }))
  const printed = await isula('import', packed, 'packed')
  is(await isula('run', '--rm', 'packed:latest', 'cat', '/kept'), 'kept')
  const layerOf = (image: string) => isula('inspect', '-f', '{{.image.top_layer}}', image)
  is(await layerOf('packed'), await layerOf('imported:test'))
  match(await isula('images'), printed.slice(7, 19))
})

test('a name that is taken goes over to the new image', async () => {
  const before = await isula('inspect', '-f', '{{.image.id}}', 'packed')
  const folder = `${cli.daemon.directory}/small`
  mkdirSync(`${folder}/etc`, { recursive: true })
  writeFileSync(`${folder}/etc/motd`, 'hello')
  execFileSync('tar', ['-C', folder, '-cf', `${folder}.tar`, '.'])
  const printed = await isula('import', `${folder}.tar`, 'packed')
  is(`sha256:${await isula('inspect', '-f', '{{.image.id}}', 'packed')}`, printed)
  is(printed.slice(7) === before, false)
})

test('what is refused leaves nothing', async () => {
  const before = await isula('images')
  const none = `${cli.daemon.directory}/none.tar`
  match(await fails(1, 'import', none, 'bad:1'), /Import image error: .*ENOENT/)
  const text = `${cli.daemon.directory}/text.tar`
  writeFileSync(text, 'no archive\n'.repeat(100))
  match(await fails(1, 'import', text, 'bad:1'), 'Import image error')
  writeFileSync(text, readFileSync(archive()).subarray(0, 100_000))
  match(await fails(1, 'import', text, 'bad:1'), 'Import image error')
  match(await fails(1, 'import', archive(), 'Bad:1'), /invalid image name "Bad:1"/)
  match(await fails(1, 'import', archive()), /import/)
  equal(await isula('images'), before)
})

test('images that were imported can be removed', async () => {
  for (const name of ['imported:test', 'packed']) await isula('rmi', name)
  const left = await isula('images', '-q')
  is(left.includes('imported'), false)
})

cli.run()
