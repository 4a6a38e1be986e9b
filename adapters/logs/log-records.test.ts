/** The log's records become the lines that were written. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { LogFile } from './log-file.ts'
import { LogReader, zuluTime } from './log-records.ts'
import { logSpan } from './log-span.ts'

const test = suite('log records')
const time = '2026-11-21T00:52:12.996818444+00:00'

const read = (text: string, blockBytes = 1_000_000): string[] => {
  const reader = new LogReader()
  const bytes = Buffer.from(text)
  const lines = []
  for (let at = 0; at < bytes.length; at += blockBytes)
    lines.push(...reader.push(Buffer.from(bytes.subarray(at, at + blockBytes))))
  return [...lines, ...reader.finish()].map((l) => `${l.stream}:${l.data.toString()}`)
}

test('pieces are joined to one line, each stream on its own', () => {
  const text =
    `${time} stdout P one \n` +
    `${time} stderr F error\n${time} stdout P two \n${time} stdout F three\n`
  const wanted = ['stderr:error\n', 'stdout:one two three\n']
  assert.equal(read(text), wanted)
  for (const blockBytes of [1, 7, 50]) assert.equal(read(text, blockBytes), wanted)
})

test('empty lines and blanks are kept', () => {
  assert.equal(read(`${time} stdout F \n${time} stdout F  x \n`), ['stdout:\n', 'stdout: x \n'])
})

test('output that never ended its line comes at the end without a newline', () => {
  assert.equal(read(`${time} stdout P prompt> \n`), ['stdout:prompt> '])
})

test('reading goes on behind damage, and the gap is shown (R-53)', () => {
  const lines = read(`${time} stdout F a\n\0\0\0\0garbage\n${time} stdout F b\n`)
  assert.equal(lines, [
    'stdout:a\n',
    'stderr:isulad: 12 bytes of the log are unreadable here\n',
    'stdout:b\n',
  ])
  assert.match(read(`${time} stdout F a\n${time} stdo`)[1] ?? '', 'unreadable')
})

test('times are shown in UTC with a Z and without closing zeros', () => {
  assert.is(zuluTime(time), '2026-11-21T00:52:12.996818444Z')
  assert.is(zuluTime('2026-11-21T02:00:00.500000000+02:00'), '2026-11-21T00:00:00.5Z')
})

test('since and until take RFC 3339 and seconds; nonsense is refused', () => {
  const span = logSpan('2026-11-21T00:52:12.9Z', '1795222333.5')
  assert.ok(E.isRight(span) && span.right.contains(time))
  const late = logSpan('2026-11-21T00:52:13Z', '')
  assert.ok(E.isRight(late) && !late.right.contains(time))
  assert.equal(logSpan('yesterday', ''), E.left('Invalid time: yesterday'))
})

test('the tail of a long log is its last lines (CLI-LOGS-03)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'))
  try {
    const path = join(folder, 'log')
    const lines = Array.from({ length: 20_000 }, (_, i) => `${time} stdout F line ${i}\n`)
    writeFileSync(path, lines.join(''))
    for (const count of [0, 1, 5, 19_999, 20_000, 30_000]) {
      const log = new LogFile(path)
      const tail = await log.tail(count, true)
      await log.close()
      const wanted = Math.min(count, 20_000)
      assert.is(tail.length, wanted)
      if (wanted > 0) assert.is(tail[0]?.data.toString(), `line ${20_000 - wanted}\n`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test.run()
