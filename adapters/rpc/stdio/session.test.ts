/** A session copies in both directions and never holds anybody up. */
import { execFileSync } from 'node:child_process'
import * as E from 'fp-ts/lib/Either.js'
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { makeStreamClient, type StreamLimits } from '../../monitor/attach-stream.ts'
import { suite } from '../../../properties/testing/suite.ts'
import { openFifos } from './fifo.ts'
import { makeSession } from './session.ts'

const test = suite('stdio session')
const limits: StreamLimits = { highWaterBytes: 64 * 1024, stallMs: 100 }
let folder = ''

test.beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'session-'))))
test.afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = () => {
  const stdout = join(folder, 'out')
  execFileSync('mkfifo', [stdout])
  const reader = openSync(stdout, constants.O_RDONLY | constants.O_NONBLOCK)
  const uid = process.getuid?.() ?? 0
  const paths = { stdin: undefined, stdout, stderr: undefined }
  const fifos = openFifos(paths, { uid, below: tmpdir() })
  if (E.isLeft(fifos)) throw new Error(fifos.left)
  const warnings: string[] = []
  const log = {
    info: () => undefined,
    debug: () => undefined,
    warn: (text: string) => void warnings.push(text),
  }
  const session = makeSession({ fifos: fifos.right, paths, name: 'test', log })
  const left: string[] = []
  const client = makeStreamClient(
    {
      write: () => Promise.resolve(true),
      closeStdin: () => undefined,
      relieved: () => undefined,
      left: (end) => void left.push(end),
    },
    limits,
  )
  return { reader, session, client, warnings, left }
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

test('output that came before the client was attached is delivered, then the end', async () => {
  const { reader, session, client } = open()
  client.deliver('stdout', Buffer.from('early '))
  session.sink.attached(client.stream)
  client.deliver('stdout', Buffer.from('late'))
  client.finish()
  await session.finished
  await soon()
  const block = Buffer.alloc(100)
  assert.is(block.toString('utf8', 0, readSync(reader, block)), 'early late')
  assert.is(readSync(reader, block), 0)
  closeSync(reader)
})

test('a client that does not read is cut after its time, and the log says so (R-55)', async () => {
  const { reader, session, client, warnings, left } = open()
  session.sink.attached(client.stream)
  const began = performance.now()
  for (let n = 0; n < 8; n += 1) client.deliver('stdout', Buffer.alloc(64 * 1024))
  await session.finished
  assert.ok(performance.now() - began < 2_000)
  assert.equal(left, ['slow'])
  assert.match(warnings.join(), 'cut')
  closeSync(reader)
})

test('a client that goes away ends its session alone', async () => {
  const { reader, session, client, left } = open()
  session.sink.attached(client.stream)
  closeSync(reader)
  client.deliver('stdout', Buffer.from('nobody reads this'))
  await session.finished
  assert.equal(left, ['closed'])
})

test('a launch without a stream gives the client the end at once', async () => {
  const { reader, session, warnings } = open()
  session.sink.failed('no socket')
  await session.finished
  await soon()
  assert.is(readSync(reader, Buffer.alloc(10)), 0)
  assert.match(warnings.join(), 'no socket')
  closeSync(reader)
})

test.run()
