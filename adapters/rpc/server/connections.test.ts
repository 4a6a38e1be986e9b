/** Connections whose client has gone are let go, also where HTTP/2 does not notice. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttp2Server } from 'node:http2'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { Connections } from './connections.ts'

const test = suite('connections')
const folder = mkdtempSync(join(tmpdir(), 'connections-'))
const path = join(folder, 'socket')
test.after(() => rmSync(folder, { recursive: true, force: true }))

const everyMs = 20

const listen = (onConnection: (socket: Socket) => void): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer({ allowHalfOpen: true }, onConnection)
    server.listen(path, () => resolve(server))
  })

/** HTTP/2 on connections of our own, as the front door has it. */
const http2Door = (connections: Connections): Promise<Server> => {
  const http2 = createHttp2Server()
  http2.on('sessionError', () => undefined)
  return listen((socket) => {
    connections.add(socket)
    socket.on('error', () => socket.destroy())
    http2.emit('connection', socket)
  })
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => void server.close(() => resolve()))

/** A frame that is longer than allowed: HTTP/2 says goodbye and reads no more. */
const tooLongFrame = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
  Buffer.from([255, 255, 255, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]),
])

test('a client that breaks the protocol and goes leaves no connection behind', async () => {
  const connections = new Connections(everyMs)
  const door = await http2Door(connections)
  const client = connect(path)
  client.on('error', () => client.destroy())
  client.write(tooLongFrame)
  await new Promise((resolve) => client.once('data', resolve))
  assert.is(connections.size, 1)
  client.destroy()
  for (let n = 0; n < 100 && connections.size > 0; n += 1) await sleep(everyMs)
  assert.is(connections.size, 0)
  await closed(door)
})

test('a client that is silent stays', async () => {
  const connections = new Connections(everyMs)
  const door = await listen((socket) => connections.add(socket))
  const client = connect(path)
  await sleep(everyMs * 5)
  assert.is(connections.size, 1)
  connections.destroyAll()
  client.destroy()
  await closed(door)
  await sleep(everyMs)
  assert.is(connections.size, 0)
})

test('a client that has only ended its own side stays, for its answer', async () => {
  const connections = new Connections(everyMs)
  const door = await listen((socket) => connections.add(socket))
  const client = connect({ path, allowHalfOpen: true })
  client.end('question')
  await sleep(everyMs * 5)
  assert.is(connections.size, 1)
  connections.destroyAll()
  client.destroy()
  await closed(door)
})

test.run()
