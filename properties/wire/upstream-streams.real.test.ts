/** Requests as upstream's client writes them, byte by byte: FIFOs, streams, metadata, files. */
import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdirSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { equal, is, match, ok } from 'uvu/assert'
import { eventually } from '../harness/processes.ts'
import { CliFile } from '../real/cli/cli-file.ts'
import { bytes, flag, messagesOf, number, numberOf, shown, text, textOf } from './protobuf.ts'
import { grpcFrame } from './upstream-client.ts'
import { message, none, sleeping, succeeded, UpstreamDoor, verdict } from './upstream-door.ts'

const cli = new CliFile('upstream streams')
const { test } = cli
const door = new UpstreamDoor(cli)
const { call, reply, create, remove } = door

/** The client's three FIFOs, named and made as upstream's client does. */
const fifos = (id: string, kind: string): ReadonlyArray<string> => {
  const folder = `${cli.daemon.directory}/run/isula/${id}/${kind}-4711-140000000`
  mkdirSync(folder, { recursive: true, mode: 0o770 })
  const paths = ['in', 'out', 'err'].map((name) => `${folder}/${name}`)
  for (const path of paths) execFileSync('mkfifo', ['-m', '600', path])
  return paths
}

interface Reader {
  /** All that has come until now. */
  readonly text: () => string
  readonly close: () => void
}

/** Opened before the call and without waiting, as upstream's client does. */
const reader = (path: string): Reader => {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const chunk = Buffer.alloc(4_096)
  let kept = ''
  const more = (): number => {
    try {
      return readSync(fd, chunk)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0
      throw error
    }
  }
  return {
    text: () => {
      for (let count = more(); count > 0; count = more()) kept += chunk.toString('utf8', 0, count)
      return kept
    },
    close: () => closeSync(fd),
  }
}

test("spec 22 section 5: Exec on the client's FIFOs answers at its end", async () => {
  const suffix = 'a1'.repeat(32)
  const id = await create('busy', sleeping)
  await reply('Start', text(1, id))
  const [stdin = '', stdout = '', stderr = ''] = fifos(id, 'exec')
  const [out, err] = [reader(stdout), reader(stderr)]
  const got = await reply(
    'Exec',
    ...[text(1, id), flag(5), flag(6), text(7, stdin), text(8, stdout), text(9, stderr)],
    ...['sh', '-c', 'echo out; echo err >&2; exit 7'].map((word) => text(10, word)),
    ...[text(11, 'A=B'), text(13, suffix)],
  )
  equal([numberOf(got, 2), ...verdict(got, 3)], [7, ...succeeded])
  await eventually('both streams are whole', () => out.text() + err.text() === 'out\nerr\n')
  for (const one of [out, err]) one.close()
  const detached = await reply('Exec', text(1, id), text(10, 'true'), text(13, 'b2'.repeat(32)))
  equal(verdict(detached, 3), succeeded)
  const stopped = await create('quiet', sleeping)
  const refused = await reply('Exec', text(1, stopped), text(10, 'true'), text(13, 'c3'.repeat(32)))
  equal(verdict(refused, 3), [5, `Exec container error;Container is not running:${stopped}`])
  await remove('quiet')
})

test('spec 22 section 6: a foreground run is Create, Start with FIFOs, Wait', async () => {
  const custom =
    '{"AttachStdout":true,"AttachStderr":true,' +
    '"Cmd":["sh","-c","echo hello; exit 3"],"Annotations":{}}'
  const id = await create('front', custom)
  const [stdin = '', stdout = '', stderr = ''] = fifos(id, 'start')
  const [out, err] = [reader(stdout), reader(stderr)]
  const started = await reply(
    'Start',
    ...[text(1, id), text(2, stdin), text(4, stdout), flag(5), text(6, stderr), flag(7)],
  )
  equal(verdict(started, 2), succeeded)
  is(numberOf(await reply('Wait', text(1, id)), 2), 3)
  await eventually('the output is whole', () => out.text() === 'hello\n')
  for (const one of [out, err]) one.close()
})

test('spec 22 section 3: Logs is one message a line, with stream and time', async () => {
  const got = await call('Logs', message(text(1, 'front'), number(7, -1n)))
  is(got.status, 0)
  equal(
    got.messages.map((one) => [textOf(one, 1), textOf(one, 2)]),
    [['hello\n', 'stdout']],
  )
  match(textOf(got.messages[0] ?? none, 3), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z$/)
  equal((await call('Logs', message(text(1, 'front')))).messages.length, 0)
  const missing = await call('Logs', text(1, 'nobody'))
  ok([2, 13].includes(missing.status), String(missing.status))
  match(missing.details, 'No such container:nobody')
})

test('spec 22 section 8: Events with an until in the past ends', async () => {
  const until = bytes(2, number(1, Math.floor(Date.now() / 1000) + 1))
  const got = await call('Events', message(until, text(4, 'front')), { ms: 15_000 })
  is(got.status, 0)
  const words = got.messages.map((one) => textOf(one, 2))
  for (const word of ['container create', 'container start', 'container die'])
    ok(words.includes(word), `${word} in ${words.join(', ')}`)
  ok(got.messages.every((one) => /^[0-9a-f]{64}$/.test(textOf(one, 3))))
  match(got.messages.map(shown).join('\n'), 'busybox')
  await remove('front')
})

