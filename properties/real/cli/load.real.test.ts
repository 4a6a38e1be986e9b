/** OCI archives through the command line: layers of every compression, many images, names. */
import { readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { equal, is, match } from 'uvu/assert'
import { mediaTypes, OciBytes } from '../../../adapters/images/fixtures/oci-bytes.ts'
import { tarBytes, type EntryBytes } from '../../../adapters/layers/fixtures/tar-bytes.ts'
import { zstdBytes } from '../../../adapters/layers/fixtures/zstd-bytes.ts'
import { executables } from '../../harness/daemon.ts'
import { run } from '../../harness/run.ts'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula load', {}, ['program:zstd'])
const { test, ok: isula, fails } = cli

type Layers = Parameters<OciBytes['image']>[0]

const zstdLayer = (plain: Buffer): Layers[number] => ({
  blob: zstdBytes(plain),
  plain,
  mediaType: `${mediaTypes.layer}+zstd`,
})

const gzipLayer = (plain: Buffer): Layers[number] => ({
  blob: gzipSync(plain),
  plain,
  mediaType: `${mediaTypes.layer}+gzip`,
})

const programs = (): Buffer =>
  tarBytes(
    { name: 'bin/busybox', content: readFileSync('/bin/busybox'), mode: 0o755 },
    ...['sh', 'cat', 'ls'].map((applet): EntryBytes => ({
      name: `bin/${applet}`,
      type: '2',
      linkName: 'busybox',
    })),
    { name: 'etc/below', content: 'below' },
    { name: 'etc/gone', content: 'gone' },
  )

const top = tarBytes(
  { name: 'etc/.wh.gone' },
  { name: 'etc/top', content: 'top', uid: 7, gid: 8, mode: 0o640 },
)

const named = (name: string) => ({ 'org.opencontainers.image.ref.name': name })

const saved = (name: string, bytes: Buffer): string => {
  const path = `${cli.daemon.directory}/${name}`
  writeFileSync(path, bytes)
  return path
}

const said = (path: string): string => `Load image from "${path}" success`

const names = async (): Promise<ReadonlyArray<string>> =>
  (await isula('images', '-q')).split('\n').sort()

const shown = 'cat /etc/below /etc/top; ls /etc/gone; ls -ln /etc/top'

test('IMG-LOAD-01 IMG-LOAD-03: an OCI archive with zstd layers, index and manifest', async () => {
  const bytes = new OciBytes()
  const image = bytes.image([zstdLayer(programs()), zstdLayer(top)])
  const index = { ...bytes.index([image]), annotations: named('oci/zstd:1') }
  const path = saved('zstd.tar', bytes.archive([index]))
  is(await isula('load', '-i', path), said(path))
  equal(await names(), ['busybox:latest', 'oci/zstd:1'])
  const ran = await cli.isula(['run', '--rm', 'oci/zstd:1', 'sh', '-c', shown])
  match(ran.stdout, /^belowtop-rw-r----- +1 7 +8 +3 /)
  match(ran.stderr, /etc\/gone: No such file/)
  is(await isula('rmi', 'oci/zstd:1'), 'Image "oci/zstd:1" removed')
})

test('IMG-LOAD-05: the archive as a whole may be gzip or zstd, its layers mixed', async () => {
  const bytes = new OciBytes()
  const image = bytes.image([gzipLayer(programs()), zstdLayer(top)])
  const plain = bytes.archive([{ ...image, annotations: named('oci/mixed:1') }])
  for (const [name, packed] of [
    ['mixed.tar', plain],
    ['mixed.tar.gz', gzipSync(plain)],
    ['mixed.tar.zst', zstdBytes(plain)],
  ] as const) {
    const path = saved(name, packed)
    is(await isula('load', '-i', path), said(path))
    is(await isula('run', '--rm', 'oci/mixed:1', 'cat', '/etc/top'), 'top')
    is(await isula('rmi', 'oci/mixed:1'), 'Image "oci/mixed:1" removed')
  }
})

test('IMG-LOAD-02 IMG-LOAD-04: several images of one archive; --tag names only one', async () => {
  const bytes = new OciBytes()
  const base = gzipLayer(programs())
  const [one, two] = [bytes.image([base]), bytes.image([base, zstdLayer(top)])]
  const both = bytes.archive([
    { ...one, annotations: named('many/one:1') },
    { ...two, annotations: named('many/two:2') },
    { ...one, annotations: named('many/again:3') },
  ])
  const path = saved('many.tar', both)
  match(await fails(1, 'load', '-i', path, '--tag', 'many/all:1'), 'holds 2 images')
  equal(await names(), ['busybox:latest'])
  is(await isula('load', '-i', path), said(path))
  const loaded = ['many/again:3', 'many/one:1', 'many/two:2']
  equal(await names(), ['busybox:latest', ...loaded])
  is(await isula('run', '--rm', 'many/again:3', 'cat', '/etc/gone'), 'gone')
  is(await isula('run', '--rm', 'many/two:2', 'cat', '/etc/top'), 'top')
  is(await isula('rmi', ...loaded), loaded.map((name) => `Image "${name}" removed`).join('\n'))
})

test('IMG-SCN-09 IMG-LOAD-02: --tag names an image instead of its own name', async () => {
  const bytes = new OciBytes()
  const image = bytes.image([zstdLayer(programs())])
  const path = saved('tagged.tar', bytes.archive([{ ...image, annotations: named('own/name:1') }]))
  is(await isula('load', '-i', path, '--tag', 'my/bb:1'), said(path))
  equal(await names(), ['busybox:latest', 'my/bb:1'])
  is(await isula('run', '--rm', 'my/bb:1', 'cat', '/etc/below'), 'below')
  match(await fails(1, 'load', '-i', path, '--tag', 'Not A Name'), 'Not A Name')
  match(await fails(1, 'load', '-i', path, '--type', 'embedded', '--tag', 'x'), 'embedded')
  is(await isula('rmi', 'my/bb:1'), 'Image "my/bb:1" removed')
})

test('IMG-SCN-08 IMG-LOAD-03: a relative path is shown as absolute path', async () => {
  const bytes = new OciBytes()
  saved('relative.tar', bytes.archive([{ ...bytes.image([]), annotations: named('rel:1') }]))
  const { directory: cwd, socket } = cli.daemon
  const env = { ISULAD_HOST: `unix://${socket}` }
  const ran = await run(executables.isula, ['load', '-i', './relative.tar'], { env, cwd })
  is(ran.stdout, `${said(`${cwd}/relative.tar`)}\n`, ran.stderr)
  is(await isula('rmi', 'rel:1'), 'Image "rel:1" removed')
})

test('IMG-SCN-10 IMG-LOAD-04: no archive, another type, no -i', async () => {
  const path = saved('notatar', Buffer.from('not a tar archive at all'))
  match(await fails(1, 'load', '-i', path), /^Error response from daemon: Load image error: /)
  match(await fails(1, 'load', '-i', `${path}.gone`), /no such file|ENOENT/i)
  match(await fails(1, 'load', '-i', path, '--type', 'foo'), 'foo')
  match(await fails(1, 'load'), 'use -i FILE')
  equal(await names(), ['busybox:latest'])
})

/** The one image without a name: names alone show its id. */
const nameless = async (): Promise<string> => {
  const ids = (await names()).filter((name) => /^[0-9a-f]{64}$/.test(name))
  is(ids.length, 1, 'images without a name')
  return ids[0] ?? ''
}

test('IMG-GEN-03: an image without a name is found by its id', async () => {
  const bytes = new OciBytes()
  const image = bytes.image([gzipLayer(programs())])
  const path = saved('nameless.tar', bytes.archive([image]))
  is(await isula('load', '-i', path), said(path))
  const id = await nameless()
  const row = (await isula('images')).split('\n').find((line) => line.includes(id.slice(0, 12)))
  match(row ?? '', /^<none> +\t?<none>/)
  is(await isula('run', '--rm', id, 'cat', '/etc/below'), 'below')
  is(await isula('inspect', '-f', '{{json .image.id}}', id.slice(0, 9)), `"${id}"`)
  is(await isula('rmi', id.slice(0, 9)), `Image "${id.slice(0, 9)}" removed`)
})

test('D4 a loaded image takes its name from the one that had it', async () => {
  const bytes = new OciBytes()
  const base = gzipLayer(programs())
  const [before, after] = [bytes.image([base]), bytes.image([base, zstdLayer(top)])]
  const load = (image: typeof before): Promise<string> =>
    isula(
      'load',
      '-i',
      saved('moved.tar', bytes.archive([{ ...image, annotations: named('moved:1') }])),
    )
  await load(before)
  await load(after)
  is(await isula('run', '--rm', 'moved:1', 'cat', '/etc/top'), 'top')
  const id = await nameless()
  is(await isula('run', '--rm', id, 'cat', '/etc/gone'), 'gone')
  is(await isula('inspect', '-f', '{{json .image.repo_tags}}', id), '[]')
  await isula('rmi', 'moved:1', id)
})

test('of several images the whole ones before a broken one are there, it is not', async () => {
  const bytes = new OciBytes()
  const whole = bytes.image([gzipLayer(programs())])
  const broken = bytes.image([{ blob: gzipSync(top), plain: Buffer.from('another content') }])
  const path = saved(
    'broken.tar',
    bytes.archive([
      { ...whole, annotations: named('whole:1') },
      { ...broken, annotations: named('broken:1') },
    ]),
  )
  match(await fails(1, 'load', '-i', path), /Load image error: EVERIFY: .*digest/)
  equal(await names(), ['busybox:latest', 'whole:1'])
  is(await isula('rmi', 'whole:1'), 'Image "whole:1" removed')
})

cli.run()
