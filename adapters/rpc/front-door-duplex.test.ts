/** Attach, RemoteStart and RemoteExec as upstream's clients speak them (spec 22 sections 2, 3). */
import { credentials, makeGenericClientConstructor, Metadata, type Client } from '@grpc/grpc-js'
import * as assert from 'uvu/assert'
import { Engine } from '../../journal/engine/engine.ts'
import { eventOfEnvelope } from '../../journal/engine/feed.ts'
import { decodeEnvelope } from '../../journal/record/envelope-codec.ts'
import { memoryJournal } from '../../journal/store/memory-store.ts'
import { suite } from '../../properties/testing/suite.ts'
import { create, doorsOf, execOf, load, start, type Door } from './testing/door-with-engine.ts'
import type { OutputMessage } from './stdio/call-session.ts'
import { ContainerServiceService as containers } from './wire/containers_server.ts'

const test = suite('front door duplex calls')
const withDoor = doorsOf({
  open: (parts) => Engine.open(parts),
  memoryJournal,
  codec: { envelope: decodeEnvelope, event: eventOfEnvelope },
})

const withClient = (body: (door: Door, client: Client) => Promise<void>): Promise<void> =>
  withDoor(async (door) => {
    await load(door)
    const Generic = makeGenericClientConstructor({}, 'any')
    const client = new Generic(`unix://${door.socketPath}`, credentials.createInsecure())
    try {
      await body(door, client)
    } finally {
      client.close()
    }
  })

interface Method<Q> {
  readonly path: string
  readonly requestSerialize: (value: Q) => Buffer
  readonly responseDeserialize: (value: Buffer) => OutputMessage
}

interface Told {
  readonly text: string
  readonly finished: boolean
  readonly trailers: Readonly<Record<string, unknown>>
}

interface Asked<Q> {
  readonly method: Method<Q>
  readonly metadata: Readonly<Record<string, string>>
  readonly messages: ReadonlyArray<Q>
}

/** Sends everything at once, as a piped stdin does; resolves with all that the server said. */
const ask = <Q>(client: Client, { method, metadata, messages }: Asked<Q>): Promise<Told> =>
  new Promise((resolve, reject) => {
    const headers = new Metadata()
    for (const [name, value] of Object.entries(metadata)) headers.set(name, value)
    const { path, requestSerialize, responseDeserialize } = method
    const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, headers)
    const said = { text: '', finished: false }
    call.on('data', ({ stdout, stderr, finish }: OutputMessage) => {
      said.text += `${stdout.toString()}${stderr.length > 0 ? `!${stderr.toString()}` : ''}`
      if (finish) said.finished = true
    })
    call.on('error', reject)
    call.on('status', (status: { metadata: Metadata }) =>
      resolve({ ...said, trailers: status.metadata.getMap() }),
    )
    for (const message of messages) call.write(message)
  })

const all = (id: string) => ({
  'container-id': id,
  'attach-stdin': 'true',
  'attach-stdout': 'true',
  'attach-stderr': 'true',
})

/** One byte per message, then the end of the input, as upstream's client sends it. */
const typed = (text: string) => [
  ...Array.from(Buffer.from(text), (byte) => ({ stdin: Buffer.of(byte), finish: false })),
  { stdin: Buffer.alloc(0), finish: true },
]

const picked = ({ cc, exit_code, errmsg }: Told['trailers']) => ({ cc, exit_code, errmsg })
const well = { cc: '0', exit_code: undefined, errmsg: undefined }

test('attach: input and its end go in, output comes out, then finish and cc 0', () =>
  withClient(async (door, client) => {
    const { id } = await create(door, { name: 'echoing', cmd: ['cat'] })
    await start(door, id)
    const told = await ask(client, {
      method: containers.attach,
      metadata: all('echoing'),
      messages: typed('typed text'),
    })
    assert.is(told.text, 'typed text')
    assert.ok(told.finished)
    assert.equal(picked(told.trailers), well)
  }))

