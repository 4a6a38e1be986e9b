/** The transport against a grpc-js server, in Node and, where present, in Bun. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server as NetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Metadata, Server, ServerCredentials, type UntypedHandleCall } from '@grpc/grpc-js'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { ContainerServiceService } from '../../../adapters/rpc/wire/containers_server.ts'
import type {
  EventsRequest,
  InspectContainerRequest,
  ListRequest,
  StopRequest,
  WaitRequest,
} from '../../../adapters/rpc/wire/containers.ts'
import { suite } from '../../../properties/testing/suite.ts'
import { parseAddress, type Address } from './address.ts'
import { calls } from './calls.ts'
import { connectTo } from './connection.ts'
import { cannotConnect, failureText, grpcStatus } from './failure.ts'

const test = suite('isula transport')
const here = dirname(fileURLToPath(import.meta.url))
const bun = join(here, '../../../node_modules/@oven/bun-linux-x64-baseline/bin/bun')

const seen: Array<string> = []
const bigText = 'x'.repeat(3_000_000)

interface Reply {
  (error: { code: number; details: string } | null, value?: object): void
}
interface UnaryCall<Q> {
  readonly request: Q
  readonly metadata: Metadata
}
interface StreamCall<Q> extends UnaryCall<Q> {
  write(message: object): boolean
  end(): void
  emit(event: string, error: object): boolean
}

const handlers: Record<string, UntypedHandleCall> = {
  stop: (call: UnaryCall<StopRequest>, reply: Reply) => {
    seen.push(String(call.metadata.get('isulad-request-id')[0]))
    reply(null, { id: `${call.request.id}/${call.request.timeout}`, cc: 0, errmsg: '' })
  },
  inspect: (_: UnaryCall<InspectContainerRequest>, reply: Reply) =>
    reply(null, { ContainerJSON: bigText, cc: 0, errmsg: '' }),
  list: (_: UnaryCall<ListRequest>, reply: Reply) =>
    reply({ code: 2, details: 'größer than 100% of it\nsecond line' }),
  wait: (_: UnaryCall<WaitRequest>) => undefined,
  events: (call: StreamCall<EventsRequest>) => {
    for (const n of [1, 2, 3]) call.write({ opt: `container ${n}`, id: 'c', annotations: { n } })
    if (call.request.id === 'fail') call.emit('error', { code: 13, details: 'stream broke' })
    else if (call.request.id !== 'open') call.end()
  },
}

const scratch = mkdtempSync(join(tmpdir(), 'isula-transport-'))
const socket = join(scratch, 'd.sock')
const unix: Address = { _tag: 'Unix', path: socket }
let tcp: Address = unix
const server = new Server()

const bind = (address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    )
  })

test.before(async () => {
  server.addService(ContainerServiceService, handlers)
  await bind(`unix://${socket}`)
  tcp = { _tag: 'Tcp', host: '127.0.0.1', port: await bind('127.0.0.1:0') }
})
test.after(() => {
  server.forceShutdown()
  rmSync(scratch, { recursive: true })
})

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(`failed: ${JSON.stringify(result.left)}`)
  return result.right
}

test('a unary call carries request, reply and request id, over unix and tcp', async () => {
  for (const address of [unix, tcp]) {
    const connection = connectTo(address)
    const reply = await connection.unary(
      calls.stop,
      { id: 'c', timeout: -1 },
      { requestId: `id-${address._tag}` },
    )
    connection.close()
    assert.is(right(reply).id, 'c/-1')
    assert.is(seen.at(-1), `id-${address._tag}`)
  }
})

test('a reply larger than the flow-control window arrives whole', async () => {
  const connection = connectTo(unix)
  const reply = await connection.unary(calls.inspect, { id: 'c' })
  connection.close()
  assert.is(right(reply).ContainerJSON, bigText)
})

test("the daemon's failure text reaches the user with every character", async () => {
  const connection = connectTo(unix)
  const reply = await connection.unary(calls.list, {})
  connection.close()
  assert.ok(E.isLeft(reply))
  assert.is(reply.left.code, 2)
  assert.is(
    failureText(reply.left),
    'Error response from daemon: größer than 100% of it\nsecond line',
  )
})

test('a stream gives each message, then its end or its failure', async () => {
  const connection = connectTo(unix)
  const got: Array<string> = []
  const each = (event: { opt: string }): void => void got.push(event.opt)
  const ended = await connection.stream(calls.events, { id: 'x' }, { each })
  const broken = await connection.stream(calls.events, { id: 'fail' }, { each: () => undefined })
  connection.close()
  assert.ok(E.isRight(ended))
  assert.equal(got, ['container 1', 'container 2', 'container 3'])
  assert.ok(E.isLeft(broken))
  assert.is(broken.left.message, 'stream broke')
})

test('a stream can be given up, and a call has a deadline', async () => {
  const connection = connectTo(unix)
  const control = new AbortController()
  let count = 0
  const each = (): void => {
    count += 1
    if (count === 3) control.abort()
  }
  const given = await connection.stream(
    calls.events,
    { id: 'open' },
    { each, signal: control.signal },
  )
  const late = await connection.unary(calls.wait, { id: 'c' }, { deadlineMs: 60 })
  connection.close()
  assert.ok(E.isLeft(given) && given.left.code === 1)
  assert.ok(E.isLeft(late) && late.left.code === 4)
})

test('no daemon gives the documented text (CLI-GLOBAL-06)', async () => {
  const connection = connectTo({ _tag: 'Unix', path: `${socket}.none` })
  const reply = await connection.unary(calls.rename, { oldname: 'a' })
  connection.close()
  assert.ok(E.isLeft(reply))
  assert.is(failureText(reply.left), cannotConnect)
})

test('a call that the daemon does not know is told apart from no daemon', async () => {
  const connection = connectTo(unix)
  const reply = await connection.unary(calls.rename, { oldname: 'a' })
  connection.close()
  assert.ok(E.isLeft(reply))
  assert.is(reply.left.code, grpcStatus.unimplemented)
})

/** A listener that cuts the first connection after its first bytes, then passes bytes on. */
const cutting = (path: string): NetServer & { cuts: number } => {
  const listener = createServer()
  const counted = Object.assign(listener, { cuts: 0 })
  counted.on('connection', (client) => {
    client.on('error', () => client.destroy())
    if (counted.cuts === 0) {
      client.once('data', () => {
        counted.cuts += 1
        client.destroy()
      })
      return
    }
    server.createConnectionInjector(ServerCredentials.createInsecure()).injectConnection(client)
  })
  counted.listen(path)
  return counted
}

