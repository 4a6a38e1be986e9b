/** What the writer writes is what the reader reads, and what tar(1) reads. */
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { equal, is } from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import type { TarEntry, TarEntryType } from './tar-entry.ts'
import { TarReader } from './tar-reader.ts'
import { endOfArchive, entryHeader, paddingBytes, type NewEntry } from './tar-writer.ts'

const test = suite('tar writer')

const plain: NewEntry = {
  type: 'file',
  name: Buffer.from('name'),
  linkName: Buffer.alloc(0),
  mode: 0o644,
  uid: 0,
  gid: 0,
  sizeBytes: 0,
  mtimeNs: 0n,
  deviceMajor: 0,
  deviceMinor: 0,
  xattrs: [],
}

const archive = (entry: NewEntry): Buffer =>
  Buffer.concat([
    entryHeader(entry),
    Buffer.alloc(entry.sizeBytes + paddingBytes(entry.sizeBytes)),
    endOfArchive(),
  ])

const readBack = (bytes: Buffer): TarEntry => {
  const entries: Array<TarEntry> = []
  const reader = new TarReader({
    onEntry: (entry) => {
      entries.push(entry)
      return false
    },
    onData: () => undefined,
    onEntryEnd: () => undefined,
  })
  reader.feed(bytes)
  reader.end()
  const [entry] = entries
  if (entry === undefined || entries.length > 1) throw new Error(`${entries.length} entries`)
  return entry
}

const anyBytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc
    .array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength })
    .map((bytes) => Buffer.from(bytes))

/** A key of a PAX record ends at its first `=`. */
const asName = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll('=', '-'), 'latin1')

const types: ReadonlyArray<TarEntryType> = ['file', 'directory', 'symlink', 'character', 'fifo']

const anyEntry: fc.Arbitrary<NewEntry> = fc
  .record({
    type: fc.constantFrom(...types),
    name: anyBytes(300),
    linkName: anyBytes(300),
    mode: fc.nat(0o7777),
    uid: fc.oneof(fc.nat(0xffff), fc.integer({ min: 0, max: 0xffff_fffe })),
    gid: fc.integer({ min: 0, max: 0xffff_fffe }),
    sizeBytes: fc.nat(3000),
    mtimeNs: fc.bigInt({ min: -(2n ** 60n), max: 2n ** 62n }),
    deviceMajor: fc.nat(0xfff),
    deviceMinor: fc.nat(0xfffff),
    xattrs: fc.uniqueArray(
      fc.record(
        { name: anyBytes(20).map(asName), value: anyBytes(200) },
        { noNullPrototype: true },
      ),
      {
        maxLength: 3,
        selector: ({ name }) => name.toString('latin1'),
      },
    ),
  })
  .map((e) => ({
    ...e,
    linkName: e.type === 'symlink' ? e.linkName : Buffer.alloc(0),
    sizeBytes: e.type === 'file' ? e.sizeBytes : 0,
  }))

test('every entry reads back as it was', () => {
  fc.assert(
    fc.property(anyEntry, (entry) => {
      const { sizeBytes, ...rest } = entry
      equal(readBack(archive(entry)), { ...rest, storedBytes: sizeBytes })
    }),
    { numRuns: 500 },
  )
})

test('a size beyond eight gigabytes stands in the PAX header', () => {
  const header = entryHeader({ ...plain, sizeBytes: 2 ** 40 })
  is(header.includes(`size=${2 ** 40}\n`), true)
})

test.needs(['program:tar'], 'tar(1) lists long names and knows the times', () => {
  const name = Buffer.from(`${'long/'.repeat(40)}end`)
  const entry = { ...plain, name, mtimeNs: 1_000_000_000_500_000_000n, uid: 5_000_000 }
  const listed = execFileSync('tar', ['-tv', '--numeric-owner', '--utc', '--full-time'], {
    input: archive(entry),
  }).toString()
  is(listed.includes(name.toString()), true, listed)
  is(listed.includes('2001-09-09 01:46:40.5'), true, listed)
  is(listed.includes('5000000/0'), true, listed)
})

test.run()