test('attach: what cannot be attached to is refused in the trailing metadata', () =>
  withClient(async (door, client) => {
    const { id } = await create(door, { name: 'stopped' })
    const refused = async (metadata: Readonly<Record<string, string>>) => {
      const told = await ask(client, { method: containers.attach, metadata, messages: [] })
      assert.is(told.trailers['cc'], '5')
      return told.trailers['errmsg']
    }
    const stopped = `Attach container error;Container is not running:${id}`
    assert.is(await refused(all('stopped')), stopped)
    assert.is(await refused(all('nobody')), 'No such container:nobody')
    assert.is(await refused({}), "No metadata 'container-id' received")
    assert.match(String(await refused({ 'container-id': id })), 'attach-stdin')
    const half = { ...all(id), 'attach-stderr': 'false' }
    assert.match(String(await refused(half)), 'together or not at all')
  }))

test('remote start: the container starts with the streams of the call', () =>
  withClient(async (door, client) => {
    const { id } = await create(door, { cmd: ['cat'] })
    const method = containers.remoteStart
    const told = await ask(client, { method, metadata: all(id), messages: typed('hello') })
    assert.is(told.text, 'hello')
    assert.ok(told.finished)
    assert.equal(picked(told.trailers), well)
    assert.is((await door.call(containers.wait, { id, condition: 0 })).exit_code, 0)
    const none = await ask(client, { method, metadata: all('nobody'), messages: [] })
    assert.is(none.trailers['errmsg'], 'No such container:nobody')
  }))

test('remote start of a program that is missing says why', () =>
  withClient(async (door, client) => {
    const { id } = await create(door, { cmd: ['no-such-program'] })
    const method = containers.remoteStart
    const told = await ask(client, { method, metadata: all(id), messages: [] })
    assert.is(told.trailers['cc'], '5')
    assert.match(String(told.trailers['errmsg']), 'no such file or directory')
  }))

const execDocument = (id: string, argv: string[]) => ({
  'isulad-remote-exec': JSON.stringify({
    ...execOf(id, argv),
    attach_stdin: true,
    attach_stdout: true,
    attach_stderr: true,
  }),
})

test('remote exec: streams on the call, the exit code in the trailing metadata', () =>
  withClient(async (door, client) => {
    const { id } = await create(door, {})
    await start(door, id)
    const method = containers.remoteExec
    const echoed = await ask(client, {
      method,
      metadata: execDocument(id, ['cat']),
      messages: [
        { cmd: [Buffer.from('over '), Buffer.from('there')], finish: false },
        { cmd: [], finish: true },
      ],
    })
    assert.is(echoed.text, 'over there')
    assert.ok(echoed.finished)
    assert.equal(picked(echoed.trailers), { ...well, exit_code: '0' })
    const failing = await ask(client, {
      method,
      metadata: execDocument(id, ['exit', '7']),
      messages: [],
    })
    assert.equal(picked(failing.trailers), { ...well, exit_code: '7' })
  }))

test('remote exec: a request that cannot be read is refused, other letters survive', () =>
  withClient(async (_, client) => {
    const refused = async (metadata: Readonly<Record<string, string>>) => {
      const told = await ask(client, { method: containers.remoteExec, metadata, messages: [] })
      assert.equal([told.trailers['cc'], told.trailers['exit_code']], ['5', '1'])
      return told.trailers['errmsg']
    }
    assert.is(await refused({}), "No metadata 'isulad-remote-exec' received")
    const broken = { 'isulad-remote-exec': '{' }
    assert.is(await refused(broken), 'Invalid remote exec container json: {')
    const odd = { 'isulad-remote-exec': '{"container_id":"gr\\u00f6\\u00dfe","argv":["a"]}' }
    const text = String(await refused(odd))
    assert.match(text, /^"[ -~]*"$/)
    assert.is(JSON.parse(text), 'No such container:größe')
  }))

test('a client that breaks off leaves the container and the daemon as they are', () =>
  withClient(async (door, client) => {
    const { id } = await create(door, { name: 'kept' })
    await start(door, id)
    const { path, requestSerialize, responseDeserialize } = containers.attach
    const metadata = new Metadata()
    for (const [name, value] of Object.entries(all(id))) metadata.set(name, value)
    const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata)
    const ended = new Promise((resolve) => call.on('error', resolve))
    call.write({ stdin: Buffer.from('half a'), finish: false })
    setTimeout(() => call.cancel(), 50)
    await ended
    const { containers: shown } = await door.call(containers.list, { all: false, filters: {} })
    assert.is(shown.length, 1)
  }))

test.run()
