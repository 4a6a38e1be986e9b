/** Random layers of odd entries: taken or refused by name, always inside, and nothing is left. */
import { randomBytes } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { LayerBench, outcome } from '../../adapters/layers/fixtures/layer-bench.ts'
import { endMark, entryBytes, type EntryBytes } from '../../adapters/layers/fixtures/tar-bytes.ts'
import { suite } from '../testing/suite.ts'
import { hostTrace, openBelow } from './host-trace.ts'

const test = suite('random layers')
const bench = new LayerBench('random', { maxEntries: 50, maxBytes: 1 << 20 })
test.after(() => bench.end())

const runs = Number(process.env['PROPERTY_RUNS'] ?? 150)

const folder = join(bench.folder, 'victims')
const victim = join(folder, 'victim')
const marker = `breach-${randomBytes(6).toString('hex')}`

const part = fc.constantFrom('a', 'b', 'c', '.wh.a', '.wh.b', '.wh..wh..opq', '.wh..wh.x', '.')
const oddPart = fc.oneof(
  { weight: 30, arbitrary: part },
  {
    weight: 1,
    arbitrary: fc.constantFrom('..', '', marker, '.wh.', '.wh...', 'é', 'n'.repeat(99)),
  },
)
const path = fc.array(oddPart, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
const type = fc.constantFrom('0', '0', '0', '1', '1', '2', '2', '3', '4', '5', '5', '5', '6', '7')
const oddType = fc.constantFrom('\0', 'S', 'V', 'x', 'g', 'L', 'K')

const target = fc.oneof(
  { weight: 5, arbitrary: path },
  { weight: 1, arbitrary: fc.constantFrom('/', folder, victim, '../../../victims', '/proc/self') },
)

const paxValue = fc.constantFrom('', '0', '5', '-1', 'x', '0,1', '0,5', '4294967295', '99999999999')
const paxKey = fc.constantFrom(
  ...['path', 'linkpath', 'size', 'uid', 'mtime', 'GNU.sparse.map', 'GNU.sparse.size'],
  ...['GNU.sparse.major', 'GNU.sparse.realsize', 'SCHILY.xattr.user.a', 'SCHILY.xattr.'],
  ...['SCHILY.xattr.trusted.overlay.opaque', 'SCHILY.xattr.security.capability'],
)
const pax = fc.dictionary(paxKey, paxValue, { maxKeys: 3, noNullPrototype: true })

/** A byte of the header that is written over; the checksum fits all the same. */
const damage = fc.tuple(fc.integer({ min: 100, max: 511 }), fc.integer({ min: 0, max: 255 }))

const rarely = <A>(arbitrary: fc.Arbitrary<A>, weight: number): fc.Arbitrary<A | undefined> =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

const entry = fc
  .record({
    name: path,
    type: fc.oneof({ weight: 40, arbitrary: type }, { weight: 1, arbitrary: oddType }),
    linkName: target,
    content: fc.constantFrom('', 'e', 'some text', 'z'.repeat(600)),
    mode: fc.constantFrom(0, 0o644, 0o755, 0o4755, 0o1777),
    claimedBytes: rarely(fc.constantFrom(0, 1, 512, 9999), 40),
    pax: rarely(pax, 15),
    damage: rarely(damage, 40),
  })
  .map(({ content, claimedBytes, pax: records, damage: hit, ...rest }): EntryBytes => {
    const hasContent = !'123456'.includes(rest.type)
    return {
      ...rest,
      content: hasContent ? content : '',
      ...(claimedBytes === undefined ? {} : { claimedBytes }),
      ...(records === undefined ? {} : { pax: records }),
      ...(hit === undefined ? {} : { change: (header) => void (header[hit[0]] = hit[1]) }),
    }
  })

const layers = fc.tuple(
  fc.array(entry, { minLength: 1, maxLength: 12 }),
  rarely(fc.nat({ max: 3000 }), 20),
)

const layerOf = (entries: ReadonlyArray<EntryBytes>, cutBytes = 0): Buffer => {
  const whole = Buffer.concat([...entries.map(entryBytes), endMark])
  return whole.subarray(0, Math.max(0, whole.length - cutBytes))
}

/** Sizes of regular files below, each inode once. */
const sizesOf = (directory: Buffer, seen = new Map<number, number>()): Map<number, number> => {
  for (const name of readdirSync(directory, { encoding: 'buffer' })) {
    const at = Buffer.concat([directory, Buffer.from('/'), name])
    const stat = lstatSync(at)
    if (stat.isDirectory()) sizesOf(at, seen)
    else if (stat.isFile()) seen.set(stat.ino, stat.size)
  }
  return seen
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0)

const left = (): ReadonlyArray<string> =>
  ['overlay', 'staging'].flatMap((name) => readdirSync(join(bench.layout.root, 'storage', name)))

test.needs(['root'], `${runs} random layers are taken or refused, and stay inside`, async () => {
  mkdirSync(folder)
  writeFileSync(victim, 'untouched')
  const before = hostTrace({ marker, victim, folder })
  const taken = { layers: 0 }
  const property = fc.asyncProperty(layers, async ([entries, cutBytes]) => {
    const request = bench.request(layerOf(entries, cutBytes))
    const result = await bench.unpack(request)
    if (typeof result === 'number') {
      taken.layers += 1
      assert.is(result, sum(sizesOf(Buffer.from(bench.diff(request.layer))).values()), 'the size')
      assert.is(await outcome(bench.store.layer.remove(request.layer)), undefined)
    } else assert.match(result, /^E(INVAL|VERIFY): /, result)
    assert.equal(left(), [])
    assert.equal(hostTrace({ marker, victim, folder }), before)
  })
  await fc.assert(property, { numRuns: runs, includeErrorInReport: true, endOnFailure: true })
  assert.ok(taken.layers > runs / 20, `only ${taken.layers} of ${runs} layers were taken`)
  assert.is(bench.store.lostThreads(), 0)
  assert.equal(openBelow(bench.folder), [])
})

test.run()
