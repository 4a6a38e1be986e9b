/** One connection, many clients: on a plain seqpacket socket in the place of conmon's. */
import { closeSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { sharedReadiness } from '../kernel/readiness.ts'
import {
  acceptSeqpacket,
  connectSeqpacket,
  listenSeqpacket,
  receivePacket,
  sendPacket,
} from '../kernel/unix-socket.ts'
import type { Sys } from '../kernel/libc.ts'
import { Conduit } from './conduit.ts'
import type { AttachStream, StreamLimits } from './attach-stream.ts'

const test = suite('conduit')
const dir = mkdtempSync(`${tmpdir()}/isulad-test-`)
test.after(() => rmSync(dir, { recursive: true }))

const value = (result: Sys<number>): number => {
  if (!result.ok) throw new Error(result.errno)
  return result.value
}

let count = 0
const patient: StreamLimits = { highWaterBytes: 1000, stallMs: 10_000 }

/** The peer's descriptor stands for conmon's accepted socket. */
const connected = (limits = patient, stdin = { terminal: false, open: true, kept: false }) => {
  const path = `${dir}/${++count}`
  const listening = value(listenSeqpacket(path))
  const fd = value(connectSeqpacket(path))
  const peer = value(acceptSeqpacket(listening))
  closeSync(listening)
  let closed = false
  const onClosed = (): void => void (closed = true)
  const conduit = new Conduit({ fd, readiness: sharedReadiness(), limits, stdin, onClosed })
  return { conduit, peer, isClosed: () => closed }
}

const say = (peer: number, text: string, stream = 2): void =>
  void value(sendPacket(peer, Buffer.concat([Buffer.of(stream), Buffer.from(text)])))

const soon = async (what: () => boolean): Promise<void> => {
  for (let i = 0; i < 400 && !what(); i++) await new Promise((r) => setTimeout(r, 5))
  assert.ok(what())
}

const listening = (stream: AttachStream) => {
  const seen = { text: '' }
  stream.onOutput((kind, bytes) => void (seen.text += `${kind}:${Buffer.from(bytes).toString()} `))
  return seen
}

test.needs(['linux'], 'every client gets all output, and the end after it (R-54)', async () => {
  const { conduit, peer, isClosed } = connected()
  const [a, b] = [conduit.join(), conduit.join()]
  const seen = [listening(a), listening(b)]
  say(peer, 'one')
  say(peer, 'two', 3)
  closeSync(peer)
  assert.equal(await Promise.all([a.ended, b.ended]), ['ended', 'ended'])
  for (const { text } of seen) assert.is(text, 'stdout:one stderr:two ')
  assert.ok(isClosed())
  assert.not.ok(await a.write(Buffer.from('late')))
})

test.needs(['linux'], 'output before the listener is kept', async () => {
  const { conduit, peer } = connected()
  const stream = conduit.join()
  say(peer, 'early')
  closeSync(peer)
  await new Promise((resolve) => setTimeout(resolve, 30))
  const seen = listening(stream)
  assert.is(await stream.ended, 'ended')
  assert.is(seen.text, 'stdout:early ')
})

test.needs(['linux'], 'input arrives in packets that conmon can take, then its end', async () => {
  const { conduit, peer } = connected()
  const stream = conduit.join()
  const taken = stream.write(Buffer.alloc(20_000, 'x'))
  stream.closeStdin()
  assert.ok(await taken)
  const buffer = Buffer.alloc(70_000)
  const sizes = [0, 0, 0, 0].map(() => value(receivePacket(peer, buffer)))
  assert.equal(sizes, [8192, 8192, 3616, 0])
  stream.close()
  closeSync(peer)
})

test.needs(['linux'], 'a writer waits while nobody takes its bytes', async () => {
  const { conduit, peer } = connected()
  const stream = conduit.join()
  let taken = false
  const writing = stream.write(Buffer.alloc(4_000_000)).then((yes) => (taken = yes))
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.not.ok(taken)
  const buffer = Buffer.alloc(70_000)
  let received = 0
  while (received < 4_000_000) {
    const got = receivePacket(peer, buffer)
    if (got.ok) received += got.value
    else await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await writing
  assert.ok(taken)
  stream.close()
  closeSync(peer)
})

test.needs(
  ['linux'],
  'a slow reader slows the source, a dead one is cut alone (R-55)',
  async () => {
    const { conduit, peer } = connected({ highWaterBytes: 1000, stallMs: 150 })
    const [dead, slow] = [conduit.join(), conduit.join()]
    dead.onOutput(() => new Promise(() => undefined))
    let read = 0
    slow.onOutput(async (_, bytes) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      read += bytes.length
    })
    for (let i = 0; i < 20; i++) say(peer, 'x'.repeat(200))
    assert.is(await dead.ended, 'slow')
    await soon(() => read === 4000)
    closeSync(peer)
    assert.is(await slow.ended, 'ended')
  },
)

test.needs(['linux'], 'while one reads, nobody waits for one that does not (R-55)', async () => {
  const { conduit, peer } = connected({ highWaterBytes: 1000, stallMs: 10_000 })
  const [dead, quick] = [conduit.join(), conduit.join()]
  dead.onOutput(() => new Promise(() => undefined))
  let read = 0
  quick.onOutput((_, bytes) => void (read += bytes.length))
  for (let i = 0; i < 60; i++) say(peer, 'x'.repeat(200))
  await soon(() => read === 12_000)
  assert.is(await dead.ended, 'slow')
  assert.is(dead.unreadBytes(), 0)
  quick.close()
  closeSync(peer)
})

test.needs(['linux'], 'the last client that leaves closes the connection', async () => {
  const { conduit, peer, isClosed } = connected()
  const [a, b] = [conduit.join(), conduit.join()]
  a.close()
  assert.not.ok(isClosed())
  b.close()
  assert.ok(isClosed())
  assert.equal(await Promise.all([a.ended, b.ended]), ['closed', 'closed'])
  assert.is(value(receivePacket(peer, Buffer.alloc(10))), 0)
  closeSync(peer)
})

test.needs(['linux'], 'a kept stdin gets no end from a client', async () => {
  const { conduit, peer } = connected(patient, { terminal: true, open: true, kept: true })
  const stream = conduit.join()
  stream.closeStdin()
  assert.ok(await stream.write(Buffer.from('more')))
  assert.is(value(receivePacket(peer, Buffer.alloc(10))), 4)
  stream.close()
  closeSync(peer)
})

test.run()
