/** Layers whose headers, maps, sizes and compressions lie. */
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import {
  endMark,
  entryBytes,
  paxBytes,
  tarBytes,
  type EntryBytes,
} from '../../adapters/layers/fixtures/tar-bytes.ts'
import { zstdBytes } from '../../adapters/layers/fixtures/zstd-bytes.ts'
import type { HostileLayer } from './layer-archive.ts'

type Row = readonly [what: string, layer: Buffer, says: RegExp]

const file = (pax: Readonly<Record<string, string | Buffer>>, content = 'e'): Buffer =>
  tarBytes({ name: 'x', content, pax })

const meta = (entry: Omit<EntryBytes, 'name'>): Buffer => tarBytes({ name: 'm', ...entry })

/** Changes the header after its checksum was made. */
const damagedHeader = (): Buffer => {
  const layer = tarBytes({ name: 'x', content: 'e' })
  layer.write('y', 0)
  return layer
}

const bytes256 = (length: number, first: number, rest: number): Buffer => {
  const field = Buffer.alloc(length, rest)
  field[0] = first
  return field
}

const global = (pax: Readonly<Record<string, string>>): Buffer =>
  entryBytes({ name: 'g', type: 'g', content: paxBytes(pax) })

const headers = (): ReadonlyArray<Row> => [
  ['a wrong checksum', damagedHeader(), /^EINVAL: .*checksum/],
  ['an unknown type', meta({ type: 'V' }), /^EINVAL: .*unknown/],
  ['a negative size', meta({ sizeField: Buffer.alloc(12, 0xff) }), /^EINVAL: .*negative/],
  ['a size beyond counting', meta({ sizeField: bytes256(12, 0x80, 0xff) }), /^EINVAL: .*range/],
  ['a size that is no number', meta({ sizeField: Buffer.from('zzzzzzzzzzz\0') }), /^EINVAL/],
  ['a size that is too long', meta({ content: 'a', claimedBytes: 9999 }), /^EVERIFY: .*ends/],
  [
    'a size that is too short',
    meta({ content: 'abc'.repeat(400), claimedBytes: 1 }),
    /^EINVAL: .*checksum/,
  ],
  ['a PAX size that is too long', file({ size: '99999' }), /^EVERIFY: .*ends/],
  ['a PAX size that is no number', file({ size: '1e9' }), /^EINVAL: .*size/],
  ['a huge PAX header', meta({ type: 'x', claimedBytes: 2 ** 30 }), /^EINVAL: .*too long/],
  ['a huge GNU name', meta({ type: 'L', claimedBytes: 2 ** 32 }), /^EINVAL: .*too long/],
  ['a huge GNU link name', meta({ type: 'K', claimedBytes: 2 ** 32 }), /^EINVAL: .*too long/],
  ['a PAX record that lies', meta({ type: 'x', content: '99 a=b\n' }), /^EINVAL: PAX/],
  ['a PAX record without a key', meta({ type: 'x', content: '6 =ab\n' }), /^EINVAL: PAX/],
  ['a PAX key with a NUL', file({ 'a\0b': 'c' }), /^EINVAL: .*NUL/],
  ['a PAX header without an entry', meta({ type: 'x', content: '6 a=b\n' }), /^EINVAL: .*without/],
  ['a PAX owner out of range', file({ uid: '4294967295' }), /^EINVAL: .*owner/],
  ['a PAX time that is none', file({ mtime: 'soon' }), /^EINVAL: .*mtime/],
  [
    'a global name',
    Buffer.concat([global({ path: '/etc/passwd' }), tarBytes({ name: 'x' })]),
    /^EINVAL: .*global header/,
  ],
  [
    'a global size',
    Buffer.concat([global({ size: '0' }), tarBytes({ name: 'x', content: 'e' })]),
    /^EINVAL: .*global header/,
  ],
  [
    'global headers without end',
    Buffer.concat([
      ...Array.from({ length: 20 }, (_, i) => global({ [`k${i}`]: 'v'.repeat(100_000) })),
      endMark,
    ]),
    /^EINVAL: .*global headers are too long/,
  ],
  ['data behind the end', Buffer.concat([Buffer.alloc(512), meta({})]), /^EINVAL: .*end mark/],
  [
    'an attribute that steers overlayfs',
    file({ 'SCHILY.xattr.trusted.overlay.opaque': 'y' }),
    /^EINVAL: .*not allowed/,
  ],
  [
    'an attribute for a rootless overlayfs',
    file({ 'SCHILY.xattr.user.overlay.redirect': '/' }),
    /^EINVAL: .*not allowed/,
  ],
  [
    'an attribute that is too long',
    file({ 'SCHILY.xattr.user.x': 'v'.repeat(70_000) }),
    /^EINVAL: .*attribute "user.x" is too long/,
  ],
  [
    'an attribute name that is too long',
    file({ [`SCHILY.xattr.user.${'n'.repeat(300)}`]: 'v' }),
    /^EINVAL: .*attribute "user.n.* is too long/,
  ],
]

