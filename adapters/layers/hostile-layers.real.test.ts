/** Layers that are damaged or lie: each is refused and leaves nothing (more in properties). */
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

const plain = (name: string): EntryBytes => ({ name, content: 'evil' })

const expectRefusal = async (layer: Buffer, pattern: RegExp, plainBytes = layer): Promise<void> => {
  const request = bench.request(layer, plainBytes)
  assert.match(String(await bench.unpack(request)), pattern)
  assert.is(existsSync(bench.diff(request.layer)), false)
  assert.is(existsSync(bench.staging(request.layer)), false)
  assert.is(readFileSync(victim, 'utf8'), 'untouched')
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
  expectRefusal(Buffer.from('fd377a585a000000', 'hex'), /^EINVAL: .*xz/),
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
