/** Layers whose names and links lead out of the layer. */
import { entryBytes, tarBytes, type EntryBytes } from '../../adapters/layers/fixtures/tar-bytes.ts'
import type { Target } from './hostile-case.ts'
import type { HostileLayer } from './layer-archive.ts'

const link = (name: string, linkName: string): EntryBytes => ({ name, type: '2', linkName })
const hard = (name: string, linkName: string): EntryBytes => ({ name, type: '1', linkName })
const directory = (name: string): EntryBytes => ({ name, type: '5' })
const plain = (name: string): EntryBytes => ({ name, content: 'evil' })

type Row = readonly [what: string, entries: ReadonlyArray<EntryBytes>, says: RegExp]

const names = ({ marker, folder }: Target): ReadonlyArray<Row> => [
  ['a name with ..', [plain(`../${marker}`)], /^EINVAL: .*holds "\.\."/],
  ['a name with many ..', [plain(`${'../'.repeat(20)}tmp/${marker}`)], /^EINVAL: .*"\.\."/],
  ['a name that is ..', [directory('..')], /^EINVAL: .*"\.\."/],
  ['.. in the middle', [plain(`a/../../${marker}`)], /^EINVAL: .*"\.\."/],
  ['.. at the end', [directory('a/..')], /^EINVAL: .*"\.\."/],
  ['an absolute name', [plain(`/tmp/${marker}`)], /^EINVAL: .*absolute/],
  ['an absolute name with slashes', [plain(`//tmp//${marker}`)], /^EINVAL: .*absolute/],
  [
    'an absolute name in PAX',
    [{ ...plain('x'), pax: { path: `${folder}/${marker}` } }],
    /^EINVAL: .*absolute/,
  ],
  [
    'a PAX name with ..',
    [{ ...plain('x'), pax: { path: `../../${marker}` } }],
    /^EINVAL: .*"\.\."/,
  ],
  [
    'a prefix that is ..',
    [{ ...plain(marker), change: (header) => void header.write('..', 345) }],
    /^EINVAL: .*"\.\."/,
  ],
  [
    'a prefix that is absolute',
    [{ ...plain(marker), change: (header) => void header.write('/tmp', 345) }],
    /^EINVAL: .*absolute/,
  ],
  ['a name with a NUL', [{ ...plain('x'), pax: { path: 'a\0/../b' } }], /^EINVAL: .*NUL/],
  [
    'a part that is too long',
    [{ ...plain('x'), pax: { path: 'n'.repeat(256) } }],
    /^EINVAL: .*part/,
  ],
  ['a path that is too long', [{ ...plain('x'), pax: { path: 'd/'.repeat(3000) } }], /^EINVAL/],
  [
    'a path of a million parts',
    [{ ...plain('x'), pax: { path: 'd/'.repeat(1_000_000) } }],
    /^EINVAL: .*too long/,
  ],
  [
    'a whiteout a million levels deep',
    [{ ...plain('x'), pax: { path: `${'d/'.repeat(1_000_000)}.wh.x` } }],
    /^EINVAL: .*too long/,
  ],
  ['a file as the root', [plain('./')], /^EINVAL: .*root/],
  ['a link as the root', [link('.', '/')], /^EINVAL: .*root/],
  ['a device as the root', [{ name: '.', type: '3' }], /^EINVAL: .*root/],
]

const symbolicLinks = ({ marker, folder }: Target): ReadonlyArray<Row> => [
  ['a link as a parent', [link('d', folder), plain(`d/${marker}`)], /^EINVAL: .*parent/],
  ['a link deeper down', [link('a/b', '/'), plain(`a/b/tmp/${marker}`)], /^EINVAL: .*parent/],
  ['a relative link as a parent', [link('d', '../../../..'), plain(`d/${marker}`)], /^EINVAL/],
  ['a chain of links', [link('a', '/'), link('b', 'a'), plain(`b/${marker}`)], /^EINVAL/],
  [
    'a directory that becomes a link',
    [directory('d'), link('d', '/tmp'), plain(`d/${marker}`)],
    /^EINVAL: .*parent/,
  ],
  [
    'a tree that becomes a link',
    [plain('d/e/f'), link('d', '/tmp'), plain(`d/e/${marker}`)],
    /^EINVAL: .*parent/,
  ],
  ['a link into /proc', [link('p', '/proc/self/cwd'), plain(`p/${marker}`)], /^EINVAL: .*parent/],
  ['a directory through a link', [link('d', '/tmp'), directory(`d/${marker}`)], /^EINVAL/],
  ['a link through a link', [link('d', '/tmp'), link(`d/${marker}`, 'x')], /^EINVAL/],
  ['a link to nothing', [link('x', '')], /^EINVAL: .*no target/],
  [
    'a link whose target is too long',
    [{ ...link('x', 'y'), pax: { linkpath: 'x'.repeat(5000) } }],
    /^EINVAL: .*target is too long/,
  ],
  ['a file as a parent', [plain('f'), plain('f/x')], /^EINVAL: .*parent/],
  ['a pipe as a parent', [{ name: 'f', type: '6' }, plain('f/x')], /^EINVAL: .*parent/],
]