const sparse = (map: string, size = '9000'): Buffer =>
  file({ 'GNU.sparse.map': map, 'GNU.sparse.size': size }, 'abcde')

const sparseInData = (map: string, realsize = '9000'): Buffer =>
  tarBytes({
    name: 'GNUSparseFile.1/s',
    content: Buffer.concat([Buffer.from(map.padEnd(512, '\0')), Buffer.from('abcde')]),
    pax: {
      'GNU.sparse.major': '1',
      'GNU.sparse.minor': '0',
      'GNU.sparse.name': 's',
      'GNU.sparse.realsize': realsize,
    },
  })

const gnuSparse = (fields: ReadonlyArray<string | Buffer>, realSize: string): Buffer =>
  tarBytes({
    name: 's',
    type: 'S',
    content: 'abcde',
    change: (header) => {
      fields.forEach((field, i) => Buffer.from(field).copy(header, 386 + 12 * i))
      header.write(realSize, 483)
    },
  })

const octal = (value: number): string => `${value.toString(8).padStart(11, '0')}\0`

const sparseFiles = (): ReadonlyArray<Row> => [
  ['a sparse file of petabytes', sparse('0,5', '8000000000000000'), /^EINVAL: .*longer than/],
  ['a sparse map that overlaps', sparse('4,2,0,3'), /^EINVAL: .*map does not fit/],
  ['a sparse map beyond the file', sparse('8999,5'), /^EINVAL: .*map does not fit/],
  ['a sparse map beyond the data', sparse('0,4000'), /^EINVAL: .*stored data/],
  ['a sparse map of no numbers', sparse('0,x'), /^EINVAL: .*numbers/],
  ['a sparse map of an odd length', sparse('0,5,6'), /^EINVAL: .*odd/],
  ['a sparse file without a size', file({ 'GNU.sparse.map': '0,1' }), /^EINVAL: .*missing/],
  ['a sparse map in data that lies', sparseInData('2\n0\n3\n1\n2\n'), /^EINVAL: .*does not fit/],
  ['a sparse map without end', sparseInData('9999999\n'), /^EINVAL: .*longer than its data/],
  ['a sparse map that counts too far', sparseInData(`${'9'.repeat(30)}\n`), /^EINVAL: .*numbers/],
  ['a sparse map that is text', sparseInData('hello'), /^EINVAL: .*numbers/],
  ['a GNU sparse map that overlaps', gnuSparse([4, 2, 0, 3].map(octal), octal(9000)), /^EINVAL/],
  [
    'a GNU sparse map with a negative offset',
    gnuSparse([Buffer.alloc(12, 0xff), octal(5)], octal(9000)),
    /^EINVAL: .*does not fit/,
  ],
  ['a sparse file of format 0.0', file({ 'GNU.sparse.offset': '0' }), /^EINVAL: .*0\.0/],
  ['a sparse file of an unknown format', file({ 'GNU.sparse.major': '1' }), /^EINVAL: .*format/],
]

