/** Calls with messages both ways, against a grpc-js server, in Node and, where present, in Bun. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Metadata, Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { ContainerServiceService } from '../../../adapters/rpc/wire/containers_server.ts'
import type { AttachRequest, AttachResponse } from '../../../adapters/rpc/wire/containers.ts'
import { suite } from '../../../properties/testing/suite.ts'
import { calls } from './calls.ts'
import { connectTo, type Trailers } from './connection.ts'
import { streamResult } from './stream-result.ts'

const test = suite('isula duplex calls')
const here = dirname(fileURLToPath(import.meta.url))
const bun = join(here, '../../../node_modules/@oven/bun-linux-x64-baseline/bin/bun')
const scratch = mkdtempSync(join(tmpdir(), 'isula-duplex-'))
const path = join(scratch, 'd.sock')
const server = new Server()
const nothing = Buffer.alloc(0)

const trailers = (values: Trailers): Metadata => {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(values)) metadata.set(name, value)
  return metadata
}

/** Echoes; at the end of the input it tells whom it served. */
const attach = (call: ServerDuplexStream<AttachRequest, AttachResponse>): void => {
  const name = String(call.metadata.get('container-id')[0])
  if (name === 'refused') return call.end(trailers({ cc: '5', errmsg: 'not now' }))
  if (name === 'broken') return void call.emit('error', { code: 13, details: 'broke' })
  if (name === 'large')
    for (let n = 0; n < 100; n += 1)
      call.write({ stdout: Buffer.alloc(30_000, 'x'), stderr: nothing, finish: false })
  call.on('data', (message: AttachRequest) => {
    if (!message.finish)
      return void call.write({ stdout: message.stdin, stderr: nothing, finish: false })
    call.write({ stdout: nothing, stderr: Buffer.from(name), finish: true })
    call.end(trailers({ cc: '0' }))
  })
}

test.before(async () => {
  server.addService(ContainerServiceService, { attach })
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(`unix://${path}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    ),
  )
})
test.after(() => {
  server.forceShutdown()
  rmSync(scratch, { recursive: true })
})

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(`failed: ${JSON.stringify(result.left)}`)
  return result.right
}

const talk = async (name: string, ...words: ReadonlyArray<string>) => {
  const connection = connectTo({ _tag: 'Unix', path })
  const got = { out: '', err: '' }
  const call = right(
    await connection.duplex(calls.attach, {
      metadata: { 'container-id': name },
      each: async ({ stdout, stderr }) => {
        await new Promise((resolve) => setImmediate(resolve))
        got.out += stdout.toString()
        got.err += stderr.toString()
      },
    }),
  )
  for (const word of words) await call.send({ stdin: Buffer.from(word) })
  await call.send({ finish: true })
  const ended = await call.ended
  const after = await call.send({ stdin: Buffer.from('late') })
  connection.close()
  return { ...got, ended, after }
}

test('messages go both ways, the result comes in the trailing metadata', async () => {
  const { out, err, ended, after } = await talk('a', 'one ', 'two')
  assert.equal([out, err, after], ['one two', 'a', false])
  assert.equal(streamResult(ended), E.right(0))
})

test('much output arrives whole, handled in order by a slow reader', async () => {
  const { out, err, ended } = await talk('large', 'y'.repeat(200_000))
  assert.is(out, `${'x'.repeat(3_000_000)}${'y'.repeat(200_000)}`)
  assert.is(err, 'large')
  assert.ok(E.isRight(ended))
})

test('a refusal and a failed call are told apart', async () => {
  const refused = streamResult((await talk('refused')).ended)
  assert.equal(refused, E.left('Error response from daemon: not now'))
  const broken = (await talk('broken')).ended
  assert.ok(E.isLeft(broken) && broken.left.code === 13)
  assert.equal(streamResult(broken), E.left('Error response from daemon: broke'))
})

test('texts that no header can hold come as a JSON string', () => {
  const told = (errmsg: string) => streamResult(E.right({ cc: '5', errmsg }))
  const line = (text: string) => E.left(`Error response from daemon: ${text}`)
  assert.equal(told('"gr\\u00f6\\u00dfe\\n"'), line('größe\n'))
  assert.equal(told('"quoted" but no JSON'), line('"quoted" but no JSON'))
  assert.equal(streamResult(E.right({ cc: '4' })), line('error 4'))
  assert.equal(streamResult(E.right({ cc: '0', exit_code: '7' })), E.right(7))
})

test('a cut line ends the call as unavailable, a cancelled one at once', async () => {
  const middle = join(scratch, 'middle.sock')
  const proxy = createServer((client) => {
    const daemon = createConnection(path)
    client.pipe(daemon).pipe(client)
    client.on('close', () => daemon.destroy())
    client.on('error', () => daemon.destroy())
    daemon.on('error', () => client.destroy())
    setTimeout(() => client.destroy(), 150)
  })
  await new Promise<void>((resolve) => proxy.listen(middle, resolve))
  const options = { metadata: { 'container-id': 'a' }, each: () => undefined }
  const through = connectTo({ _tag: 'Unix', path: middle })
  const cut = await right(await through.duplex(calls.attach, options)).ended
  assert.ok(E.isLeft(cut) && cut.left.code === 14)
  proxy.close()
  through.close()
  const direct = connectTo({ _tag: 'Unix', path })
  const call = right(await direct.duplex(calls.attach, options))
  call.cancel()
  const cancelled = await call.ended
  assert.ok(E.isLeft(cancelled) && cancelled.left.code === 1)
  direct.close()
  const none = connectTo({ _tag: 'Unix', path: `${path}.none` })
  assert.ok(E.isLeft(await none.duplex(calls.attach, options)))
  none.close()
})

const inBun = `
  import { connectTo } from '${here}/connection.ts'
  import { calls } from '${here}/calls.ts'
  const c = connectTo({ _tag: 'Unix', path: process.argv[1] })
  for (const name of ['b', 'large', 'refused']) {
    let [out, err] = [0, '']
    const each = (m) => { out += m.stdout.length; err += m.stderr }
    const opened = await c.duplex(calls.attach, { metadata: { 'container-id': name }, each })
    const call = opened.right
    await call.send({ stdin: Buffer.from('12345') })
    await call.send({ finish: true })
    const ended = await call.ended
    console.log(JSON.stringify([name, out, err, ended.right?.cc, ended.right?.errmsg ?? '']))
  }
  c.close()
`

if (existsSync(bun))
  test('the same in Bun', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const child = spawn(bun, ['-e', inBun, path], { stdio: ['ignore', 'pipe', 'pipe'] })
      let said = ''
      child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
      child.on('error', reject)
      child.on('close', () => resolve(said))
    })
    assert.equal(text.trim().split('\n'), [
      '["b",5,"b","0",""]',
      '["large",3000005,"large","0",""]',
      '["refused",0,"","5","not now"]',
    ])
  })

test.run()
