/** Images that the daemon puts together: digests, and what stands upon what. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { equal, is, match } from 'uvu/assert'
import { diffId } from '../../domain/identity.ts'
import { suite } from '../../properties/testing/suite.ts'
import { outcome } from '../layers/fixtures/layer-bench.ts'
import { sha256, tarBytes } from '../layers/fixtures/tar-bytes.ts'
import { archivePort } from './archive-port.ts'
import { newImage } from './new-image.ts'

const test = suite('new image')
const folder = mkdtempSync(join(tmpdir(), 'rootfs-'))
test.after(() => rmSync(folder, { recursive: true }))

let made = 0
const digestOf = async (bytes: Buffer): Promise<string> => {
  const path = join(folder, `${made++}.tar`)
  writeFileSync(path, bytes)
  return outcome(archivePort.diffOf(path))
}

const rootfs = tarBytes({ name: 'etc/', type: '5' }, { name: 'etc/passwd', content: 'root' })

test('the digest is that of the archive as it is after it was inflated', async () => {
  is(await digestOf(rootfs), sha256(rootfs))
  is(await digestOf(gzipSync(rootfs)), sha256(rootfs))
})

test('what is no tar archive, or not whole, or empty, is refused', async () => {
  match(await digestOf(Buffer.from('#!/bin/sh\nexit 0\n'.repeat(100))), /EINVAL|EVERIFY/)
  match(await digestOf(rootfs.subarray(0, 1_200)), /EVERIFY/)
  match(await digestOf(gzipSync(rootfs).subarray(0, 60)), /EVERIFY/)
  match(await digestOf(Buffer.alloc(1_024)), /EINVAL.*empty/)
  match(await digestOf(Buffer.alloc(0)), /EINVAL|EVERIFY/)
  match(await outcome(archivePort.diffOf(join(folder, 'none.tar'))), /ENOENT/)
  match(await outcome(archivePort.diffOf(folder)), /EINVAL.*not a regular file/)
})

test('a new layer lies on those below it, and its archive is its source', () => {
  const [below, diff] = [diffId('1'.repeat(64)), diffId('2'.repeat(64))]
  const source = { archive: '/a.tar', entry: '' }
  const config = { os: 'linux', rootfs: 'replaced' }
  const image = newImage({ below: [below], layer: { diff, source }, references: ['a:1'], config })
  is(image.id, sha256(image.config))
  equal(JSON.parse(image.config), {
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [`sha256:${below}`, `sha256:${diff}`] },
  })
  equal(
    image.layers.map(({ layer }) => layer),
    [below, sha256(`sha256:${below} sha256:${diff}`)],
  )
  equal(image.layers[1]?.source, source)
})

test.run()
