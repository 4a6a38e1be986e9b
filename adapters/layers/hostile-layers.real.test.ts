/** Layers that try to harm the host, or that are damaged: each is refused and leaves nothing. */
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { hasErrno } from '../errors/errno.ts'
import { diffId } from '../../domain/identity.ts'
import { LayerBench } from './fixtures/layer-bench.ts'
import { endMark, entryBytes, tarBytes, type EntryBytes } from './fixtures/tar-bytes.ts'

const test = suite('hostile layers')
const bench = new LayerBench('hostile', { maxEntries: 50, maxBytes: 1 << 20 })
const victim = join(bench.folder, 'victim')
writeFileSync(victim, 'untouched')
test.after(() => bench.end())

const link = (name: string, linkName: string): EntryBytes => ({ name, type: '2', linkName })
const hard = (name: string, linkName: string): EntryBytes => ({ name, type: '1', linkName })
const plain = (name: string): EntryBytes => ({ name, content: 'evil' })

/** Each must be answered with this errno and a text that names the entry or the reason. */
const refused: ReadonlyArray<readonly [string, ReadonlyArray<EntryBytes>, RegExp]> = [
  ['a name with ..', [plain('../victim')], /^EINVAL: .*"\.\.\/victim"/],
  ['.. in the middle', [plain('a/../../victim')], /^EINVAL: .*"\.\."/],
  ['an absolute name', [plain(victim)], /^EINVAL: .*absolute/],
  ['an absolute name in PAX', [{ name: 'x', content: 'e', pax: { path: '/victim' } }], /^EINVAL/],
  ['a link as a parent', [link('d', bench.folder), plain('d/victim')], /^EINVAL: .*d\/victim/],
  ['a link deeper down', [link('a/b', '/'), plain('a/b/c/d')], /^EINVAL: .*parent/],
  ['a relative link as a parent', [link('d', '../../../..'), plain('d/x')], /^EINVAL/],
  ['a file as a parent', [plain('f'), plain('f/x')], /^EINVAL: .*f\/x/],
  ['a hard link out of the root', [hard('h', '../../../../victim')], /^EINVAL: .*"\.\."/],
  ['an absolute hard link', [hard('h', victim)], /^EINVAL: .*absolute/],
  ['a hard link through a link', [link('d', bench.folder), hard('h', 'd/victim')], /^EINVAL/],
  ['a hard link to nothing', [hard('h', 'nothing')], /^EINVAL: .*not in this layer/],
  ['a hard link to a directory', [{ name: 'd', type: '5' }, hard('h', 'd')], /^EINVAL/],
  ['a hard link to itself', [plain('h'), hard('h', 'h')], /^EINVAL: .*itself/],
  ['a whiteout of ..', [plain('a/.wh...')], /^EINVAL: .*whiteout/],
  ['a whiteout of nothing', [plain('.wh.')], /^EINVAL: .*whiteout/],
  ['a whiteout through a link', [link('d', bench.folder), plain('d/.wh.victim')], /^EINVAL/],
  ['an opaque mark through a link', [link('d', '/tmp'), plain('d/.wh..wh..opq')], /^EINVAL/],
  ['a device through a link', [link('d', '/dev'), { name: 'd/x', type: '3' }], /^EINVAL/],
  ['a device number out of range', [{ name: 'x', type: '4', major: 4096 }], /^EINVAL/],
  ['a file as the root', [plain('./')], /^EINVAL: .*root/],
  ['a link as the root', [link('.', '/')], /^EINVAL: .*root/],
  [
    'a name that is too long',
    [plain('n'.repeat(100)), { name: 'x', content: '', pax: { path: 'n'.repeat(256) } }],
    /^EINVAL/,
  ],
  [
    'an attribute that steers overlayfs',
    [{ name: 'd', type: '5', pax: { 'SCHILY.xattr.trusted.overlay.redirect': '/x' } }],
    /^EINVAL: .*not allowed/,
  ],
  ['more bytes than allowed', [{ name: 'x', content: Buffer.alloc((1 << 20) + 1) }], /^EINVAL/],
  [
    'a sparse file of many terabytes',
    [{ name: 'x', pax: { 'GNU.sparse.map': '', 'GNU.sparse.size': '8000000000000000' } }],
    /^EINVAL: .*longer than/,
  ],
  [
    'too many entries',
    Array.from({ length: 51 }, (_, i) => plain(`${i}`)),
    /^EINVAL: .*more than 50 entries/,
  ],
  ['an unknown type', [{ name: 'x', type: 'V' }], /^EINVAL: .*unknown/],
]

