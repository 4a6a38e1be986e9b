/** What the simulator writes, the forensic reader reads: the same formats from both sides. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { readLog } from '../../journal/forensic/log-reader.ts'
import { foldVersionEdits } from '../../journal/forensic/manifest.ts'
import { readTable } from '../../journal/forensic/table-reader.ts'
import { decodeWriteBatch } from '../../journal/forensic/write-batch.ts'
import { suite } from '../../properties/testing/suite.ts'
import { encodeLogRecord, encodeTable, encodeVersion, encodeWriteBatch } from './level-encoding.ts'

const test = suite('LevelDB encodings')

const bytes = fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b))
const put = fc.record({ key: bytes, value: fc.option(bytes, { nil: undefined }) })

test('a log of records of any length reads back, blocks and padding included', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 70_000 }), { maxLength: 8 }), (sizes) => {
      let log = Buffer.alloc(0)
      for (const [i, size] of sizes.entries())
        log = Buffer.concat([log, encodeLogRecord(log.length, Buffer.alloc(size, i + 1))])
      const { records, anomaly } = readLog(log)
      assert.equal(anomaly, undefined)
      assert.deepEqual(
        records.map((r) => [r.bytes.length, r.bytes.every((b, _, all) => b === all[0])]),
        sizes.map((size) => [size, true]),
      )
    }),
    { numRuns: 200 },
  )
})

test('a write batch reads back', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(put, { maxLength: 5 }), (order, puts) => {
      const batch = decodeWriteBatch(encodeWriteBatch(order, puts))
      assert.deepEqual([batch.order, batch.count], [order, puts.length])
      assert.deepEqual(
        batch.entries.map(({ key, value }) => ({ key, value })),
        puts.map(({ key, value }) => ({ key, value })),
      )
    }),
  )
})

test('a table reads back, key by key', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(put, { selector: (p) => p.key.toString('hex'), minLength: 1, maxLength: 60 }),
      (puts) => {
        const sorted = [...puts].sort((a, b) => Buffer.compare(a.key, b.key))
        const numbered = sorted.map((p, i) => ({ ...p, order: i + 1 }))
        const { entries, anomaly } = readTable(encodeTable(numbered))
        assert.equal(anomaly, undefined)
        assert.deepEqual(
          entries.map(({ key, value, order }) => ({ key, value, order })),
          numbered,
        )
      },
    ),
  )
})

test('a version reads back', () => {
  const table = { number: 300, level: 0, sizeBytes: 70_000 }
  const range = { smallest: Buffer.from('a'), largest: Buffer.from('z'), lastOrder: 5 }
  const edit = encodeVersion({
    ...{ logNumber: 9, nextFile: 20_000, lastOrder: 5 },
    tables: [{ ...table, ...range }],
  })
  const version = foldVersionEdits([edit])
  assert.deepEqual([version.logNumber, version.nextFile], [9, 20_000])
  const { smallest, largest } = range
  assert.deepEqual(version.tables.get(300), { ...table, smallest, largest })
})

test.run()