test('spec 22 section 3: RemoteExec and Attach ask and end in metadata', async () => {
  const id = textOf(messagesOf(await reply('List'), 1)[0] ?? none, 1)
  const request = JSON.stringify({
    container_id: id,
    suffix: 'd4'.repeat(32),
    attach_stdin: true,
    attach_stdout: true,
    attach_stderr: true,
    argv: ['sh', '-c', 'cat; exit 4'],
  })
  const options = { metadata: { 'isulad-remote-exec': request } }
  const exec = door.client.open('/containers.ContainerService/RemoteExec', options)
  // Standard input comes one byte a message.
  for (const letter of 'hi\n') exec.stream.write(grpcFrame(bytes(1, Buffer.from(letter))))
  exec.stream.write(grpcFrame(flag(2)))
  const got = await exec.ended
  is(got.status, 0)
  equal([got.trailers['cc'], got.trailers['exit_code']], ['0', '4'])
  is(got.messages.map((one) => textOf(one, 1)).join(''), 'hi\n')
  is(numberOf(got.messages.at(-1) ?? none, 3), 1)
  const attach = door.client.open('/containers.ContainerService/Attach', {
    metadata: {
      'container-id': 'nobody',
      'attach-stdin': 'false',
      'attach-stdout': 'true',
      'attach-stderr': 'true',
    },
  })
  const refused = await attach.ended
  is(refused.status, 0)
  // Without any message, trailing metadata may come in the one block of headers there is.
  const ending = { ...refused.headers, ...refused.trailers }
  is(ending['cc'], '5')
  match(ending['errmsg'] ?? '', 'No such container:nobody')
})

test('spec 22 section 3: RemoteStart gives the streams of a new process on the call', async () => {
  const custom =
    '{"OpenStdin":true,"AttachStdin":true,"Cmd":["sh","-c","cat; exit 6"],"Annotations":{}}'
  const id = await create('remote', custom)
  const { stream, ended } = door.client.open('/containers.ContainerService/RemoteStart', {
    metadata: {
      'container-id': id,
      'attach-stdin': 'true',
      'attach-stdout': 'true',
      'attach-stderr': 'true',
    },
  })
  for (const letter of 'hi\n') stream.write(grpcFrame(bytes(1, Buffer.from(letter))))
  stream.write(grpcFrame(flag(2)))
  const got = await ended
  equal([got.status, got.trailers['cc']], [0, '0'])
  is(got.messages.map((one) => textOf(one, 1)).join(''), 'hi\n')
  is(numberOf(await reply('Wait', text(1, id)), 2), 6)
  await remove('remote')
})

test('spec 22 section 3: Export writes to the path of the client', async () => {
  const file = `${cli.daemon.directory}/exported.tar`
  equal(verdict(await reply('Export', text(1, 'busy'), text(2, file)), 2), succeeded)
  match(execFileSync('tar', ['-tf', file], { encoding: 'utf8' }), 'bin/busybox')
})

test('spec 22 section 3: cp out begins with the path stat as metadata', async () => {
  const options = { ms: 5_000 }
  const got = await call(
    'CopyFromContainer',
    message(text(1, 'busy'), text(3, '/etc/hostname')),
    options,
  )
  is(got.status, 0, got.details)
  const stat: unknown = JSON.parse(got.headers['isulad-container-path-stat'] ?? '')
  match(JSON.stringify(stat), /"Name":"hostname"/)
  is(got.messages[0]?.length, 0)
  ok(got.messages.every((one) => (messagesOf(one, 1)[0]?.length ?? 0) <= 32 * 1024))
  const tar = Buffer.concat(got.messages.flatMap((one) => messagesOf(one, 1)))
  const listed = execFileSync('tar', ['-t'], { input: tar, encoding: 'utf8' })
  is(listed, 'hostname\n')
})

test('spec 22 section 3: cp into a container ends at the first empty message', async () => {
  const [folder, file] = [`${cli.daemon.directory}/copied`, 'note']
  mkdirSync(folder)
  writeFileSync(`${folder}/${file}`, 'copied\n')
  const tar = execFileSync('tar', ['-C', folder, '-c', file])
  const copy = {
    id: 'busy',
    runtime: '',
    srcPath: `${folder}/${file}`,
    srcIsdir: false,
    srcRebaseName: '',
    dstPath: '/tmp',
  }
  const { stream, ended } = door.client.open('/containers.ContainerService/CopyToContainer', {
    metadata: { 'isulad-copy-to-container': JSON.stringify(copy) },
  })
  stream.write(grpcFrame(bytes(1, tar)))
  stream.write(grpcFrame(none))
  const got = await ended
  is(got.status, 0, got.details)
  is(numberOf(got.messages.at(-1) ?? none, 1), 1)
  is(await cli.ok('exec', 'busy', 'cat', '/tmp/note'), 'copied')
  await remove('busy')
  door.close()
  // The client made its FIFOs, and takes them away.
  rmSync(`${cli.daemon.directory}/run`, { recursive: true, force: true })
})

cli.run()
