/** Packets, readiness and peer credentials over real unix sockets. */
import { closeSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { readiness as bits } from './epoll.ts'
import type { Sys } from './libc.ts'
import { peerCredentials } from './peer-credentials.ts'
import { createReadiness } from './readiness.ts'
import {
  acceptSeqpacket,
  connectSeqpacket,
  endSending,
  listenSeqpacket,
  receivePacket,
  sendPacket,
} from './unix-socket.ts'

const test = suite('sockets')
const folder = mkdtempSync(join(tmpdir(), 'sockets-'))
const readiness = createReadiness()
test.after(() => {
  readiness.close()
  rmSync(folder, { recursive: true })
})

const ok = <A>(result: Sys<A>): A => {
  if (!result.ok) throw new Error(result.errno)
  return result.value
}

const pair = (path: string): { a: number; b: number; end: () => void } => {
  const listener = ok(listenSeqpacket(path))
  const a = ok(connectSeqpacket(path))
  const b = ok(acceptSeqpacket(listener))
  return { a, b, end: () => [listener, a, b].forEach((fd) => closeSync(fd)) }
}

test('packets keep their borders, and the end of the stream is a zero', () => {
  const { a, b, end } = pair(join(folder, 'plain'))
  assert.equal(receivePacket(b, Buffer.alloc(9)), { ok: false, errno: 'EAGAIN' })
  assert.is(ok(sendPacket(a, Buffer.from('one'))), 3)
  assert.is(ok(sendPacket(a, Buffer.from('three'))), 5)
  ok(endSending(a))
  const into = Buffer.alloc(9)
  assert.is(ok(receivePacket(b, into)), 3)
  assert.is(into.toString('utf8', 0, 3), 'one')
  assert.is(ok(receivePacket(b, into)), 5)
  assert.is(ok(receivePacket(b, into)), 0)
  assert.is(ok(sendPacket(b, Buffer.from('back'))), 4)
  assert.equal(receivePacket(a, Buffer.alloc(2)), { ok: false, errno: 'EMSGSIZE' })
  end()
})

test('a full buffer answers EAGAIN, a closed peer EPIPE, nobody there ECONNREFUSED', () => {
  const { a, b, end } = pair(join(folder, 'full'))
  let sent: Sys<number> = { ok: true, value: 0 }
  for (let i = 0; i < 10_000 && sent.ok; i++) sent = sendPacket(a, Buffer.alloc(8192))
  assert.equal(sent, { ok: false, errno: 'EAGAIN' })
  ok(endSending(b))
  end()
  const again = pair(join(folder, 'closed'))
  closeSync(again.b)
  assert.equal(sendPacket(again.a, Buffer.from('x')), { ok: false, errno: 'EPIPE' })
  closeSync(again.a)
  assert.equal(connectSeqpacket(join(folder, 'full')), { ok: false, errno: 'ECONNREFUSED' })
  assert.equal(connectSeqpacket(join(folder, 'absent')), { ok: false, errno: 'ENOENT' })
})

test('a path beyond 107 bytes works through its folder', () => {
  const deep = join(folder, 'd'.repeat(120))
  mkdirSync(deep)
  const { a, b, end } = pair(join(deep, 'attach'))
  assert.is(ok(sendPacket(a, Buffer.from('x'))), 1)
  assert.is(ok(receivePacket(b, Buffer.alloc(4))), 1)
  end()
  const name = 'n'.repeat(100)
  assert.equal(connectSeqpacket(join(deep, name)), { ok: false, errno: 'ENAMETOOLONG' })
})

test('the peer of a socket is this process', () => {
  const { b, end } = pair(join(folder, 'peer'))
  assert.equal(peerCredentials(b), {
    ok: true,
    value: { pid: process.pid, uid: process.getuid?.(), gid: process.getgid?.() },
  })
  end()
  assert.equal(peerCredentials(1_000_000), { ok: false, errno: 'EBADF' })
})

test('readiness is reported again and again until it is cancelled, and hang-up too', async () => {
  const { a, b, end } = pair(join(folder, 'ready'))
  const into = Buffer.alloc(16)
  const got: Array<number> = []
  const watched = await new Promise<{ cancel: () => void }>((resolve) => {
    const watch = readiness.watch({
      fd: b,
      events: bits.readable,
      onReady: () => {
        const size = ok(receivePacket(b, into))
        got.push(size)
        if (size > 0)
          ok(got.length < 3 ? sendPacket(a, Buffer.alloc(got.length + 1)) : endSending(a))
        else resolve(watch)
      },
    })
    ok(sendPacket(a, Buffer.alloc(1)))
  })
  assert.equal(got, [1, 2, 3, 0])
  watched.cancel()
  watched.cancel()
  end()
})

test('a paused watch is silent until it is set again', async () => {
  const { a, b, end } = pair(join(folder, 'pause'))
  let reports = 0
  let next = (): void => undefined
  const watch = readiness.watch({ fd: b, events: 0, onReady: () => (reports++, next()) })
  ok(sendPacket(a, Buffer.alloc(1)))
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.is(reports, 0)
  const reported = new Promise<void>((resolve) => (next = resolve))
  watch.setEvents(bits.readable)
  await reported
  watch.setEvents(0)
  watch.cancel()
  end()
})

test.run()
