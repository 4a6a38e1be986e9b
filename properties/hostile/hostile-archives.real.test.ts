/** Every hostile archive is refused with a clear error, writes nothing outside, leaves nothing. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { archivePort } from '../../adapters/images/archive-port.ts'
import { LayerBench, outcome } from '../../adapters/layers/fixtures/layer-bench.ts'
import { tarBytes, type EntryBytes } from '../../adapters/layers/fixtures/tar-bytes.ts'
import { suite } from '../testing/suite.ts'
import { corpus } from './corpus.ts'
import { hostTrace, openBelow } from './host-trace.ts'
import { layerArchive } from './layer-archive.ts'

const test = suite('hostile archives')
const bench = new LayerBench('hostile', { maxEntries: 50, maxBytes: 1 << 20 })
test.after(() => bench.end())
const needs = ['root', 'program:zstd'] as const

const folder = join(bench.folder, 'victims')
const victim = join(folder, 'victim')
mkdirSync(folder)
writeFileSync(victim, 'untouched')
const target = { marker: `breach-${randomBytes(6).toString('hex')}`, victim, folder }
const before = hostTrace(target)

const archivePath = join(bench.folder, 'image.tar')

/** Reads and unpacks; the first error, or what was stored. */
const load = async (archive: Buffer): Promise<string> => {
  writeFileSync(archivePath, archive)
  const images = await outcome(archivePort.read(archivePath))
  if (typeof images === 'string') return images
  for (const layer of images.flatMap(({ layers }) => layers)) {
    const size = await bench.unpack(layer)
    if (typeof size === 'string') return size
    await outcome(bench.store.layer.remove(layer.layer))
  }
  return 'loaded'
}

const stored = (): ReadonlyArray<string> =>
  ['overlay', 'staging'].flatMap((name) => {
    const path = join(bench.layout.root, 'storage', name)
    return readdirSync(path).map((left) => `${path}/${left}`)
  })

const unharmed = (what: string): void => {
  assert.equal(hostTrace(target), before, `${what}: the host`)
  assert.equal(stored(), [], `${what}: the store`)
}

const cases = process.getuid?.() === 0 ? corpus(target) : []

test.needs(needs, 'the store works before', async () => {
  assert.is(await load(layerArchive(tarBytes({ name: 'x', content: 'e' }))), 'loaded')
  unharmed('an honest archive')
})

test.needs(
  needs,
  `IMG-LOAD-04: ${cases.length} hostile archives are refused, each with its reason`,
  async () => {
    assert.ok(cases.length >= 60)
    assert.is(new Set(cases.map(({ what }) => what)).size, cases.length, 'names of cases')
    const wrong: Array<string> = []
    for (const { what, archive, says } of cases) {
      const said = await load(archive())
      if (!says.test(said)) wrong.push(`${what}: ${said}`)
      if (/[\p{Cc}\p{Cf}]/u.test(said)) wrong.push(`${what}: the error steers the terminal`)
      if (said.length > 600) wrong.push(`${what}: the error has ${said.length} characters`)
      unharmed(what)
    }
    assert.equal(wrong, [])
  },
)

const link = (name: string): EntryBytes => ({ name, type: '2', linkName: victim })

/** Odd, but to be taken: they stay inside. */
const tame: ReadonlyArray<readonly [string, ReadonlyArray<EntryBytes>]> = [
  ['a file in the place of a link', [link('x'), { name: 'x', content: 'evil' }]],
  ['a directory in the place of a link', [link('x'), { name: 'x', type: '5', mode: 0 }]],
  ['a hard link to a link', [link('x'), { name: 'h', type: '1', linkName: 'x' }]],
  [
    'a file in the place of a hard link to a link',
    [link('x'), { name: 'h', type: '1', linkName: 'x' }, { name: 'h', content: 'evil' }],
  ],
  ['a link with owner and times', [{ ...link('x'), uid: 7, gid: 7, mtime: 7, mode: 0o4777 }]],
  ['a link with an attribute', [{ ...link('x'), pax: { 'SCHILY.xattr.user.a': 'b' } }]],
  ['a whiteout of a link', [link('x'), { name: '.wh.x' }]],
  ['a file that is there thrice', ['a', 'b', 'c'].map((content) => ({ name: 'x', content }))],
  [
    'a tree that becomes a file and a tree again',
    [
      { name: 'd/e/f', content: 'a' },
      { name: 'd', content: 'b' },
      { name: 'd/e/f', content: 'c' },
    ].slice(0, 2),
  ],
  ['a whiteout of the longest name', [{ name: 'x', pax: { path: `.wh.${'n'.repeat(255)}` } }]],
  ['bookkeeping of AUFS', [{ name: '.wh..wh.plnk/7', content: 'e' }, { name: '.wh..wh.aufs' }]],
  [
    'a device and a pipe',
    [
      { name: 'a', type: '4', major: 8 },
      { name: 'p', type: '6' },
    ],
  ],
  ['a time at the end of all days', [{ name: 'x', pax: { mtime: '999999999999' } }]],
  ['a time before all days', [{ name: 'x', pax: { mtime: '-999999999999.5' } }]],
  [
    'a directory without any right',
    [
      { name: 'd', type: '5', mode: 0 },
      { name: 'd/x', content: 'e' },
    ],
  ],
]

test.needs(needs, 'odd archives are taken and stay inside', async () => {
  for (const [what, entries] of tame) {
    assert.is(await load(layerArchive(tarBytes(...entries))), 'loaded', what)
    unharmed(what)
  }
})

test.needs(needs, 'the store works after, no thread was lost, no file is open', async () => {
  assert.is(await load(layerArchive(tarBytes({ name: 'x', content: 'e' }))), 'loaded')
  rmSync(archivePath)
  unharmed('all')
  assert.is(bench.store.lostThreads(), 0)
  assert.equal(openBelow(bench.folder), [])
})

test.run()
