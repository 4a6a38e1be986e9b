/** Image archives: what is read from them, and what is said about bad ones. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import type { ArchivedImage } from '../../domain/ports/storage-ports.ts'
import { outcome } from '../layers/fixtures/layer-bench.ts'
import { dockerArchive, sha256, tarBytes, type EntryBytes } from '../layers/fixtures/tar-bytes.ts'
import { archivePort } from './archive-port.ts'

const test = suite('image archive')
const folder = mkdtempSync(join(tmpdir(), 'archive-'))
test.after(() => rmSync(folder, { recursive: true }))

let made = 0
const saved = (bytes: Buffer): string => {
  const path = join(folder, `${made++}.tar`)
  writeFileSync(path, bytes)
  return path
}

const readAll = async (bytes: Buffer): Promise<ReadonlyArray<ArchivedImage>> => {
  const images = await outcome(archivePort.read(saved(bytes)))
  if (typeof images === 'string') throw new Error(images)
  return images
}

const unread = async (path: string): Promise<string> => {
  const images = await outcome(archivePort.read(path))
  return typeof images === 'string' ? images : 'read'
}
const refusal = (bytes: Buffer): Promise<string> => unread(saved(bytes))

const layers = ['one', 'two', 'three'].map((name) => tarBytes({ name, content: name }))
const [d0 = '', d1 = '', d2 = ''] = layers.map(sha256)

test('digests are computed from the bytes: image id, diff ids, chain ids', async () => {
  const [image, ...others] = await readAll(dockerArchive(layers, 'busybox'))
  assert.is(others.length, 0)
  assert.is(image?.id, sha256(image?.config ?? ''))
  assert.equal(image?.references, ['busybox:latest'])
  const chain1 = sha256(`sha256:${d0} sha256:${d1}`)
  assert.equal(
    image?.layers.map(({ layer, diff, source }) => [layer, diff, source.entry]),
    [
      [d0, d0, '0/layer.tar'],
      [chain1, d1, '1/layer.tar'],
      [sha256(`sha256:${chain1} sha256:${d2}`), d2, '2/layer.tar'],
    ],
  )
})

test('IMG-LOAD-05: a gzip archive reads like the plain one', async () => {
  const plain = dockerArchive(layers)
  const strip = (images: ReadonlyArray<ArchivedImage>): unknown =>
    images.map((image) => ({ ...image, layers: image.layers.map(({ layer }) => layer) }))
  assert.equal(strip(await readAll(gzipSync(plain))), strip(await readAll(plain)))
})

/** An archive with one image of no layers, changed at one place. */
const archive = (change: {
  readonly config?: string
  readonly name?: string
  readonly manifest?: (item: Record<string, unknown>) => unknown
  readonly more?: ReadonlyArray<EntryBytes>
}): Buffer => {
  const config = change.config ?? '{"rootfs":{"type":"layers","diff_ids":[]}}'
  const name = change.name ?? `${sha256(config)}.json`
  const item = { Config: name, RepoTags: ['a:1'], Layers: [] }
  const manifest = change.manifest === undefined ? [item] : change.manifest(item)
  return tarBytes(
    { name: 'manifest.json', content: JSON.stringify(manifest) },
    { name, content: config },
    ...(change.more ?? []),
  )
}

test('an image without layers or without names is an image', async () => {
  const [image] = await readAll(archive({ manifest: (item) => [{ ...item, RepoTags: null }] }))
  assert.equal([image?.layers, image?.references], [[], []])
})

test('one image that is listed twice has the references of both', async () => {
  const images = await readAll(
    archive({ manifest: (item) => [item, { ...item, RepoTags: ['b', 'a:1'] }] }),
  )
  assert.equal(
    images.map(({ references }) => references),
    [['a:1', 'b:latest']],
  )
})

