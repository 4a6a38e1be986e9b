/** The whole way of an image: made, read, unpacked, mounted, used, taken away. */
import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { LayerBench, outcome } from '../layers/fixtures/layer-bench.ts'
import { archivePort } from './archive-port.ts'
import { busyboxArchive, writeBusyboxArchive } from './busybox-image.ts'

const test = suite('busybox image')
const bench = new LayerBench('busybox')
test.after(() => bench.end())
const requirements = ['root', 'program:busybox'] as const

test.needs(requirements, 'the same busybox makes the same bytes', async () => {
  const [a, b] = [await busyboxArchive(), await busyboxArchive()]
  assert.is(a.equals(b), true)
  assert.is((await busyboxArchive({ reference: 'other:1' })).equals(a), false)
})

test.needs(requirements, 'the image runs from archive to container root and back', async () => {
  const archive = join(bench.folder, 'busybox.tar')
  await writeBusyboxArchive(archive, { reference: 'my/bb:1' })
  const images = await outcome(archivePort.read(archive))
  if (typeof images === 'string') throw new Error(images)
  const [image] = images
  assert.equal(image?.references, ['my/bb:1'])
  const [layer] = image?.layers ?? []
  if (layer === undefined) throw new Error('no layer')
  const size = await bench.unpack(layer)
  assert.ok(typeof size === 'number' && size > 100_000, String(size))

  const id = await bench.mounted([layer.layer])
  const merged = bench.merged(id)
  assert.ok(readdirSync(merged).includes('proc'))
  assert.is(lstatSync(join(merged, 'tmp')).mode & 0o7777, 0o1777)
  const text = execFileSync(
    '/usr/sbin/chroot',
    [merged, '/bin/sh', '-c', 'id -un; echo hi >/root/f'],
    {
      encoding: 'utf8',
      env: { PATH: '/bin' },
    },
  )
  assert.is(text, 'root\n')
  assert.is(readFileSync(join(dirname(merged), 'diff/root/f'), 'utf8'), 'hi\n')

  const { layer: layers, rootfs } = bench.store
  assert.is(await outcome(rootfs.unmount(id)), undefined)
  assert.is(await outcome(rootfs.removeWritable(id)), undefined)
  assert.is(await outcome(layers.remove(layer.layer)), undefined)
  assert.is(existsSync(merged), false)
  assert.equal(readdirSync(join(bench.layout.root, 'storage/overlay')), [])
})

test.run()
