/** What is read from one tree is placed in another as it was; hostile archives place nothing. */
import {
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  linkSync,
  chmodSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { equal, is, match, throws } from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { tarBytes, type EntryBytes } from '../../layers/fixtures/tar-bytes.ts'
import type { NodeCalls } from './node-calls.ts'
import { ArchivePlacer } from './place-archive.ts'
import { inBlocks, TreeReader } from './read-tree.ts'

const test = suite('copied trees')
const top = mkdtempSync(`${tmpdir()}/copied-trees-`)
test.after(() => rmSync(top, { recursive: true }))

const calls: NodeCalls = {
  xattrs: () => [],
  setXattr: () => undefined,
  setTime: (path, ns) => lutimesSync(path, Number(ns) / 1e9, Number(ns) / 1e9),
  makeNode: () => undefined,
}

let made = 0
const folder = (): string => {
  const path = `${top}/${(made += 1)}`
  mkdirSync(path)
  return path
}

const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }

const place = (bytes: Buffer, path: string, base: string, pieceBytes = bytes.length): void => {
  const placer = new ArchivePlacer({ base, path, calls, owner, throughLinks: false })
  try {
    for (let at = 0; at < bytes.length; at += pieceBytes)
      placer.feed(bytes.subarray(at, at + pieceBytes))
    placer.end()
  } finally {
    placer.close()
  }
}

const archiveOf = (path: string, name: string): Buffer => {
  const reader = new TreeReader(calls)
  return Buffer.concat([
    ...inBlocks(reader.read({ path: Buffer.from(path), name: Buffer.from(name) })),
  ])
}

const tree = (): string => {
  const path = folder()
  mkdirSync(`${path}/d/deep`, { recursive: true })
  writeFileSync(`${path}/d/file`, 'content', { mode: 0o640 })
  writeFileSync(`${path}/d/empty`, '')
  writeFileSync(`${path}/d/large`, Buffer.alloc(700_001, 7))
  linkSync(`${path}/d/file`, `${path}/d/again`)
  symlinkSync('../../nowhere', `${path}/d/deep/link`)
  writeFileSync(`${path}/d/${'long'.repeat(40)}ü`, 'x')
  chmodSync(`${path}/d/deep`, 0o1750)
  lutimesSync(`${path}/d`, 1_000_000_000, 1_000_000_000)
  return `${path}/d`
}

for (const pieceBytes of [1 << 20, 511])
  test(`a tree arrives as it was, in pieces of ${pieceBytes} bytes`, () => {
    const to = folder()
    place(archiveOf(tree(), 'd'), `${to}/new`, 'd', pieceBytes)
    is(readFileSync(`${to}/new/file`, 'utf8'), 'content')
    is(statSync(`${to}/new/file`).mode & 0o7777, 0o640)
    is(statSync(`${to}/new/file`).ino, statSync(`${to}/new/again`).ino)
    is(statSync(`${to}/new/large`).size, 700_001)
    is(readFileSync(`${to}/new/${'long'.repeat(40)}ü`, 'utf8'), 'x')
    is(readlinkSync(`${to}/new/deep/link`), '../../nowhere')
    is(statSync(`${to}/new/deep`).mode & 0o7777, 0o1750)
    is(statSync(`${to}/new`).mtimeMs, 1_000_000_000_000)
  })

test('the content of a directory goes into another', () => {
  const to = folder()
  place(archiveOf(tree(), '.'), to, '.')
  equal(readdirSync(to).length, 6)
})

test('a link of the target is replaced, never written through', () => {
  const [to, outside] = [folder(), folder()]
  writeFileSync(`${outside}/kept`, 'kept')
  symlinkSync(`${outside}/kept`, `${to}/f`)
  symlinkSync(outside, `${to}/d`)
  place(tarBytes({ name: 'f', content: 'new' }), to, 'f')
  place(tarBytes({ name: 'd', type: '5' }, { name: 'd/kept', content: 'new' }), to, 'd')
  is(readFileSync(`${outside}/kept`, 'utf8'), 'kept')
  is(readFileSync(`${to}/f`, 'utf8'), 'new')
  is(lstatSync(`${to}/d`).isDirectory(), true)
  symlinkSync(outside, `${to}/l`)
  throws(
    () => place(tarBytes({ name: 'l/kept', content: 'new' }), to, 'l'),
    /parent is no directory/,
  )
})

test('set-id bits are not given to another owner', () => {
  const to = folder()
  place(tarBytes({ name: 'su', mode: 0o4755, uid: owner.uid + 1 }), to, 'su')
  is(statSync(`${to}/su`).mode & 0o7777, 0o755)
})

const hostile: ReadonlyArray<readonly [string, ReadonlyArray<EntryBytes>, RegExp]> = [
  ['a name with ..', [{ name: 'a/../../x', content: 'x' }], /holds "\.\."/],
  ['an absolute name', [{ name: '/x', content: 'x' }], /is absolute/],
  [
    'a file behind a link of its own',
    [
      { name: 'l', type: '2', linkName: '..' },
      { name: 'l/x', content: 'x' },
    ],
    /parent is no directory/,
  ],
  ['a hard link out', [{ name: 'h', type: '1', linkName: '../x' }], /holds "\.\."/],
  [
    'a hard link to what was there',
    [{ name: 'h', type: '1', linkName: 'here' }],
    /no file of this/,
  ],
  [
    'a hard link through a link',
    [
      { name: 'l', type: '2', linkName: '/' },
      { name: 'h', type: '1', linkName: 'l/etc/passwd' },
    ],
    /no file of this/,
  ],
  ['a link to nothing', [{ name: 'l', type: '2' }], /has no target/],
  ['a root that is no directory', [{ name: '.', content: 'x' }], /only a directory/],
  [
    'a file that is cut off',
    [{ name: 'f', content: 'x', claimedBytes: 1e6 }],
    /middle of an entry/,
  ],
  ['a device out of range', [{ name: 'c', type: '3', major: 0x1000 }], /out of range/],
  ['an unknown type', [{ name: 'v', type: 'V' }], /is unknown/],
]

for (const [what, entries, why] of hostile)
  test(`refused: ${what}`, () => {
    const around = folder()
    mkdirSync(`${around}/to`)
    writeFileSync(`${around}/to/here`, 'here')
    throws(
      () => place(tarBytes(...entries), `${around}/to`, 'x'),
      (error: Error) => {
        match(error.message, why)
        return true
      },
    )
    equal(readdirSync(around), ['to'])
    is(readFileSync(`${around}/to/here`, 'utf8'), 'here')
  })

test.run()
