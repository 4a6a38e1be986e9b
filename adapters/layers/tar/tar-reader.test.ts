/** The tar parser: framing, names, numbers, PAX, sparse maps, and what it refuses. */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { endMark, entryBytes, paxBytes, tarBytes, type EntryBytes } from '../fixtures/tar-bytes.ts'
import { ArchiveError } from './archive-error.ts'
import type { TarEntry } from './tar-entry.ts'
import { TarReader } from './tar-reader.ts'

const test = suite('tar reader')

interface Read {
  readonly entry: TarEntry
  readonly data: Buffer
}

/** Reads an archive in pieces of the given sizes, over and over. */
const read = (archive: Buffer, sizes: ReadonlyArray<number> = [65_536]): ReadonlyArray<Read> => {
  const entries: Array<{ entry: TarEntry; data: Buffer }> = []
  const reader = new TarReader({
    onEntry: (entry) => {
      entries.push({ entry, data: Buffer.alloc(0) })
      return entry.type === 'file'
    },
    onData: (bytes) => {
      const last = entries.at(-1)
      if (last !== undefined) last.data = Buffer.concat([last.data, bytes])
    },
    onEntryEnd: () => undefined,
  })
  for (let [at, i] = [0, 0]; at < archive.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    // The same memory each time: nothing may be kept without a copy.
    const piece = Buffer.from(archive.subarray(at, at + size))
    reader.feed(piece)
    piece.fill(0xee)
    at += size
  }
  reader.end()
  return entries
}

const one = (entry: EntryBytes): Read => {
  const [first] = read(tarBytes(entry))
  if (first === undefined) throw new Error('no entry')
  return first
}

const refusal = (archive: Buffer): string => {
  try {
    read(archive)
  } catch (error) {
    if (error instanceof ArchiveError) return `${error.errno} ${error.message}`
    throw error
  }
  return 'read'
}

test('an archive reads the same in pieces of any size', () => {
  const archive = tarBytes(
    { name: 'a', content: 'x'.repeat(1000) },
    { name: 'd/', type: '5' },
    { name: 'b', content: Buffer.alloc(512, 7), pax: { mtime: '1.5', path: 'ü' } },
    { name: 'empty' },
  )
  const whole = read(archive)
  assert.equal(
    whole.map(({ entry, data }) => [entry.name.toString(), data.length]),
    [
      ['a', 1000],
      ['d/', 0],
      ['ü', 512],
      ['empty', 0],
    ],
  )
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1 }), (sizes) => {
      assert.equal(read(archive, sizes), whole)
    }),
    { numRuns: 50 },
  )
})

test('long names of GNU and of PAX, and names that are not UTF-8, keep their bytes', () => {
  const long = 'n'.repeat(300)
  const archive = Buffer.concat([
    entryBytes({ name: '././@LongLink', type: 'L', content: `${long}\0` }),
    entryBytes({ name: '././@LongLink', type: 'K', content: `${long}/target\0` }),
    tarBytes({ name: 'cut', type: '2', linkName: 'cut' }),
  ])
  const [entry] = read(archive)
  assert.is(entry?.entry.name.toString(), long)
  assert.is(entry?.entry.linkName.toString(), `${long}/target`)
  const raw = Buffer.from([0xff, 0xfe, 0x41])
  assert.equal(one({ name: raw }).entry.name, raw)
  assert.equal(one({ name: 'x', pax: { path: raw } }).entry.name, raw)
})

test('a ustar prefix is put before the name', () => {
  const change = (header: Buffer): void => void header.write('some/prefix', 345)
  assert.is(one({ name: 'name', change }).entry.name.toString(), 'some/prefix/name')
  const gnu = (header: Buffer): void => {
    header.write('ustar  \0', 257)
    header.write('1234567', 345)
  }
  assert.is(one({ name: 'name', change: gnu }).entry.name.toString(), 'name')
})

test('PAX gives size, owner and times to the nanosecond; xattrs keep every byte', () => {
  const value = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  const { entry } = one({
    name: 'x',
    pax: {
      uid: '4000000000',
      gid: '7',
      mtime: '-1.250000001999',
      'SCHILY.xattr.security.x': value,
    },
  })
  assert.is(entry.uid, 4_000_000_000)
  assert.is(entry.gid, 7)
  assert.is(entry.mtimeNs, -1_250_000_001n)
  assert.equal(entry.xattrs, [{ name: Buffer.from('security.x'), value }])
})

test('a global PAX header counts until the end, a local one for its entry only', () => {
  const archive = Buffer.concat([
    entryBytes({ name: 'g', type: 'g', content: paxBytes({ uid: '5' }) }),
    tarBytes({ name: 'a', pax: { uid: '6' } }, { name: 'b' }),
  ])
  assert.equal(
    read(archive).map(({ entry }) => entry.uid),
    [6, 5],
  )
})

