/** docker-archives whose manifest, configs or entries lie. */
import { gzipSync } from 'node:zlib'
import { sha256, tarBytes, type EntryBytes } from '../../adapters/layers/fixtures/tar-bytes.ts'
import { zstdBytes } from '../../adapters/layers/fixtures/zstd-bytes.ts'
import { configOf, type HostileCase } from './hostile-case.ts'

const layer = tarBytes({ name: 'x', content: 'e' })

interface Change {
  readonly config?: string | Buffer
  readonly configName?: string
  /** The whole manifest, in the place of the honest one. */
  readonly manifest?: (item: Readonly<Record<string, unknown>>) => unknown
  readonly manifestText?: string
  /** In the place of the layer's entry. */
  readonly layers?: ReadonlyArray<EntryBytes>
  readonly more?: ReadonlyArray<EntryBytes>
}

const archive = (change: Change): Buffer => {
  const config = change.config ?? configOf([layer])
  const name = change.configName ?? `${sha256(config)}.json`
  const item = { Config: name, RepoTags: ['hostile:1'], Layers: ['layer.tar'] }
  const manifest = change.manifest === undefined ? [item] : change.manifest(item)
  return tarBytes(
    { name: 'manifest.json', content: change.manifestText ?? JSON.stringify(manifest) },
    { name, content: config },
    ...(change.layers ?? [{ name: 'layer.tar', content: layer }]),
    ...(change.more ?? []),
  )
}

type Row = readonly [what: string, archive: () => Buffer, says: RegExp]

const of = (change: Change) => (): Buffer => archive(change)
const manifest = (value: unknown) => of({ manifest: () => value })
const config = (value: unknown) => of({ config: JSON.stringify(value) })
const diffs = (ids: unknown) => config({ rootfs: { type: 'layers', diff_ids: ids } })
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
const zeros = '0'.repeat(64)

const ones = (count: number): string => `[${Array(count).fill(1).join(',')}]`

const manifests: ReadonlyArray<Row> = [
  ['an archive of noise', () => Buffer.alloc(4096, 'noise'), /^EINVAL: .*not a tar archive/],
  ['an empty file', () => Buffer.alloc(0), /^EINVAL: not an image archive/],
  ['an archive without a manifest', () => tarBytes({ name: 'x' }), /^EINVAL: not an image archive/],
  ['a manifest that is no JSON', of({ manifestText: '{' }), /^EINVAL: manifest.json: /],
  ['a manifest of NULs', of({ manifestText: '\0'.repeat(99) }), /^EINVAL: manifest.json: /],
  ['a manifest that is a number', manifest(7), /^EINVAL: manifest.json: it is no such/],
  ['a manifest that is null', manifest(null), /^EINVAL: manifest.json: it is no such/],
  ['a manifest that is an object', manifest({}), /^EINVAL: manifest.json: /],
  ['a manifest without images', manifest([]), /^EINVAL: .*names no image/],
  ['a Config of another type', manifest([{ Config: {}, Layers: [] }]), /0\.Config is wrong/],
  ['Layers of another type', manifest([{ Config: 'a', Layers: 'b' }]), /0\.Layers is wrong/],
  ['a layer of another type', manifest([{ Config: 'a', Layers: [{}] }]), /Layers\.0 is wrong/],
  ['a prototype for a manifest', of({ manifestText: '[{"__proto__":{"Config":"a"}}]' }), /Config/],
  [
    'a manifest of a thousand images',
    of({ manifest: (i) => Array.from({ length: 1000 }, () => i) }),
    /more than/,
  ],
  ['a manifest nested too deep', of({ manifestText: deep(100_000) }), /^EINVAL: .*nested deeper/],
  [
    'a manifest that steers the terminal',
    of({ manifestText: '\u001b]0;owned\u0007\u009b2J' }),
    /^EINVAL: .*\\u\{1b\}/,
  ],
  ['a manifest of a million lies', of({ manifestText: ones(1_900_000) }), /^EINVAL: .*values/],
  [
    'a million layers that are none',
    of({ manifestText: `[{"Config":"a","Layers":${ones(1_900_000)}}]` }),
    /^EINVAL: .*values/,
  ],
  ['a manifest that is too long', of({ manifestText: ' '.repeat(5 << 20) }), /^EINVAL: .*longer/],
  ['a config that is not there', manifest([{ Config: 'gone', Layers: [] }]), /no file "gone"/],
  [
    'a config out of the archive',
    manifest([{ Config: '../../etc/passwd', Layers: [] }]),
    /no file/,
  ],
  ['an absolute config', manifest([{ Config: '/etc/passwd', Layers: [] }]), /no file/],
  ['a layer that is not there', of({ manifest: (i) => [{ ...i, Layers: ['gone'] }] }), /no file/],
  [
    'a layer out of the archive',
    of({ manifest: (i) => [{ ...i, Layers: ['/etc/passwd'] }] }),
    /no file/,
  ],
  [
    'more layers than diff ids',
    of({ manifest: (i) => [{ ...i, Layers: ['a', 'b'] }] }),
    /diff_ids have 1/,
  ],
  [
    'fewer layers than diff ids',
    of({ manifest: (i) => [{ ...i, Layers: [] }] }),
    /diff_ids have 1/,
  ],
  ['a name with ..', of({ manifest: (i) => [{ ...i, RepoTags: ['../../a'] }] }), /RepoTags\.0/],
  ['a name of another type', of({ manifest: (i) => [{ ...i, RepoTags: [1] }] }), /RepoTags/],
  [
    'a name with control signs',
    of({ manifest: (i) => [{ ...i, RepoTags: ['a\u001b[2J'] }] }),
    /RepoTags\.0/,
  ],
]