const expectRefusal = async (layer: Buffer, pattern: RegExp, plainBytes = layer): Promise<void> => {
  const request = bench.request(layer, plainBytes)
  assert.match(String(await bench.unpack(request)), pattern)
  assert.is(existsSync(bench.diff(request.layer)), false)
  assert.is(existsSync(bench.staging(request.layer)), false)
  assert.is(readFileSync(victim, 'utf8'), 'untouched')
}

for (const [what, entries, pattern] of refused) {
  test.needs(['root'], `${what} is refused and leaves nothing`, () =>
    expectRefusal(tarBytes(...entries), pattern),
  )
}

test.needs(['root'], 'content that is not what the diff id says is refused', async () => {
  const request = bench.request(tarBytes(plain('x')))
  const wrong = { ...request, diff: diffId('0'.repeat(64)) }
  assert.match(String(await bench.unpack(wrong)), /^EVERIFY: .*digest/)
  assert.is(existsSync(bench.diff(request.layer)), false)
  assert.is(await bench.unpack(request), 4)
})

test.needs(['root'], 'bytes after the end mark count for the diff id', async () => {
  const layer = tarBytes(plain('x'))
  await expectRefusal(Buffer.concat([layer, Buffer.from('more')]), /^EVERIFY/, layer)
})

test.needs(['root'], 'a cut or damaged gzip stream is not whole', async () => {
  const layer = tarBytes({ name: 'x', content: randomBytes(9000) })
  const zipped = gzipSync(layer)
  await expectRefusal(zipped.subarray(0, zipped.length - 20), /^EVERIFY/, layer)
  const damaged = Buffer.from(zipped)
  damaged.fill(0x55, 20, 60)
  await expectRefusal(damaged, /^EVERIFY/, layer)
})

test.needs(['root'], 'a size that lies makes the archive not whole', async () => {
  const lying = Buffer.concat([
    entryBytes({ name: 'x', content: 'a', claimedBytes: 9999 }),
    endMark,
  ])
  await expectRefusal(lying, /^EVERIFY/)
  const short = Buffer.concat([
    entryBytes({ name: 'x', content: 'abc'.repeat(400), claimedBytes: 1 }),
    endMark,
  ])
  await expectRefusal(short, /^EINVAL: .*not a tar archive/)
})

test.needs(['root'], 'other compressions are named', () =>
  expectRefusal(Buffer.from('28b52ffd00000000', 'hex'), /^EINVAL: .*zstd/),
)

test.needs(['root'], 'a missing archive and a missing entry are told apart', async () => {
  const request = bench.request(tarBytes(plain('x')))
  const { archive } = request.source
  const [noEntry, noFile] = [
    { ...request, source: { archive, entry: 'other' } },
    { ...request, source: { archive: `${archive}.gone`, entry: 'layer.tar' } },
  ]
  assert.match(String(await bench.unpack(noEntry)), /^EINVAL: .*no file "other"/)
  assert.match(String(await bench.unpack(noFile)), /^ENOENT/)
  assert.match(
    String(await bench.unpack({ ...request, source: { archive: '/dev/zero', entry: 'x' } })),
    /^EINVAL: .*not a regular file/,
  )
})

test.needs(['root'], 'nothing of all that was left in the store, and no file is still open', () => {
  const open = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch (error) {
      if (hasErrno(error, 'ENOENT')) return []
      throw error
    }
  })
  assert.equal(
    open.filter((path) => path.startsWith(bench.folder)),
    [],
  )
  assert.equal(readdirSync(join(bench.layout.root, 'storage/staging')), [])
})

test.run()