test('layers may be links to other entries of the archive, but not out of it', async () => {
  const [content] = layers
  const config = JSON.stringify({ rootfs: { diff_ids: [`sha256:${d0}`, `sha256:${d0}`] } })
  const linked = (target: string): Buffer =>
    archive({
      config,
      manifest: (item) => [{ ...item, Layers: ['x/layer.tar', 'y/layer.tar'] }],
      more: [
        { name: 'x/layer.tar', content: content ?? '' },
        { name: 'y/layer.tar', type: '2', linkName: target },
      ],
    })
  const [image] = await readAll(linked('../x/layer.tar'))
  assert.equal(
    image?.layers.map(({ source }) => source.entry),
    ['x/layer.tar', 'x/layer.tar'],
  )
  assert.match(await refusal(linked('../../etc/passwd')), /^EINVAL: .*leaves the archive/)
  assert.match(await refusal(linked('layer.tar')), /^EINVAL: .*too many links/)
})

test('IMG-LOAD-04: a file that is no image archive is refused with what is wrong', async () => {
  const manifest = (m: unknown): Buffer => archive({ manifest: () => m })
  const diffs = (ids: unknown): Buffer =>
    archive({ config: JSON.stringify({ rootfs: { diff_ids: ids } }) })
  const other = '0'.repeat(64)
  const cases: ReadonlyArray<readonly [Buffer, RegExp]> = [
    [Buffer.from('notatar'), /^(EINVAL|EVERIFY)/],
    [Buffer.alloc(4096, 'notatar'), /^EINVAL: .*not a tar archive/],
    [tarBytes({ name: 'x' }), /^EINVAL: .*no file "manifest.json"/],
    [tarBytes({ name: 'manifest.json', content: '{' }), /^EINVAL: manifest.json: /],
    [manifest([]), /^EINVAL: .*names no image/],
    [manifest({}), /^EINVAL: manifest.json: /],
    [manifest([{ Layers: [] }]), /^EINVAL: manifest.json: 0.Config is wrong/],
    [manifest([{ Config: 'x', Layers: [1] }]), /^EINVAL: .*0.Layers.0 is wrong/],
    [manifest([{ Config: 'gone.json', Layers: [] }]), /^EINVAL: .*0.Config.*"gone.json"/],
    [
      archive({ manifest: (i) => [{ ...i, Layers: ['a'] }] }),
      /^EINVAL: .*1 layers.*diff_ids have 0/,
    ],
    [archive({ manifest: (i) => [{ ...i, RepoTags: ['UP'] }] }), /^EINVAL: .*RepoTags.0 "UP"/],
    [archive({ name: `${other}.json` }), /^EVERIFY: .*digest/],
    [archive({ name: `blobs/sha256/${other}` }), /^EVERIFY: .*digest/],
    [archive({ config: '{}' }), /^EINVAL: .*rootfs is wrong/],
    [archive({ config: '{"os":"windows","rootfs":{"diff_ids":[]}}' }), /^EINVAL: .*windows/],
    [diffs(['sha512:00']), /^EINVAL: .*diff_ids.0/],
    [diffs([`sha256:${other}`]), /^EINVAL: /],
    [archive({ more: [{ name: './manifest.json', content: '[]' }] }), /^EINVAL: .*twice/],
    [archive({ more: [{ name: 'x', type: 'V' }] }), /^EINVAL: .*unknown/],
    [dockerArchive(layers).subarray(0, 3000), /^E(INVAL|VERIFY)/],
    [gzipSync(dockerArchive(layers)).subarray(0, 300), /^EVERIFY: gzip/],
    [Buffer.from('fd377a585a000000', 'hex'), /^EINVAL: .*xz/],
    [tarBytes({ name: 'manifest.json', content: Buffer.alloc(9 << 20, ' ') }), /^EINVAL: .*longer/],
  ]
  for (const [bytes, pattern] of cases) assert.match(await refusal(bytes), pattern)
})

test('files that cannot be opened answer the kernel errno', async () => {
  assert.match(await unread(join(folder, 'none')), /^ENOENT/)
  assert.match(await unread('/dev/zero'), /^EINVAL: .*regular file/)
  assert.match(await unread(folder), /^EINVAL: .*regular file/)
})

test.run()