const configs: ReadonlyArray<Row> = [
  ['a config with another digest', of({ configName: `${zeros}.json` }), /^EVERIFY: .*digest/],
  ['a config blob with another digest', of({ configName: `blobs/sha256/${zeros}` }), /^EVERIFY/],
  ['a config that is no JSON', of({ config: '{"rootfs"' }), /^EINVAL: .*\.json: /],
  ['a config that is not UTF-8', of({ config: Buffer.from([0x22, 0xff, 0x22]) }), /not UTF-8/],
  ['a config that is a list', config([]), /^EINVAL/],
  ['a config without a rootfs', config({}), /^EINVAL: .*rootfs is wrong/],
  ['a config nested too deep', of({ config: `{"a":${deep(5000)}}` }), /^EINVAL: .*nested deeper/],
  [
    'a config that is too long',
    of({ config: ' '.repeat(5 << 20), configName: 'c' }),
    /longer than/,
  ],
  ['diff ids of another type', diffs({}), /diff_ids is wrong/],
  ['a diff id of another algorithm', diffs([`sha512:${zeros}${zeros}`]), /diff_ids\.0 is not/],
  ['a diff id that is a path', diffs(['sha256:../../../../etc']), /diff_ids\.0 is not/],
  ['a diff id of another content', diffs([`sha256:${zeros}`]), /^EVERIFY: .*digest/],
  ['hundreds of layers', diffs(Array(500).fill(`sha256:${zeros}`)), /500 layers are more/],
  ['another operating system', of({ config: configOf([layer], { os: 'plan9' }) }), /"plan9"/],
  [
    'an environment of another type',
    of({ config: configOf([layer], { config: { Env: 5 } }) }),
    /Env/,
  ],
  [
    'a command of another type',
    of({ config: configOf([layer], { config: { Cmd: [{}] } }) }),
    /Cmd/,
  ],
  ['a user of another type', of({ config: configOf([layer], { config: { User: [] } }) }), /User/],
  [
    'labels of another type',
    of({ config: configOf([layer], { config: { Labels: { a: 1 } } }) }),
    /Labels/,
  ],
  [
    'a label that steers the terminal',
    of({ config: configOf([layer], { config: { Labels: { 'a\u001b[2J\u202e': 1 } } }) }),
    /Labels\.a\\u\{1b\}\[2J\\u\{202e\} is wrong/,
  ],
]

const link = (name: string, linkName: string, type = '2'): EntryBytes => ({ name, type, linkName })

/** Configs of four megabytes each, more than may be held in memory together. */
const manyLongConfigs = (): Buffer => {
  const content = Buffer.alloc(4 << 20, ' ')
  const names = Array.from({ length: 17 }, (_, i) => `c${i}`)
  const items = names.map((Config) => ({ Config, Layers: [] }))
  return gzipSync(
    tarBytes(
      { name: 'manifest.json', content: JSON.stringify(items) },
      ...names.map((name) => ({ name, content })),
    ),
    { level: 1 },
  )
}

/** One name after the other, each as long as a name may be. */
const manyLongNames = (): Buffer =>
  gzipSync(
    tarBytes(
      ...Array.from({ length: 9000 }, (_, i) => ({
        name: 'x',
        pax: { path: `${i}/${'n'.repeat(4000)}` },
      })),
    ),
    { level: 1 },
  )

const entries: ReadonlyArray<Row> = [
  ['two manifests', of({ more: [{ name: './manifest.json', content: '[]' }] }), /there twice/],
  ['two layers of one name', of({ more: [{ name: 'layer.tar' }] }), /there twice/],
  ['an entry with ..', of({ more: [{ name: '../x', content: 'e' }] }), /holds "\.\."/],
  ['an entry of an unknown type', of({ more: [{ name: 'x', type: 'V' }] }), /unknown/],
  [
    'a manifest that is a directory',
    () => tarBytes({ name: 'manifest.json', type: '5' }),
    /^EINVAL/,
  ],
  ['a manifest that is a pipe', () => tarBytes({ name: 'manifest.json', type: '6' }), /^EINVAL/],
  ['a manifest that is a link', () => tarBytes(link('manifest.json', '/etc/passwd')), /leaves the/],
  [
    'a manifest that is its own link',
    () => tarBytes(link('manifest.json', 'manifest.json')),
    /too many links/,
  ],
  ['a manifest that links to nothing', () => tarBytes(link('manifest.json', 'gone')), /^EINVAL/],
  [
    'a layer that is a link out',
    of({ layers: [link('layer.tar', '../etc/passwd')] }),
    /leaves the/,
  ],
  [
    'a layer that is a hard link out',
    of({ layers: [link('layer.tar', '/etc/passwd', '1')] }),
    /leaves/,
  ],
  [
    'layers that link in a ring',
    of({ layers: [link('layer.tar', 'b'), link('b', 'layer.tar')] }),
    /too many links/,
  ],
  [
    'a link to a name that is too long',
    of({ more: [{ ...link('x', 'y'), pax: { linkpath: 'n'.repeat(1 << 20) } }] }),
    /^EINVAL: .*target is too long/,
  ],
  [
    'a name that is too long',
    of({ more: [{ name: 'x', pax: { path: 'n'.repeat(1 << 20) } }] }),
    /^EINVAL: .*name is too long/,
  ],
  ['names that are together too long', manyLongNames, /^EINVAL: .*names are longer/],
  ['a layer that is a directory', of({ layers: [{ name: 'layer.tar', type: '5' }] }), /no file/],
  ['a layer that is a device', of({ layers: [{ name: 'layer.tar', type: '4' }] }), /no file/],
  [
    'a sparse entry',
    of({ more: [{ name: 's', pax: { 'GNU.sparse.map': '', 'GNU.sparse.size': '9' } }] }),
    /sparse/,
  ],
  ['a cut archive', () => archive({}).subarray(0, 2000), /^EVERIFY/],
  ['a cut gzip archive', () => gzipSync(archive({})).subarray(0, -30), /^EVERIFY: .*gzip/],
  ['a cut zstd archive', () => zstdBytes(archive({})).subarray(0, -30), /^EVERIFY: .*zstd/],
  ['an archive in xz', () => Buffer.from('fd377a585a000000', 'hex'), /^EINVAL: .*xz/],
  ['an archive in gzip twice', () => gzipSync(gzipSync(archive({}))), /^E(INVAL|VERIFY)/],
  ['documents that are together too long', manyLongConfigs, /^EINVAL: .*documents are longer/],
]

export const dockerCases = (): ReadonlyArray<HostileCase> =>
  [...manifests, ...configs, ...entries].map(([what, made, says]) => ({
    what: `a docker-archive with ${what}`,
    archive: made,
    says,
  }))
