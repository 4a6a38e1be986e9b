/** Layers on a real host: every kind of entry, overlay mounts, and removal. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { mount, unmount } from '../kernel/mount.ts'
import { isMountPoint } from '../kernel/mountinfo.ts'
import { getXattr } from '../kernel/xattr.ts'
import { LayerBench, outcome } from './fixtures/layer-bench.ts'
import { tarBytes } from './fixtures/tar-bytes.ts'
import { layerStore } from './layer-store.ts'
import { removeTree } from './remove-tree.ts'

const test = suite('layer store')
const bench = new LayerBench()
const { layer: layers, rootfs } = bench.store
test.after(() => bench.end())

test.needs(['root'], 'every kind of entry comes out as the archive says', async () => {
  const capability = Buffer.from('0100000200202000000000000000000000000000', 'hex')
  const raw = Buffer.from([0x66, 0xff, 0xfe])
  const layer = await bench.layer(
    tarBytes(
      { name: './', type: '5', mode: 0o755, mtime: 77 },
      { name: 'usr/bin/deep', content: 'x', mode: 0o4711, uid: 1000, gid: 1001 },
      { name: 'tmp/', type: '5', mode: 0o1777, pax: { mtime: '1700000000.123456789' } },
      { name: 'tmp/inside', content: 'y', pax: { mtime: '1.000000001' } },
      {
        name: 'ping',
        content: 'p',
        uid: 3,
        pax: { 'SCHILY.xattr.security.capability': capability },
      },
      { name: 'link', type: '2', linkName: '/etc/passwd', uid: 5, mtime: 9 },
      { name: 'hard', type: '1', linkName: './usr//bin/deep' },
      { name: 'null', type: '3', major: 1, minor: 3, mode: 0o666 },
      { name: 'disk', type: '4', major: 259, minor: 1234 },
      { name: 'pipe', type: '6', mode: 0o622 },
      { name: raw, content: 'bytes' },
    ),
  )
  const at = (name: string): string => join(bench.diff(layer), name)
  const deep = lstatSync(at('usr/bin/deep'))
  assert.equal([deep.mode & 0o7777, deep.uid, deep.gid, deep.nlink], [0o4711, 1000, 1001, 2])
  assert.is(lstatSync(at('hard')).ino, deep.ino)
  assert.is(lstatSync(at('usr')).mode & 0o7777, 0o755)
  assert.is(lstatSync(at('.')).mtimeMs, 77_000)
  assert.is(lstatSync(at('tmp')).mode & 0o7777, 0o1777)
  assert.is(lstatSync(at('tmp'), { bigint: true }).mtimeNs, 1_700_000_000_123_456_789n)
  assert.is(lstatSync(at('tmp/inside'), { bigint: true }).mtimeNs, 1_000_000_001n)
  assert.equal(getXattr(at('ping'), 'security.capability'), { ok: true, value: capability })
  assert.is(readlinkSync(at('link')), '/etc/passwd')
  assert.equal([lstatSync(at('link')).uid, lstatSync(at('link')).mtimeMs], [5, 9000])
  assert.is(lstatSync(at('null')).rdev, 0x103)
  assert.is(lstatSync(at('null')).mode & 0o7777, 0o666)
  assert.is(lstatSync(at('disk')).isBlockDevice(), true)
  assert.is(lstatSync(at('pipe')).isFIFO(), true)
  const names = readdirSync(bench.diff(layer), { encoding: 'buffer' })
  assert.ok(names.some((name) => name.equals(raw)))
})

test.needs(
  ['root'],
  'an attribute with every byte value survives the way through PAX',
  async () => {
    const value = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    const pax = { 'SCHILY.xattr.user.all': value, 'SCHILY.xattr.trusted.t': Buffer.of(0) }
    const layer = await bench.layer(
      tarBytes(
        { name: 'f', pax },
        { name: 'd', type: '5', pax },
        { name: 'p', type: '6', pax: { 'SCHILY.xattr.user.a': 'b' } },
      ),
    )
    for (const name of ['f', 'd']) {
      assert.equal(getXattr(join(bench.diff(layer), name), 'user.all'), { ok: true, value })
      assert.equal(getXattr(join(bench.diff(layer), name), 'trusted.t').ok, true)
    }
    const facts: unknown = JSON.parse(
      readFileSync(`${dirname(bench.diff(layer))}/layer.json`, 'utf8'),
    )
    // A special file cannot have user attributes: that is counted, not hidden.
    assert.match(JSON.stringify(facts), '"skippedXattrs":1')
  },
)

test.needs(['root'], 'sparse files get their size and their data, and stay sparse', async () => {
  const pax = { 'GNU.sparse.map': '0,2,8388608,3', 'GNU.sparse.size': '16777216' }
  const layer = await bench.layer(tarBytes({ name: 's', content: 'abcde', pax }))
  const path = join(bench.diff(layer), 's')
  const content = readFileSync(path)
  assert.is(content.length, 16_777_216)
  assert.is(content.toString('latin1', 0, 2), 'ab')
  assert.is(content.toString('latin1', 8_388_608, 8_388_611), 'cde')
  assert.ok(statSync(path).blocks * 512 < 1_000_000)
})

test.needs(['root'], 'gzip layers are verified by their uncompressed bytes', async () => {
  const plain = tarBytes({ name: 'big', content: Buffer.alloc(3_000_000, 'abc') })
  assert.is(await bench.unpack(bench.request(gzipSync(plain), plain)), 3_000_000)
})

test.needs(
  ['root'],
  'a later entry of the same name takes the place of the earlier one',
  async () => {
    const bytes = tarBytes(
      { name: 'a', content: 'first' },
      { name: 'a', content: 'second!' },
      { name: 'd/x/y', content: 'gone' },
      { name: 'd', type: '2', linkName: 'a' },
      { name: 'l', type: '2', linkName: 'a' },
      { name: 'l/', type: '5' },
      { name: 'l/in', content: '12' },
      { name: 'l/', type: '5', mode: 0o700 },
    )
    const request = bench.request(bytes)
    // 'second!' and '12': what was replaced does not count.
    assert.is(await bench.unpack(request), 9)
    const at = (name: string): string => join(bench.diff(request.layer), name)
    assert.is(readFileSync(at('a'), 'utf8'), 'second!')
    assert.is(readlinkSync(at('d')), 'a')
    assert.is(readFileSync(at('l/in'), 'utf8'), '12')
    assert.is(lstatSync(at('l')).mode & 0o777, 0o700)
  },
)

test.needs(['root'], 'whiteouts hide what the layers below have', async () => {
  const below = await bench.layer(
    tarBytes(
      ...['file', 'dir/a', 'dir/b', 'opaque/old', 'again/old', 'kept/old', 'twice/old'].map(
        (name) => ({ name, content: name }),
      ),
    ),
  )
  const above = await bench.layer(
    tarBytes(
      { name: '.wh.file' },
      { name: 'dir/.wh.a' },
      { name: 'opaque/.wh..wh..opq' },
      { name: 'opaque/new', content: 'n' },
      // Removed and made anew: nothing of the old directory may shine through.
      { name: '.wh.again' },
      { name: 'again/new', content: 'n' },
      { name: 'twice/new', content: 'n' },
      { name: '.wh.twice' },
      { name: '.wh..wh.plnk', type: '5' },
      { name: '.wh.nothing' },
    ),
  )
  const merged = bench.merged(await bench.mounted([below, above]))
  const list = (name: string): ReadonlyArray<string> => readdirSync(join(merged, name)).sort()
  assert.equal(list('.'), ['again', 'dir', 'kept', 'opaque', 'twice'])
  assert.equal(list('dir'), ['b'])
  assert.equal(list('opaque'), ['new'])
  assert.equal(list('again'), ['new'])
  assert.equal(list('twice'), ['new'])
  assert.equal(list('kept'), ['old'])
})

test.needs(['root'], 'unpacking a committed layer again changes nothing', async () => {
  const request = bench.request(tarBytes({ name: 'f', content: 'abc' }))
  const both = await Promise.all([bench.unpack(request), bench.unpack(request)])
  assert.equal(both, [3, 3])
  rmSync(request.source.archive)
  assert.is(await bench.unpack(request), 3)
  assert.is(await outcome(layers.isCommitted(request.layer)), true)
})

test.needs(['root'], 'what a crash left behind is cleared before unpacking', async () => {
  const request = bench.request(tarBytes({ name: 'f', content: 'abc' }))
  const { layer } = request
  mkdirSync(`${bench.staging(layer)}/diff/half`, { recursive: true })
  // A place without readable facts is no committed layer.
  mkdirSync(bench.diff(layer), { recursive: true })
  writeFileSync(`${dirname(bench.diff(layer))}/layer.json`, '{"version":1')
  assert.is(await outcome(layers.isCommitted(layer)), false)
  assert.is(await bench.unpack(request), 3)
  assert.equal(readdirSync(bench.diff(layer)), ['f'])
  assert.is(existsSync(bench.staging(layer)), false)
  assert.is(await outcome(layers.isCommitted(layer)), true)
})

test.needs(['root'], 'a removed layer is gone, and removing it again is fine', async () => {
  const layer = await bench.layer(tarBytes({ name: 'd/e/f', content: 'x' }))
  mkdirSync(`${bench.staging(layer)}/stale`, { recursive: true })
  for (let i = 0; i < 2; i++) assert.is(await outcome(layers.remove(layer)), undefined)
  assert.is(existsSync(dirname(bench.diff(layer))), false)
  assert.is(existsSync(bench.staging(layer)), false)
  assert.is(await outcome(layers.isCommitted(layer)), false)
})

test.needs(
  ['root'],
  'a mounted rootfs takes writes, survives repetition, and unmounts',
  async () => {
    const layer = await bench.layer(tarBytes({ name: 'f', content: 'lower' }))
    const id = await bench.mounted([layer])
    assert.is(await outcome(rootfs.mount({ id, layers: [layer] })), undefined)
    assert.is(await outcome(rootfs.createWritable(id)), undefined)
    const file = join(bench.merged(id), 'f')
    writeFileSync(file, 'upper')
    assert.is(readFileSync(join(bench.diff(layer), 'f'), 'utf8'), 'lower')
    const busy = openSync(file, 'r')
    assert.match(String(await outcome(rootfs.unmount(id))), /^EBUSY/)
    assert.match(String(await outcome(rootfs.removeWritable(id))), /^EBUSY/)
    assert.is(readFileSync(file, 'utf8'), 'upper')
    closeSync(busy)
    for (let i = 0; i < 2; i++) assert.is(await outcome(rootfs.unmount(id)), undefined)
    assert.is(isMountPoint(bench.merged(id)), false)
    assert.is(await outcome(rootfs.mount({ id, layers: [layer] })), undefined)
    assert.is(readFileSync(file, 'utf8'), 'upper')
    for (let i = 0; i < 2; i++) assert.is(await outcome(rootfs.removeWritable(id)), undefined)
    assert.is(existsSync(dirname(bench.merged(id))), false)
  },
)

test.needs(['root'], 'nothing is deleted through a mount that somebody else made', async () => {
  const id = bench.container()
  assert.is(await outcome(rootfs.createWritable(id)), undefined)
  const foreign = join(dirname(bench.merged(id)), 'diff')
  const tmpfs = { source: 't', target: foreign, type: 'tmpfs', flags: 0, options: '' }
  assert.is(mount(tmpfs).ok, true)
  writeFileSync(join(foreign, 'precious'), '')
  assert.match(String(await outcome(rootfs.removeWritable(id))), /^EBUSY: .*diff/)
  assert.is(existsSync(join(foreign, 'precious')), true)
  assert.is(unmount(foreign).ok, true)
  assert.is(await outcome(rootfs.removeWritable(id)), undefined)
})

test.needs(['root'], 'an image without layers mounts an empty rootfs', async () => {
  const merged = bench.merged(await bench.mounted([]))
  assert.equal(readdirSync(merged), [])
  writeFileSync(join(merged, 'f'), '')
})

test.needs(['root'], '130 layers are mounted, the top one wins', async () => {
  const stack = []
  for (let i = 0; i < 130; i++) {
    const own = { name: `only-${i}`, content: 'x' }
    stack.push(await bench.layer(tarBytes({ name: 'same', content: `${i}` }, own)))
  }
  const merged = bench.merged(await bench.mounted(stack))
  assert.is(readFileSync(join(merged, 'same'), 'utf8'), '129')
  assert.is(readdirSync(merged).length, 131)
})

test.needs(['root'], 'a layer that is not there and too many layers are answered', async () => {
  const layer = await bench.layer(tarBytes({ name: 'f' }))
  const id = bench.container()
  const [gone] = [bench.request(tarBytes({ name: 'g' })).layer]
  assert.is(await outcome(rootfs.createWritable(id)), undefined)
  assert.match(String(await outcome(rootfs.mount({ id, layers: [layer, gone] }))), /^ENOENT/)
  const many = Array.from({ length: 300 }, () => layer)
  assert.match(String(await outcome(rootfs.mount({ id, layers: many }))), /^(EINVAL|ELOOP)/)
  assert.is(isMountPoint(bench.merged(id)), false)
})

test.needs(
  ['root'],
  'a root with the separators of overlay options, behind a link, works',
  async () => {
    const odd = join(bench.folder, 'a:b,c d\\e')
    mkdirSync(odd)
    symlinkSync(odd, join(bench.folder, 'via'))
    const root = join(bench.folder, 'via')
    const store = layerStore({ layout: { root, state: bench.layout.state } })
    const request = bench.request(tarBytes({ name: 'f', content: 'abc' }))
    const id = bench.container()
    assert.is(await outcome(store.layer.unpack(request)), 3)
    assert.is(await outcome(store.rootfs.createWritable(id)), undefined)
    const mounting = store.rootfs.mount({ id, layers: [request.layer] })
    for (let i = 0; i < 2; i++) assert.is(await outcome(mounting), undefined)
    const merged = `${root}/storage/overlay-containers/${id}/merged`
    assert.equal(readdirSync(merged), ['f'])
    assert.is(await outcome(store.rootfs.removeWritable(id)), undefined)
    assert.is(existsSync(merged), false)
    store.close()
  },
)

test.needs(['root'], 'a tree deeper than any path, with names of any bytes, is removed', () => {
  const root = join(bench.folder, 'deep')
  mkdirSync(root)
  // Paths stop at 4096 bytes; a container gets deeper by changing its directory.
  let at = root
  for (let i = 0; i < 30; i++) mkdirSync((at = join(at, 'n'.repeat(120))))
  for (let i = 0; i < 3; i++) {
    const fd = openSync(at, 'r')
    let inner = `/proc/self/fd/${fd}`
    for (let k = 0; k < 30; k++) mkdirSync((inner = join(inner, 'm'.repeat(120))))
    const deepest = openSync(inner, 'r')
    writeFileSync(`/proc/self/fd/${deepest}/file`, 'x')
    closeSync(fd)
    at = `/proc/self/fd/${deepest}`
  }
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.of(0xff, 0x0a)]), '')
  symlinkSync(bench.folder, join(root, 'link'))
  mkdirSync(join(root, '.moved-up-0'))
  chmodSync(join(root, 'n'.repeat(120)), 0)
  removeTree(root)
  removeTree(root)
  assert.is(existsSync(root), false)
  assert.is(existsSync(bench.layout.root), true)
})

test.run()