test('a reset connection is tried once more with the same request id', async () => {
  const path = join(scratch, 'cut.sock')
  const listener = cutting(path)
  const connection = connectTo({ _tag: 'Unix', path })
  const reply = await connection.unary(calls.stop, { id: 'r' }, { requestId: 'same-id' })
  connection.close()
  listener.close()
  assert.is(listener.cuts, 1)
  assert.is(right(reply).id, 'r/0')
  assert.is(seen.at(-1), 'same-id')
})

test('addresses: unix paths, tcp, a missing scheme (CLI-GLOBAL-01)', () => {
  assert.equal(parseAddress('unix:///run/x.sock'), E.right({ _tag: 'Unix', path: '/run/x.sock' }))
  for (const text of ['localhost:2375', 'tcp://localhost:2375'])
    assert.equal(parseAddress(text), E.right({ _tag: 'Tcp', host: 'localhost', port: 2375 }))
  assert.equal(parseAddress('tcp://[::1]:99'), E.right({ _tag: 'Tcp', host: '::1', port: 99 }))
  for (const text of ['', 'unix://', 'http://a:1', 'tcp://a', 'a:0', 'a:70000', 'unix://relative'])
    assert.ok(E.isLeft(parseAddress(text)), text)
})

const inBun = `
  import { connectTo } from '${here}/connection.ts'
  import { calls } from '${here}/calls.ts'
  const say = (...xs) => console.log(JSON.stringify(xs))
  for (const address of JSON.parse(process.argv[1])) {
    const c = connectTo(address)
    say('stop', (await c.unary(calls.stop, { id: 'b', timeout: 3 }, { requestId: 'bun' })).right)
    say('big', (await c.unary(calls.inspect, { id: 'b' })).right.ContainerJSON.length)
    say('error', (await c.unary(calls.list, {})).left)
    const got = []
    const ended = await c.stream(calls.events, { id: 'x' }, { each: (e) => got.push(e.opt) })
    say('events', got, ended._tag)
    say('late', (await c.unary(calls.wait, { id: 'c' }, { deadlineMs: 60 })).left.code)
    c.close()
  }
  const none = connectTo({ _tag: 'Unix', path: '/nonexistent.sock' })
  say('none', (await none.unary(calls.list, {})).left.code)
`

/** Asynchronous: the server that answers lives in this process. */
const runBun = (args: ReadonlyArray<string>): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(bun, [...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
    child.on('error', reject)
    child.on('close', () => resolve(text))
  })

if (existsSync(bun))
  test('the same transport works in Bun', async () => {
    const text = await runBun(['-e', inBun, JSON.stringify([unix, tcp])])
    const lines = text.trim().split('\n')
    const once = [
      '["stop",{"id":"b/3","cc":0,"errmsg":""}]',
      `["big",${bigText.length}]`,
      '["error",{"code":2,"message":"größer than 100% of it\\nsecond line","reset":false}]',
      '["events",["container 1","container 2","container 3"],"Right"]',
      '["late",4]',
    ]
    assert.equal(lines, [...once, ...once, '["none",14]'])
  })

test.run()
