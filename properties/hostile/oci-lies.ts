/** OCI archives whose index, manifests, configs or blobs lie. */
import { gzipSync } from 'node:zlib'
import {
  blobName,
  mediaTypes,
  OciBytes,
  type BlobDescriptor,
} from '../../adapters/images/fixtures/oci-bytes.ts'
import { sha256, tarBytes } from '../../adapters/layers/fixtures/tar-bytes.ts'
import type { HostileCase } from './hostile-case.ts'

const layer = tarBytes({ name: 'x', content: 'e' })
const zipped = { blob: gzipSync(layer), plain: layer, mediaType: `${mediaTypes.layer}+gzip` }
const zeros = '0'.repeat(64)

type Row = readonly [what: string, archive: (bytes: OciBytes) => Buffer, says: RegExp]

/** One honest image, whose descriptor in the index is changed. */
const top =
  (change: (honest: BlobDescriptor) => unknown) =>
  (bytes: OciBytes): Buffer =>
    bytes.archive([change(bytes.image([{ blob: layer }]))])

/** One image whose manifest is changed. */
const manifest =
  (change: (honest: Record<string, unknown>) => Record<string, unknown>) =>
  (bytes: OciBytes): Buffer =>
    bytes.archive([bytes.image([{ blob: layer }], change)])

const files =
  (names: Readonly<Record<string, string>>) =>
  (bytes: OciBytes): Buffer =>
    bytes.archive([bytes.image([{ blob: layer }])], names)

const isDescriptor = (value: unknown): value is BlobDescriptor =>
  typeof value === 'object' && value !== null && 'digest' in value

const changedConfig = (change: Partial<Record<keyof BlobDescriptor, unknown>>) =>
  manifest((honest) => ({
    ...honest,
    config: isDescriptor(honest['config']) ? { ...honest['config'], ...change } : null,
  }))

const changedLayer = (change: Partial<Record<keyof BlobDescriptor, unknown>>) =>
  manifest((honest) => {
    const layers: unknown = honest['layers']
    const first: unknown = Array.isArray(layers) ? layers[0] : undefined
    return { ...honest, layers: [isDescriptor(first) ? { ...first, ...change } : null] }
  })

/** The content lies under the name of another digest. */
const underAnotherName = (content: string, mediaType: string, digest: string) => ({
  descriptor: { mediaType, digest, size: Buffer.byteLength(content) },
  entry: { name: blobName(digest), content },
})

const indexRing = (bytes: OciBytes): Buffer => {
  const digest = `sha256:${sha256('a ring')}`
  const text = (size: number): string =>
    JSON.stringify({
      schemaVersion: 2,
      manifests: [{ mediaType: mediaTypes.index, digest, size }],
    })
  const { descriptor, entry } = underAnotherName(text(200).padEnd(200), mediaTypes.index, digest)
  return bytes.archive([descriptor], {}, [entry])
}

const nested = (bytes: OciBytes): Buffer => {
  let inner: BlobDescriptor = bytes.image([{ blob: layer }])
  for (let i = 0; i < 6; i++) inner = bytes.index([inner])
  return bytes.archive([inner])
}

/** The right content by its diff id, in a blob whose name is the digest of something else. */
const lyingLayer = (bytes: OciBytes): Buffer => {
  const digest = `sha256:${zeros}`
  const size = zipped.blob.length
  const made = bytes.image([zipped], (honest) => ({
    ...honest,
    layers: [{ mediaType: zipped.mediaType, digest, size }],
  }))
  return bytes.archive([made], {}, [{ name: blobName(digest), content: zipped.blob }])
}

const lyingManifest = (bytes: OciBytes): Buffer => {
  const { descriptor, entry } = underAnotherName(
    '{"schemaVersion":2}',
    mediaTypes.manifest,
    `sha256:${zeros}`,
  )
  return bytes.archive([descriptor], {}, [entry])
}

const lyingConfig = (bytes: OciBytes): Buffer => {
  const { descriptor, entry } = underAnotherName('{}', mediaTypes.config, `sha256:${zeros}`)
  const made = bytes.image([{ blob: layer }], (honest) => ({ ...honest, config: descriptor }))
  return bytes.archive([made], {}, [entry])
}

const deep = `{"schemaVersion":2,"manifests":${'['.repeat(9999)}${']'.repeat(9999)}}`
const otherPlatform = { os: 'plan9', architecture: 'pdp11' }
const artifact = 'application/vnd.example.artifact.v1+json'

