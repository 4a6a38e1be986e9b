/** Honest archives with random damage: loaded as they were meant, or refused as damaged. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { archivePort } from '../../adapters/images/archive-port.ts'
import { mediaTypes, ociArchive } from '../../adapters/images/fixtures/oci-bytes.ts'
import { LayerBench, outcome } from '../../adapters/layers/fixtures/layer-bench.ts'
import { dockerArchive, tarBytes } from '../../adapters/layers/fixtures/tar-bytes.ts'
import { zstdBytes } from '../../adapters/layers/fixtures/zstd-bytes.ts'
import { programPath } from '../testing/requirements.ts'
import { suite } from '../testing/suite.ts'
import { openBelow } from './host-trace.ts'

const test = suite('damaged archives')
const bench = new LayerBench('damaged')
test.after(() => bench.end())

const runs = Number(process.env['PROPERTY_RUNS'] ?? 300)
const content = 'what the layer holds'

const layer = tarBytes({ name: 'x', content })
const gzipLayer = { blob: gzipSync(layer), plain: layer, mediaType: `${mediaTypes.layer}+gzip` }

const archives = (): ReadonlyArray<Buffer> => {
  const zstdLayer = {
    blob: zstdBytes(layer),
    plain: layer,
    mediaType: `${mediaTypes.layer}+zstd`,
  }
  const name = { 'org.opencontainers.image.ref.name': 'damaged/one:1' }
  return [
    dockerArchive([layer]),
    gzipSync(dockerArchive([layer])),
    ociArchive([gzipLayer], name),
    ociArchive([zstdLayer], name),
    zstdBytes(ociArchive([gzipLayer], name)),
  ]
}

type Damage = (bytes: Buffer) => Buffer

/** A place in the archive, as a part of its length. */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const at = (bytes: Buffer, part: number): number => Math.floor(bytes.length * part)

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(place, fc.nat({ max: 255 })).map(([part, value]): Damage => (bytes) => {
    const changed = Buffer.from(bytes)
    changed[at(bytes, part)] = value
    return changed
  }),
  place.map(
    (part): Damage =>
      (bytes) =>
        bytes.subarray(0, at(bytes, part)),
  ),
  fc.tuple(place, fc.nat({ max: 1024 })).map(([part, count]): Damage => (bytes) => {
    const start = at(bytes, part)
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + count)])
  }),
  fc.tuple(place, place).map(([from, to]): Damage => (bytes) => {
    const piece = bytes.subarray(at(bytes, from), at(bytes, from) + 512)
    return Buffer.concat([bytes.subarray(0, at(bytes, to)), piece, bytes.subarray(at(bytes, to))])
  }),
)

const path = join(bench.folder, 'damaged.tar')

/** What was said, or how many layers were unpacked, each as it was meant. */
const load = async (archive: Buffer): Promise<string | number> => {
  writeFileSync(path, archive)
  const images = await outcome(archivePort.read(path))
  if (typeof images === 'string') return images
  let unpacked = 0
  for (const one of images.flatMap(({ layers }) => layers)) {
    const size = await bench.unpack(one)
    if (typeof size === 'string') return size
    assert.is(readFileSync(join(bench.diff(one.layer), 'x'), 'utf8'), content)
    await outcome(bench.store.layer.remove(one.layer))
    unpacked += 1
  }
  return unpacked
}

const left = (): ReadonlyArray<string> =>
  ['overlay', 'staging'].flatMap((name) => readdirSync(join(bench.layout.root, 'storage', name)))

const needs = ['root', 'program:zstd'] as const
const honest = programPath('zstd') === undefined ? [] : archives()

test.needs(needs, 'each archive is loaded when it is whole', async () => {
  for (const archive of honest) assert.is(await load(archive), 1)
  assert.equal(left(), [])
})

test.needs(needs, `${runs} damaged ones are told from whole ones, and leave nothing`, async () => {
  const property = fc.asyncProperty(
    fc.nat({ max: honest.length - 1 }),
    fc.array(damage, { minLength: 1, maxLength: 3 }),
    async (which, damages) => {
      const archive = damages.reduce((bytes, change) => change(bytes), honest[which] ?? layer)
      const said = await load(archive)
      assert.match(String(said), /^([01]$|E(INVAL|VERIFY): )/, String(said))
      assert.equal(left(), [])
    },
  )
  await fc.assert(property, { numRuns: runs, includeErrorInReport: true })
  assert.is(bench.store.lostThreads(), 0)
  assert.equal(openBelow(bench.folder), [])
})

test.run()
