/** Layers as real programs write them: sparse files of GNU tar in both forms, gzip and zstd. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, ftruncateSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { zstdBytes } from './fixtures/zstd-bytes.ts'
import { LayerBench } from './fixtures/layer-bench.ts'

const test = suite('sparse and compressed layers')
const bench = new LayerBench('sparse')
test.after(() => bench.end())
const requirements = ['root', 'program:tar', 'program:zstd'] as const

const sizeBytes = 5_000_000

/** Data at the beginning, in the middle and near the end; `pieces` more in between. */
const makeSparse = (pieces: number): string => {
  const path = join(bench.folder, `sparse-${pieces}`)
  const fd = openSync(path, 'w')
  ftruncateSync(fd, sizeBytes)
  for (let i = 0; i < pieces; i++)
    writeSync(fd, `piece ${i}`, Math.floor((i * sizeBytes) / pieces) & ~4095)
  closeSync(fd)
  return path
}

const tarOf = (pieces: number, ...flags: ReadonlyArray<string>): Buffer => {
  makeSparse(pieces)
  const args = ['-C', bench.folder, '-S', '-c', ...flags, `sparse-${pieces}`]
  return execFileSync('tar', args, { maxBuffer: 64 << 20 })
}

const digestOf = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex')

for (const [form, flags] of [
  ['GNU', ['--format=gnu']],
  ['PAX 0.1', ['--format=pax', '--sparse-version=0.1']],
  ['PAX 1.0', ['--format=pax', '--sparse-version=1.0']],
] as const) {
  for (const pieces of [1, 4, 200])
    test.needs(
      requirements,
      `${form}: a sparse file of ${pieces} pieces keeps its holes`,
      async () => {
        const layer = await bench.layer(tarOf(pieces, ...flags))
        const [from, to] = [
          join(bench.folder, `sparse-${pieces}`),
          join(bench.diff(layer), `sparse-${pieces}`),
        ]
        assert.is(statSync(to).size, sizeBytes)
        assert.is(digestOf(to), digestOf(from))
        assert.ok(statSync(to).blocks <= statSync(from).blocks + 16, 'the holes are holes')
      },
    )
}

const compressed = async (layer: Buffer, plain: Buffer): Promise<string> => {
  const request = bench.request(layer, plain)
  assert.is(await bench.unpack(request), sizeBytes)
  return digestOf(join(bench.diff(request.layer), 'sparse-4'))
}

test.needs(requirements, 'gzip and zstd of every kind read like the plain layer', async () => {
  const plain = tarOf(4, '--format=gnu')
  const digest = digestOf(join(bench.folder, 'sparse-4'))
  const half = plain.length >> 1
  const skippable = Buffer.alloc(12, 4)
  skippable.writeUInt32LE(0x184d2a53)
  skippable.writeUInt32LE(4, 4)
  for (const layer of [
    plain,
    gzipSync(plain),
    Buffer.concat([gzipSync(plain.subarray(0, half)), gzipSync(plain.subarray(half))]),
    zstdBytes(plain),
    zstdBytes(plain, '-19', '--check'),
    Buffer.concat([zstdBytes(plain.subarray(0, half)), zstdBytes(plain.subarray(half))]),
    Buffer.concat([skippable, zstdBytes(plain), skippable]),
  ])
    assert.is(await compressed(layer, plain), digest)
})

test.run()