test('numbers in base 256 are read; negative sizes are refused', () => {
  const sizeField = Buffer.alloc(12)
  sizeField[0] = 0x80
  sizeField[11] = 3
  assert.is(one({ name: 'x', content: 'abc', sizeField }).data.toString(), 'abc')
  assert.match(refusal(tarBytes({ name: 'x', sizeField: Buffer.alloc(12, 0xff) })), 'negative')
  const huge = Buffer.alloc(12, 0xff)
  huge[0] = 0x80
  assert.match(refusal(tarBytes({ name: 'x', sizeField: huge })), 'out of range')
})

test('sparse files of all three ways have their map', () => {
  const map = '2\n0\n3\n4096\n2\n'
  const inData = one({
    name: 'GNUSparseFile.1/s',
    content: Buffer.concat([Buffer.from(map.padEnd(512, '\0')), Buffer.from('abcde')]),
    pax: {
      'GNU.sparse.major': '1',
      'GNU.sparse.minor': '0',
      'GNU.sparse.name': 's',
      'GNU.sparse.realsize': '9000',
    },
  })
  const inPax = one({
    name: 'x',
    content: 'abcde',
    pax: { 'GNU.sparse.map': '0,3,4096,2', 'GNU.sparse.size': '9000', 'GNU.sparse.name': 's' },
  })
  const octal = (n: number): string => `${n.toString(8).padStart(11, '0')}\0`
  const gnu = one({
    name: 's',
    type: 'S',
    content: 'abcde',
    change: (header) => {
      header.write([0, 3, 4096, 2].map(octal).join(''), 386)
      header.write(octal(9000), 483)
    },
  })
  const fragments = [
    { offset: 0, sizeBytes: 3 },
    { offset: 4096, sizeBytes: 2 },
  ]
  for (const { entry, data } of [inData, inPax, gnu]) {
    assert.is(entry.name.toString(), 's')
    assert.equal(entry.sparse, { realSizeBytes: 9000, fragments })
    assert.is(data.toString(), 'abcde')
  }
})

test('sparse maps that lie are refused', () => {
  const sparse = (map: string, size = '9000'): Buffer =>
    tarBytes({
      name: 'x',
      content: 'abcde',
      pax: { 'GNU.sparse.map': map, 'GNU.sparse.size': size },
    })
  for (const map of ['0,4', '4,2,0,3', '0,3,8999,2', '0', '0,x', '0,99999999999999999999'])
    assert.match(refusal(sparse(map)), 'sparse file', map)
  assert.match(refusal(sparse('0,5', '4')), 'sparse file')
})

test('an archive that ends early is not whole, wherever it is cut', () => {
  const archive = tarBytes({ name: 'a', content: 'x'.repeat(700), pax: { uid: '1' } })
  const content = archive.length - endMark.length
  for (let size = 1; size < content; size += 37)
    assert.match(refusal(archive.subarray(0, size)), 'EVERIFY')
  // The end mark may be missing, as old writers left it out.
  for (const size of [content, content + 512]) assert.is(refusal(archive.subarray(0, size)), 'read')
  assert.match(refusal(archive.subarray(0, content + 100)), 'EVERIFY')
})

test('what is no archive, or hides something after its end, is refused', () => {
  assert.match(refusal(Buffer.alloc(2048, 'text')), 'not a tar archive')
  const hidden = Buffer.concat([Buffer.alloc(512), tarBytes({ name: 'x' })])
  assert.match(refusal(hidden), 'after the end mark')
  assert.match(refusal(tarBytes({ name: 'x', type: 'V' })), 'is unknown')
  assert.match(refusal(tarBytes({ name: 'x', type: 'x', content: '9 a=b\n' })), 'PAX header')
  assert.match(refusal(tarBytes({ name: 'x', type: 'x', content: '6 =ab\n' })), 'has no key')
  assert.match(refusal(tarBytes({ name: 'x', pax: { path: 'a\0b' } })), 'NUL')
  assert.match(refusal(tarBytes({ name: 'x', pax: { uid: '4294967295' } })), 'out of range')
  assert.match(
    refusal(tarBytes({ name: 'x', type: 'x', content: paxBytes({ a: 'b' }) })),
    'without',
  )
  const long = { name: 'x', type: 'x', claimedBytes: 2 ** 30 }
  assert.match(refusal(tarBytes(long)), 'too long')
})

test('no bytes make the parser throw anything but its own error', () => {
  const valid = tarBytes(
    { name: 'a', content: 'abc', pax: { mtime: '1' } },
    { name: 'b/', type: '5' },
  )
  const flips = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.integer({ min: 0, max: 255 })))
  fc.assert(
    fc.property(flips, (changes) => {
      const bytes = Buffer.from(valid)
      for (const [at, value] of changes) bytes[at] = value
      refusal(bytes)
    }),
    { numRuns: 300 },
  )
})

test.run()
