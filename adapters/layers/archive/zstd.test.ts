/** zstd by a program: what becomes of its errors, of its source's, and of the program itself. */
import { readdirSync, readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { zstdBytes } from '../fixtures/zstd-bytes.ts'
import { zstdDecompressed } from './zstd.ts'

const test = suite('zstd')
const needs = ['program:zstd'] as const

const read = async (pieces: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<string> => {
  const parts: Array<Buffer> = []
  try {
    for await (const piece of zstdDecompressed(pieces)) parts.push(piece)
  } catch (error) {
    return String(error)
  }
  return Buffer.concat(parts).toString('utf8')
}

const children = (): ReadonlyArray<string> =>
  readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8')
      .split(' ')
      .filter((pid) => pid !== '' && /zstd/.test(readFileSync(`/proc/${pid}/comm`, 'utf8'))),
  )

test.needs(needs, 'what was compressed comes back, in whatever pieces it came', async () => {
  const bytes = zstdBytes(Buffer.from('some text'.repeat(1000)))
  const single = Array.from(bytes, (byte) => Buffer.from([byte]))
  assert.is(await read([bytes]), 'some text'.repeat(1000))
  assert.is(await read(single), 'some text'.repeat(1000))
})

test.needs(needs, 'damaged data, cut data and no data are not whole', async () => {
  const bytes = zstdBytes(Buffer.alloc(9000, 'abc'))
  for (const wrong of [bytes.subarray(0, -3), Buffer.alloc(99, 1), bytes.subarray(0, 2)])
    assert.match(await read([wrong]), /^ArchiveError: zstd: /)
})

test('without the program the error names it', async () => {
  const path = process.env['PATH']
  process.env['PATH'] = '/nonexistent'
  try {
    assert.match(await read([Buffer.from('x')]), /needs the program zstd, which is not installed/)
  } finally {
    process.env['PATH'] = path
  }
})

test.needs(needs, "the source's own error is what the reader gets", async () => {
  function* failing(): Generator<Buffer> {
    yield zstdBytes(Buffer.alloc(9000))
    throw new Error('the disk is gone')
  }
  assert.is(await read(failing()), 'Error: the disk is gone')
})

test.needs(needs, 'a reader that stops early leaves no program behind', async () => {
  const large = zstdBytes(Buffer.alloc(64 << 20))
  for await (const piece of zstdDecompressed([large])) {
    assert.ok(piece.length > 0)
    break
  }
  assert.equal(children(), [])
})

test.run()
