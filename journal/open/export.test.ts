/** An export proves itself, and shows every change that was made to it. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { filled } from '../../properties/contracts/journal-store.contract.ts'
import { suite } from '../../properties/testing/suite.ts'
import { genesisHash, sameHash } from '../record/hash-chain.ts'
import { memoryJournal } from '../store/memory-store.ts'
import { exportLines, importCheck } from './export.ts'

const test = suite('journal export')

async function* linesOf(lines: ReadonlyArray<string>): AsyncGenerator<string> {
  for (const line of lines) yield await Promise.resolve(line)
}

const exported = async () => {
  const store = memoryJournal({ nonce: 'n' }).open()
  await filled(store, 5, 2)
  const start = { nonce: 'n', from: 1, previous: genesisHash('n') }
  const lines: Array<string> = []
  for await (const line of exportLines(start, store.read(1))) lines.push(line)
  return { store, lines }
}

test('J4 an export is JSON lines and proves every record up to the head', async () => {
  const { store, lines } = await exported()
  assert.equal(lines.length, 12)
  for (const line of lines) assert.ok(JSON.parse(line) instanceof Object)
  const verdict = await importCheck(linesOf(lines))
  assert.ok(E.isRight(verdict))
  assert.equal(verdict.right.records, 10)
  assert.ok(sameHash(verdict.right.head.hash, store.head().hash))
})

test('a changed, missing, doubled or cut line is named', async () => {
  const { lines } = await exported()
  const [a = '', b = ''] = [lines[4], lines[5]]
  const changes: ReadonlyArray<readonly [number, ReadonlyArray<string>]> = [
    [5, lines.with(4, a.replace('"SampleObserved"', '"SampleObserveD"'))],
    [
      5,
      lines.with(
        4,
        a.replace(/"hash":"./, (m) => `${m.slice(0, -1)}z`),
      ),
    ],
    [5, lines.toSpliced(4, 1)],
    [6, lines.toSpliced(4, 0, a)],
    [5, lines.with(4, b).with(5, a)],
    [12, lines.slice(0, -1)],
    [12, lines.with(11, '{"records":9,"head":{"seq":10,"hash":""}}')],
    [1, lines.slice(1)],
    [1, []],
  ]
  for (const [line, changed] of changes) {
    const verdict = await importCheck(linesOf(changed))
    assert.equal(E.isLeft(verdict) && verdict.left.line, line, JSON.stringify(verdict))
  }
})

test.run()