/** A frame that wants a window of 2 GiB. */
const greedyFrame = Buffer.from('28b52ffd00a8010000', 'hex')

const compressions = (): ReadonlyArray<HostileLayer> => {
  const plain = tarBytes({ name: 'x', content: randomBytes(9000) })
  const [gzip, zst] = [gzipSync(plain), zstdBytes(plain)]
  const damaged = (bytes: Buffer): Buffer => Buffer.from(bytes).fill(0x55, 20, 60)
  return [
    { what: 'a cut layer', layer: plain.subarray(0, 5000), says: /^EVERIFY: .*ends/ },
    { what: 'a layer cut in a header', layer: plain.subarray(0, 100), says: /^EVERIFY: .*ends/ },
    { what: 'a cut gzip layer', layer: gzip.subarray(0, -20), plain, says: /^EVERIFY: .*gzip/ },
    { what: 'a damaged gzip layer', layer: damaged(gzip), plain, says: /^EVERIFY/ },
    { what: 'a cut zstd layer', layer: zst.subarray(0, -20), plain, says: /^EVERIFY: .*zstd/ },
    { what: 'a damaged zstd layer', layer: damaged(zst), plain, says: /^EVERIFY/ },
    { what: 'a zstd frame with a huge window', layer: greedyFrame, says: /^EVERIFY: .*zstd/ },
    { what: 'an xz layer', layer: Buffer.from('fd377a585a00', 'hex'), says: /^EINVAL: .*xz/ },
    { what: 'a bzip2 layer', layer: Buffer.from('BZh91AY&SY'), says: /^EINVAL: .*bzip2/ },
    { what: 'a layer of noise', layer: randomBytes(4096).fill(1, 0, 6), says: /^EINVAL: .*tar/ },
    { what: 'an empty gzip layer for another', layer: gzipSync(''), plain, says: /^EVERIFY/ },
    {
      what: 'a layer with another content',
      layer: tarBytes({ name: 'y' }),
      plain,
      says: /^EVERIFY: .*digest/,
    },
  ]
}

/** Sizes that a small limit stops: what they inflate to is never written. */
const bombs = (): ReadonlyArray<HostileLayer> => {
  const zeros = Buffer.alloc(64 << 20)
  const many = Array.from({ length: 60 }, (_, i) => ({ name: `${i}` }))
  const hidden = Buffer.concat([tarBytes({ name: 'x' }), zeros])
  const headers = entryBytes({
    name: 'p',
    type: 'x',
    content: paxBytes({ a: 'b'.repeat(2 << 20) }),
  })
  const endless = Buffer.concat(Array.from({ length: 20 }, () => headers))
  const large = tarBytes({ name: 'x', content: zeros })
  const limited = true
  return [
    { what: 'too many entries', layer: tarBytes(...many), says: /more than 50 entries/, limited },
    { what: 'a gzip bomb', layer: gzipSync(large), says: /^EINVAL: .*longer than/, limited },
    { what: 'a zstd bomb', layer: zstdBytes(large), says: /^EINVAL: .*longer than/, limited },
    { what: 'a bomb behind the end', layer: gzipSync(hidden), says: /inflates to more/, limited },
    { what: 'a bomb of headers', layer: gzipSync(endless), says: /inflates to more/, limited },
    {
      what: 'many files that are together too large',
      layer: tarBytes(
        ...many.slice(0, 20).map((e) => ({ ...e, content: zeros.subarray(0, 70_000) })),
      ),
      says: /^EINVAL: .*longer than/,
      limited,
    },
  ]
}

export const formatLayers = (): ReadonlyArray<HostileLayer> => [
  ...[...headers(), ...sparseFiles()].map(([what, layer, says]) => ({ what, layer, says })),
  ...compressions(),
  ...bombs(),
]
