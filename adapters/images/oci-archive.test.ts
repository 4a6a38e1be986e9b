/** OCI layouts: which image is taken, how it is named, and what is verified. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import type { ArchivedImage } from '../../domain/ports/storage-ports.ts'
import { outcome } from '../layers/fixtures/layer-bench.ts'
import { sha256, tarBytes } from '../layers/fixtures/tar-bytes.ts'
import { zstdBytes } from '../layers/fixtures/zstd-bytes.ts'
import { archivePort } from './archive-port.ts'
import { mediaTypes, ociArchive, OciBytes } from './fixtures/oci-bytes.ts'
import { hostPlatform } from './oci-documents.ts'

const test = suite('OCI archive')
const folder = mkdtempSync(join(tmpdir(), 'oci-'))
test.after(() => rmSync(folder, { recursive: true }))

const path = join(folder, 'oci.tar')

const read = async (bytes: Buffer): Promise<ReadonlyArray<ArchivedImage>> => {
  writeFileSync(path, bytes)
  const images = await outcome(archivePort.read(path))
  if (typeof images === 'string') throw new Error(images)
  return images
}

const plain = tarBytes({ name: 'one', content: 'one' })
const zipped = { blob: gzipSync(plain), plain, mediaType: `${mediaTypes.layer}+gzip` }
const name = 'org.opencontainers.image.ref.name'
const fullName = 'io.containerd.image.name'

test('an image has the digest of its config, and its layers where their blobs are', async () => {
  const [image, ...others] = await read(ociArchive([zipped], { [name]: 'my/bb:1' }))
  assert.is(others.length, 0)
  assert.is(image?.id, sha256(image?.config ?? ''))
  assert.equal(image?.references, ['my/bb:1'])
  assert.equal(image?.layers, [
    {
      layer: sha256(plain),
      diff: sha256(plain),
      source: { archive: path, entry: `blobs/sha256/${sha256(zipped.blob)}` },
    },
  ])
})

test('the whole archive may be gzip or zstd', async () => {
  const bytes = ociArchive([zipped], { [name]: 'a:1' })
  const expected = await read(bytes)
  assert.equal(await read(gzipSync(bytes)), expected)
  assert.equal(await read(zstdBytes(bytes)), expected)
})

test('a full name wins over a tag; a tag alone names no image', async () => {
  const references = async (annotations: Readonly<Record<string, string>>): Promise<unknown> =>
    (await read(ociArchive([zipped], annotations)))[0]?.references
  assert.equal(await references({ [fullName]: 'docker.io/library/a:2', [name]: '2' }), [
    'docker.io/library/a:2',
  ])
  assert.equal(await references({ [name]: 'latest' }), [])
  assert.equal(await references({ [name]: 'localhost:5000/b' }), ['localhost:5000/b:latest'])
  assert.equal(await references({}), [])
})

const [os, architecture] = hostPlatform.split('/')

test("of an index for many platforms the host's image is taken, attestations are not", async () => {
  const bytes = new OciBytes()
  const own = bytes.image([zipped])
  const other = bytes.image([{ blob: tarBytes({ name: 'other' }) }])
  const platform = { os, architecture, variant: 'v9' }
  const inner = bytes.index([
    { ...other, platform: { os, architecture: 'pdp11' } },
    { ...other, platform: { os: 'unknown', architecture: 'unknown' } },
    { ...other, mediaType: 'application/vnd.example.thing', platform },
    { ...own, platform },
  ])
  const named = { ...inner, annotations: { [fullName]: 'multi:1' } }
  const images = await read(bytes.archive([named]))
  assert.equal(
    images.map(({ references, layers }) => [references, layers.map(({ diff }) => diff)]),
    [[['multi:1'], [sha256(plain)]]],
  )
})

test('several images, one of them twice', async () => {
  const bytes = new OciBytes()
  const [a, b] = [bytes.image([zipped]), bytes.image([])]
  const images = await read(
    bytes.archive([
      { ...a, annotations: { [name]: 'a:1' } },
      { ...b, annotations: { [name]: 'b:1' } },
      { ...a, annotations: { [name]: 'a:2' } },
    ]),
  )
  assert.equal(
    images.map(({ references }) => references),
    [['a:1', 'a:2'], ['b:1']],
  )
})

test("an archive that is both is read by docker's manifest", async () => {
  const bytes = new OciBytes()
  const image = bytes.image([zipped])
  const [oci] = await read(bytes.archive([image]))
  const item = {
    Config: `blobs/sha256/${oci?.id}`,
    RepoTags: ['docker:1'],
    Layers: [`blobs/sha256/${sha256(zipped.blob)}`],
  }
  const [both] = await read(bytes.archive([image], { 'manifest.json': JSON.stringify([item]) }))
  assert.equal(both, { ...oci, references: ['docker:1'] })
})

test.run()
