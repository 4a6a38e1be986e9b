/** The socket's file: stale ones are replaced, everything else is left alone. */
import { existsSync, lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fork } from 'node:child_process'
import * as assert from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { actorOf, namePeer, peerOf, peerOfString } from './peer.ts'
import { listenOnUnixSocket } from './unix-listener.ts'

const test = suite('unix listener')
const gid = process.getgid?.() ?? 0
let folder = ''

test.beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'unix-listener-'))))
test.afterEach(() => rmSync(folder, { recursive: true, force: true }))

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => void server.close(() => resolve()))

const rejected = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error('it was expected to be rejected')
}

/** Binds the path in another process, which is then killed: the file stays. */
const leaveStaleSocket = async (path: string): Promise<void> => {
  const program = join(folder, 'bind.mjs')
  writeFileSync(
    program,
    `import { createServer } from 'node:net'
     createServer().listen(process.argv[2], () => process.send('bound'))`,
  )
  const child = fork(program, [path], { execArgv: [] })
  await new Promise((resolve) => child.once('message', resolve))
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

test('the file has mode 0660 under any umask, and is gone after the end', async () => {
  const path = join(folder, 'sock')
  const before = process.umask(0)
  const server = await listenOnUnixSocket({ path, gid, onConnection: (s) => s.destroy() })
  assert.is(process.umask(before), 0)
  assert.is(lstatSync(path).mode & 0o777, 0o660)
  await closed(server)
  assert.not(existsSync(path))
})

test('a socket that a dead daemon left is replaced', async () => {
  const path = join(folder, 'sock')
  await leaveStaleSocket(path)
  assert.ok(lstatSync(path).isSocket())
  await closed(await listenOnUnixSocket({ path, gid, onConnection: (s) => s.destroy() }))
})

test('a socket on which somebody answers is left alone', async () => {
  const path = join(folder, 'sock')
  const other = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => void other.listen(path, () => resolve()))
  const listening = listenOnUnixSocket({ path, gid, onConnection: (s) => s.destroy() })
  assert.match(await rejected(listening), 'another daemon is listening')
  assert.ok(existsSync(path))
  await closed(other)
})

test('a file that is no socket is left alone', async () => {
  const path = join(folder, 'sock')
  writeFileSync(path, 'precious')
  const listening = listenOnUnixSocket({ path, gid, onConnection: (s) => s.destroy() })
  assert.match(await rejected(listening), 'is not a socket')
  assert.ok(lstatSync(path).isFile())
})

test('a path that is too long is refused by name', async () => {
  const path = join(folder, 'x'.repeat(120))
  const listening = listenOnUnixSocket({ path, gid, onConnection: (s) => s.destroy() })
  assert.match(await rejected(listening), 'longer than 107 bytes')
})

test('the kernel says who is connected, and the peer string carries it', async () => {
  const path = join(folder, 'sock')
  let accepted: (socket: Socket) => void = () => undefined
  const connection = new Promise<Socket>((resolve) => (accepted = resolve))
  const server = await listenOnUnixSocket({ path, gid, onConnection: accepted })
  const client = connect(path)
  const socket = await connection
  const peer = peerOf(socket)
  assert.equal(peer, { uid: process.getuid?.(), pid: process.pid })
  namePeer(socket, { uid: 1, pid: 2 })
  assert.is(socket.remoteAddress, 'uid:1/pid:2')
  client.destroy()
  socket.destroy()
  await closed(server)
})

test('only peer strings of our own making are understood', () => {
  assert.equal(peerOfString(actorOf({ uid: 5, pid: 6 })), { uid: 5, pid: 6 })
  assert.is(peerOfString('127.0.0.1:80'), undefined)
  assert.is(peerOfString('uid:5/pid:6 '), undefined)
})

test.run()