const hardLinks = ({ victim, folder, marker }: Target): ReadonlyArray<Row> => [
  ['a hard link out of the root', [hard('h', '../../../../victim')], /^EINVAL: .*"\.\."/],
  ['an absolute hard link', [hard('h', victim)], /^EINVAL: .*absolute/],
  ['a hard link through a link', [link('d', folder), hard('h', 'd/victim')], /^EINVAL/],
  [
    'a hard link placed through a link',
    [plain('f'), link('d', folder), hard(`d/${marker}`, 'f')],
    /^EINVAL/,
  ],
  [
    'a hard link to a path of a million parts',
    [{ ...hard('h', 'x'), pax: { linkpath: 'd/'.repeat(1_000_000) } }],
    /^EINVAL: .*too long/,
  ],
  ['a hard link to nothing', [hard('h', 'nothing')], /^EINVAL: .*not in this layer/],
  ['a hard link to a later entry', [hard('h', 'f'), plain('f')], /^EINVAL: .*not in this layer/],
  ['a hard link to a directory', [directory('d'), hard('h', 'd')], /^EINVAL: .*directory/],
  ['a hard link to the root', [hard('h', '.')], /^EINVAL: .*directory/],
  [
    'a hard link to what it replaces',
    [plain('b/c/f'), hard('b', 'b/c/f')],
    /^EINVAL: .*what it replaces/,
  ],
  ['a hard link to itself', [plain('h'), hard('h', './h')], /^EINVAL: .*itself/],
]

const devicesAndWhiteouts = ({ folder, marker }: Target): ReadonlyArray<Row> => [
  ['a device through a link', [link('d', '/dev'), { name: `d/${marker}`, type: '3' }], /^EINVAL/],
  ['a pipe through a link', [link('d', '/tmp'), { name: `d/${marker}`, type: '6' }], /^EINVAL/],
  ['a device number out of range', [{ name: 'x', type: '4', major: 4096 }], /^EINVAL: .*range/],
  ['a device as a parent', [{ name: 'x', type: '3', major: 1, minor: 3 }, plain('x/y')], /^EINVAL/],
  ['a whiteout of ..', [plain('a/.wh...')], /^EINVAL: .*whiteout/],
  ['a whiteout of .', [plain('a/.wh..')], /^EINVAL: .*whiteout/],
  ['a whiteout of nothing', [plain('.wh.')], /^EINVAL: .*whiteout/],
  ['a whiteout with ..', [plain('../.wh.victim')], /^EINVAL: .*"\.\."/],
  ['an absolute whiteout', [plain(`${folder}/.wh.victim`)], /^EINVAL: .*absolute/],
  ['a whiteout through a link', [link('d', folder), plain('d/.wh.victim')], /^EINVAL: .*parent/],
  ['an opaque mark through a link', [link('d', folder), plain('d/.wh..wh..opq')], /^EINVAL/],
  ['an opaque mark in a file', [plain('f'), plain('f/.wh..wh..opq')], /^EINVAL: .*parent/],
  ['a name in a whiteout that is a device', [{ name: 'w', type: '3' }, plain('w/x')], /^EINVAL/],
]

const longName = (type: string, name: string): Buffer =>
  entryBytes({ name: '././@LongLink', type, content: `${name}\0` })

export const pathLayers = (target: Target): ReadonlyArray<HostileLayer> => [
  ...[names, symbolicLinks, hardLinks, devicesAndWhiteouts]
    .flatMap((rows) => rows(target))
    .map(([what, entries, says]) => ({ what, layer: tarBytes(...entries), says })),
  {
    what: 'a GNU long name with ..',
    layer: Buffer.concat([longName('L', `../${target.marker}`), tarBytes(plain('x'))]),
    says: /^EINVAL: .*"\.\."/,
  },
  {
    what: 'a GNU long link name out of the layer',
    layer: Buffer.concat([longName('K', target.victim), tarBytes(hard('x', 'y'))]),
    says: /^EINVAL: .*absolute/,
  },
]