const indexes: ReadonlyArray<Row> = [
  ['no layout file', () => tarBytes({ name: 'index.json', content: '{}' }), /"oci-layout"/],
  [
    'a layout of another version',
    files({ 'oci-layout': '{"imageLayoutVersion":"9.0"}' }),
    /version "9.0"/,
  ],
  ['a layout that is no JSON', files({ 'oci-layout': 'x' }), /^EINVAL: oci-layout: /],
  ['an index that is no JSON', files({ 'index.json': 'x' }), /^EINVAL: index.json: /],
  ['an index of another version', files({ 'index.json': '{"schemaVersion":1}' }), /schemaVersion/],
  ['an index without manifests', files({ 'index.json': '{"schemaVersion":2}' }), /manifests is/],
  ['an index of nothing', (bytes) => bytes.archive([]), /names no image/],
  ['an index nested too deep', files({ 'index.json': deep }), /^EINVAL: .*nested deeper/],
  [
    'a thousand manifests',
    (bytes) => bytes.archive(Array(1000).fill(bytes.image([]))),
    /1000 manifests/,
  ],
  ['a manifest that is null', (bytes) => bytes.archive([null]), /manifests\.0 is wrong/],
  ['a manifest that is not there', top((d) => ({ ...d, digest: `sha256:${zeros}` })), /no file/],
  ['a manifest of another digest', lyingManifest, /^EVERIFY: .*digest/],
  ['a manifest of another size', top((d) => ({ ...d, size: 5 })), /^EVERIFY: .*not 5/],
  ['a size of another type', top((d) => ({ ...d, size: '5' })), /size is wrong/],
  ['a negative size', top((d) => ({ ...d, size: -1 })), /^EVERIFY: .*not -1/],
  [
    'a digest that is a path',
    top((d) => ({ ...d, digest: 'sha256:../../../../etc/passwd' })),
    /digest is not/,
  ],
  [
    'a digest of another algorithm',
    top((d) => ({ ...d, digest: `sha512:${zeros}${zeros}` })),
    /digest is not/,
  ],
  ['a digest in capitals', top((d) => ({ ...d, digest: d.digest.toUpperCase() })), /digest is not/],
  ['an index in a ring', indexRing, /^EVERIFY: .*digest/],
  ['indexes in indexes', nested, /nested deeper than 4/],
  ['an index for others', top((d) => ({ ...d, platform: otherPlatform })), /only for plan9\/pdp11/],
  ['artifacts alone', top((d) => ({ ...d, mediaType: artifact })), /names no image/],
  ['annotations of another type', top((d) => ({ ...d, annotations: 5 })), /annotations is wrong/],
  [
    'a name that leads out',
    top((d) => ({ ...d, annotations: { 'org.opencontainers.image.ref.name': '../../a:1' } })),
    /the name "\.\.\/\.\.\/a:1"/,
  ],
]

const manifests: ReadonlyArray<Row> = [
  [
    'a manifest of an index',
    top((d) => ({ ...d, mediaType: mediaTypes.index })),
    /manifests is wrong/,
  ],
  ['a manifest of another version', manifest((m) => ({ ...m, schemaVersion: 1 })), /schemaVersion/],
  ['layers of another type', manifest((m) => ({ ...m, layers: {} })), /layers is wrong/],
  ['no config', manifest((m) => ({ ...m, config: undefined })), /config is wrong/],
  ['a config of another media type', changedConfig({ mediaType: artifact }), /is no image/],
  ['a config that is not there', changedConfig({ digest: `sha256:${zeros}` }), /no file/],
  ['a config of another size', changedConfig({ size: 1 }), /^EVERIFY: .*not 1/],
  ['a config of another digest', lyingConfig, /^EVERIFY: .*digest/],
  ['a layer that is not there', changedLayer({ digest: `sha256:${zeros}` }), /no file/],
  ['a layer of another size', changedLayer({ size: 99 }), /^EVERIFY: .*not 99/],
  [
    'a layer of another media type',
    changedLayer({ mediaType: `${mediaTypes.layer}+encrypted` }),
    /is not supported/,
  ],
  [
    'a layer whose digest is a path',
    changedLayer({ digest: 'sha256:/etc/shadow' }),
    /digest is not/,
  ],
  ['a layer blob of another digest', lyingLayer, /^EVERIFY: .*blob has digest/],
  [
    'more layers than diff ids',
    manifest((m) => ({ ...m, layers: Array(200).fill(m['config']) })),
    /diff_ids have 1/,
  ],
  ['fewer layers than diff ids', manifest((m) => ({ ...m, layers: [] })), /diff_ids have 1/],
  [
    'a blob that links out',
    (bytes) =>
      bytes.archive([bytes.image([])], {}, [
        { name: `blobs/sha256/${zeros}`, type: '2', linkName: '../../../etc/passwd' },
      ]),
    /leaves the archive/,
  ],
]

export const ociCases = (): ReadonlyArray<HostileCase> =>
  [...indexes, ...manifests].map(([what, made, says]) => ({
    what: `an OCI archive with ${what}`,
    archive: () => made(new OciBytes()),
    says,
  }))
