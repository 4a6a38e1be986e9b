/** The json-file projection: every line once, whatever is rotated and whoever ends when. */
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { JsonLog } from './json-log.ts'
import { LogFile } from './log-file.ts'
import { logFiles, rotate } from './rotation.ts'

const test = suite('json log')
const time = '2026-11-21T00:52:12.996818444+00:00'

const record = (text: string, tag = 'F'): string => `${time} stdout ${tag} ${text}\n`

const jsonLine = (text: string): string =>
  `{"log":${JSON.stringify(text)},"stream":"stdout","time":"2026-11-21T00:52:12.996818444Z"}\n`

interface Rig {
  readonly durable: string
  readonly json: string
  readonly open: (maxSizeBytes?: number, maxFiles?: number) => JsonLog
  readonly shown: () => string
}

const inRig = (body: (rig: Rig) => Promise<void>) => async (): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'json-log-'))
  const [durable, json] = [join(directory, 'container.log'), join(directory, 'console.log')]
  const paths = { durable, json, progress: `${json}.progress` }
  const open: Rig['open'] = (maxSizeBytes = 1_000_000, maxFiles = 3) =>
    new JsonLog(paths, { maxSizeBytes, maxFiles })
  try {
    await body({ durable, json, open, shown: () => readFileSync(json, 'utf8') })
  } finally {
    rmSync(directory, { recursive: true })
  }
}

test(
  'a line is written when it has ended, or when nothing more will come',
  inRig(async ({ durable, open, shown }) => {
    const log = open()
    await log.advance(false)
    writeFileSync(durable, record('a') + record('be', 'P'))
    await log.advance(false)
    assert.is(shown(), jsonLine('a\n'))
    appendFileSync(durable, record('gun', 'F') + record('rest', 'P'))
    await log.advance(false)
    assert.is(shown(), jsonLine('a\n') + jsonLine('begun\n'))
    await log.advance(true)
    assert.is(shown(), jsonLine('a\n') + jsonLine('begun\n') + jsonLine('rest'))
    await log.close()
  }),
)

test(
  'the next daemon goes on where the last one ended, whatever that had written',
  inRig(async ({ durable, json, open, shown }) => {
    writeFileSync(durable, record('a') + record('b'))
    const first = open()
    await first.advance(false)
    await first.close()
    appendFileSync(json, jsonLine('never noted as done\n'))
    appendFileSync(durable, record('c'))
    const second = open()
    await second.advance(false)
    await second.close()
    assert.is(shown(), ['a', 'b', 'c'].map((text) => jsonLine(`${text}\n`)).join(''))
  }),
)

test(
  'where the note of the place is lost or torn, all is made anew',
  inRig(async ({ durable, json, open, shown }) => {
    writeFileSync(durable, record('a'))
    for (const harm of [
      () => rmSync(`${json}.progress`, { force: true }),
      () => writeFileSync(`${json}.progress`, '{"inode":'),
      () => rmSync(json),
    ]) {
      const log = open()
      await log.advance(false)
      await log.close()
      assert.is(shown(), jsonLine('a\n'))
      harm()
    }
  }),
)

test(
  'the json-file is rotated by size, and as many files are kept as were asked for',
  inRig(async ({ durable, json, open }) => {
    const log = open(200, 3)
    for (let n = 0; n < 10; n += 1) {
      appendFileSync(durable, record(`line ${n}`))
      await log.advance(false)
    }
    await log.close()
    const files = (await logFiles(json)).filter((path) => existsSync(path))
    assert.equal(
      files.map((path) => path.slice(json.length)),
      ['.2', '.1', ''],
    )
    assert.match(readFileSync(`${json}.1`, 'utf8'), jsonLine('line 8\n'))
    assert.is(readFileSync(json, 'utf8'), jsonLine('line 9\n'))
  }),
)

test(
  'what the rotation would take away at once is not made: the end is what counts',
  inRig(async ({ durable, json, open }) => {
    writeFileSync(durable, Array.from({ length: 10_000 }, (_, n) => record(`line ${n}`)).join(''))
    const log = open(1_000, 3)
    await log.advance(true)
    await log.close()
    const texts = readFileSync(json, 'utf8')
    assert.is(texts.split('\n').at(-2), jsonLine('line 9999\n').trim())
    assert.not.match(texts, 'unreadable')
    assert.ok(texts.split('\n').length < 100, `${texts.length} bytes`)
  }),
)

test(
  'the durable log is read through its rotation: what the monitor writes late as well',
  inRig(async ({ durable, open, shown }) => {
    const log = open()
    writeFileSync(durable, record('a'))
    await log.advance(false)
    await rotate(durable, 3)
    appendFileSync(`${durable}.1`, record('late'))
    await log.advance(false)
    writeFileSync(durable, record('new'))
    await log.advance(false)
    await log.close()
    assert.is(shown(), ['a', 'late', 'new'].map((text) => jsonLine(`${text}\n`)).join(''))
  }),
)

test(
  'logs and their tails cover the rotated files (CLI-LOGS-03)',
  inRig(async ({ durable }) => {
    const lines = Array.from({ length: 3_000 }, (_, n) => `line ${n}`)
    writeFileSync(
      `${durable}.2`,
      lines
        .slice(0, 1_000)
        .map((l) => record(l))
        .join(''),
    )
    writeFileSync(
      `${durable}.1`,
      lines
        .slice(1_000, 2_000)
        .map((l) => record(l))
        .join(''),
    )
    writeFileSync(
      durable,
      lines
        .slice(2_000)
        .map((l) => record(l))
        .join(''),
    )
    for (const count of [0, 1, 900, 1_000, 2_500, 5_000]) {
      const log = new LogFile(durable)
      const tail = await log.tail(count, true)
      await log.close()
      assert.equal(
        tail.map(({ data }) => data.toString().trim()),
        count === 0 ? [] : lines.slice(-count),
      )
    }
    const odd = new LogFile(durable, ({ data }) => data.toString() === 'line 7\n')
    assert.is((await odd.tail(5, true)).length, 1)
    await odd.close()
  }),
)

test(
  'a reader that fell behind goes on with the oldest file that is left',
  inRig(async ({ durable }) => {
    writeFileSync(durable, record('gone'))
    const log = new LogFile(durable)
    for await (const lines of log.available()) assert.is(lines.length, 1)
    renameSync(durable, `${durable}.far`)
    writeFileSync(`${durable}.1`, record('b'))
    writeFileSync(durable, record('c'))
    const seen: string[] = []
    for await (const lines of log.available()) seen.push(...lines.map((l) => l.data.toString()))
    await log.close()
    assert.equal(seen, ['b\n', 'c\n'])
  }),
)

test.run()
