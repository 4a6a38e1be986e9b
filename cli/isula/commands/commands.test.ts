/** The whole client, as a process in Node and in Bun, against a daemon that this test plays. */
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Server, ServerCredentials, type UntypedHandleCall } from '@grpc/grpc-js'
import * as assert from 'uvu/assert'
import { ContainerServiceService } from '../../../adapters/rpc/wire/containers_server.ts'
import {
  Container,
  ContainerStatus,
  type CreateRequest,
  type ExecRequest,
  type StartRequest,
} from '../../../adapters/rpc/wire/containers.ts'
import { ImagesServiceService } from '../../../adapters/rpc/wire/images_server.ts'
import { EngineServiceService } from '../../../adapters/rpc/wire/isulad_engine_server.ts'
import { suite } from '../../../properties/testing/suite.ts'

const test = suite('isula client')
const here = dirname(fileURLToPath(import.meta.url))
const top = join(here, '../../..')
const main = join(here, '../main.ts')
const bun = join(top, 'node_modules/@oven/bun-linux-x64-baseline/bin/bun')
const tsx = ['--import', join(top, 'node_modules/tsx/dist/loader.mjs')]

interface Engine {
  readonly name: string
  readonly command: ReadonlyArray<string>
}

const node: Engine = { name: 'Node', command: [process.execPath, ...tsx, main] }
/** Bun starts ten times faster, so it runs everything where it is present. */
const fast: Engine = existsSync(bun) ? { name: 'Bun', command: [bun, main] } : node
const engines = fast === node ? [node] : [node, fast]

const scratch = mkdtempSync(join(tmpdir(), 'isula-client-'))
const socket = join(scratch, 'd.sock')
const server = new Server()
const id = '7'.repeat(64)

/** What the daemon was asked, in order. */
let asked: Array<readonly [string, unknown]> = []

interface UnaryCall<Q> {
  readonly request: Q
}
interface StreamCall<Q> extends UnaryCall<Q> {
  write(message: object): boolean
  end(): void
}
interface Reply {
  (error: null, value: object): void
}

/** Encoders want every member; what a message does not have they do not look at. */
const blank = { id: '', cc: 0, errmsg: '', pid: 0, exit_code: 0, exit_status: 0 }

const unary =
  <Q>(name: string, answer: (request: Q, reply: (value: object) => void) => void) =>
  (call: UnaryCall<Q>, reply: Reply): void => {
    asked.push([name, call.request])
    answer(call.request, (value) => reply(null, { ...blank, ...value }))
  }

/** The process of the container or exec, on the client's FIFOs, as a daemon would connect it. */
const launch = (
  argv: ReadonlyArray<string>,
  fifos: { stdin: string; stdout: string; stderr: string },
): Promise<number> => {
  const [program = 'true', ...rest] = argv
  const input = fifos.stdin === '' ? ('ignore' as const) : openSync(fifos.stdin, 'r')
  const [out, err] = [openSync(fifos.stdout, 'w'), openSync(fifos.stderr, 'w')]
  const child = spawn(program, rest, { stdio: [input, out, err] })
  for (const fd of [input, out, err]) if (fd !== 'ignore') closeSync(fd)
  lastPid = child.pid ?? 0
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 137)))
    child.on('error', () => resolve(127))
  })
}

let lastPid = 0
let ended: Promise<number> = Promise.resolve(0)
let command: ReadonlyArray<string> = []

const isArray = (value: unknown): value is ReadonlyArray<string> => Array.isArray(value)

const containers: Record<string, UntypedHandleCall> = {
  create: unary<CreateRequest>('Create', (request, reply) => {
    const parsed: unknown = JSON.parse(request.customconfig)
    const cmd: unknown = Object.entries(parsed ?? {}).find(([key]) => key === 'Cmd')?.[1]
    command = isArray(cmd) ? cmd : []
    if (request.image === 'absent') reply({ cc: 5, errmsg: 'No such image:absent' })
    else reply({ id })
  }),
  start: unary<StartRequest>('Start', (request, reply) => {
    if (command[0] === 'missing')
      return reply({ cc: 5, errmsg: 'Start container error: exec: executable file not found' })
    if (request.stdout !== '') ended = launch(command, request)
    reply({ id })
  }),
  wait: unary('Wait', (_, reply) => void ended.then((exit_code) => reply({ exit_code }))),
  kill: unary<{ id: string; signal: number }>('Kill', (request, reply) => {
    if (request.id === id) process.kill(lastPid, request.signal)
    reply({ id })
  }),
  inspect: unary<{ id: string }>('Inspect', (request, reply) => {
    const json = JSON.stringify({ Id: id, State: { Pid: 5 }, Config: {} })
    if (request.id === 'none')
      reply({ cc: 5, errmsg: 'No such image or container or accelerator:none' })
    else reply({ ContainerJSON: json.replace('5', '9223372036854775807') })
  }),
  exec: unary<ExecRequest>('Exec', (request, reply) => {
    if (request.argv[0] === 'stopped')
      return reply({ cc: 5, errmsg: `Exec container error;Container is not running:${id}` })
    if (request.stdout === '') return reply({})
    void launch(request.argv, request).then((exit_code) => reply({ exit_code }))
  }),
  resize: unary('Resize', (_, reply) => reply({})),
  delete: unary<{ id: string }>('Delete', (request, reply) =>
    request.id === 'bad' ? reply({ cc: 5, errmsg: 'No such container:bad' }) : reply({ id }),
  ),
  stop: unary('Stop', (_, reply) => reply({ id })),
  list: unary('List', (_, reply) => {
    const startat = new Date(Date.now() - 5500).toISOString()
    const status = ContainerStatus.RUNNING
    const one = { id, name: 'web', image: 'busybox', command: 'sh', pid: 9, startat, status }
    reply({ containers: [Container.fromPartial(one)] })
  }),
  logs: (call: StreamCall<object>): void => {
    asked.push(['Logs', call.request])
    const time = '2026-11-21T00:52:12.996818444Z'
    call.write({ data: Buffer.from('a\n'), stream: 'stdout', time, attrs: Buffer.alloc(0) })
    call.write({ data: Buffer.from('b\n'), stream: 'stderr', time, attrs: Buffer.alloc(0) })
    call.end()
  },
}

const images: Record<string, UntypedHandleCall> = {
  inspect: unary('images.Inspect', (_, reply) => reply({ cc: 1, errmsg: 'no such image' })),
  load: unary('images.Load', (_, reply) => reply({})),
}

const envelope = Buffer.from(
  '{"seq":7,"at":1700000000123,"stream":"engine","kind":"EngineStarted","actor":"engine",' +
    '"payload":{"_tag":"EngineStarted","v":1,"build":"x"}}',
)

const engine: Record<string, UntypedHandleCall> = {
  audit: unary('Audit', (_, reply) => reply({ json: '{"records":3}', clean: false })),
  journalEvents: (call: StreamCall<object>): void => {
    asked.push(['JournalEvents', call.request])
    call.write({ seq: 7, envelope, hash: Buffer.alloc(0) })
    call.end()
  },
}

test.before(
  () =>
    new Promise<void>((resolve, reject) => {
      server.addService(ContainerServiceService, containers)
      server.addService(ImagesServiceService, images)
      server.addService(EngineServiceService, engine)
      const insecure = ServerCredentials.createInsecure()
      server.bindAsync(`unix://${socket}`, insecure, (error) =>
        error === null ? resolve() : reject(error),
      )
    }),
)
test.after(() => {
  server.forceShutdown()
  rmSync(scratch, { recursive: true })
})

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

interface RunOptions {
  readonly on?: Engine
  readonly input?: string
  /** Called at the first output. */
  readonly atOutput?: (pid: number) => void
}

const isula = (args: ReadonlyArray<string>, options: RunOptions = {}): Promise<Ran> => {
  asked = []
  const [program = '', ...words] = (options.on ?? fast).command
  const env = { ...process.env, ISULAD_HOST: `unix://${socket}`, ISULA_RUN_DIR: scratch }
  const child = spawn(program, [...words, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    if (out === '') options.atOutput?.(child.pid ?? 0)
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  child.stdin.end(options.input ?? '')
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}

const names = (): ReadonlyArray<string> => asked.map(([name]) => name)

for (const on of engines) {
  test(`${on.name}: run -i passes stdin and its end on (CLI-RUN-05)`, async () => {
    const input = 'one\ntwo\n'
    const ran = await isula(['run', '-i', 'busybox', 'cat'], { on, input })
    assert.equal(ran, { code: 0, out: input, err: '' })
    assert.equal(names(), ['Create', 'Start', 'Wait'])
    assert.not.ok(existsSync(join(scratch, 'isula', id)), 'FIFOs are left')
  })

  test(`${on.name}: run gives both streams and the container's exit code`, async () => {
    const script = 'echo out; echo err >&2; exit 7'
    const ran = await isula(['run', '--rm', 'busybox', 'sh', '-c', script], { on })
    assert.equal(ran, { code: 7, out: 'out\n', err: 'err\n' })
    assert.equal(asked.at(-1), ['Wait', { id, condition: 1 }])
  })

  test(`${on.name}: exec passes stdin and gives the command's exit code`, async () => {
    const args = ['exec', '-i', 'web', 'sh', '-c', 'cat; exit 9']
    const ran = await isula(args, { on, input: 'x'.repeat(200_000) })
    assert.equal([ran.code, ran.out.length, ran.err], [9, 200_000, ''])
    assert.equal(names(), ['Inspect', 'Exec'])
  })

  test(`${on.name}: a signal reaches the container of a foreground run`, async () => {
    const script = 'trap "echo caught; exit 3" INT; echo ready; while :; do sleep 0.05; done'
    const ran = await isula(['run', 'busybox', 'sh', '-c', script], {
      on,
      atOutput: (pid) => void process.kill(pid, 'SIGINT'),
    })
    assert.equal(ran, { code: 3, out: 'ready\ncaught\n', err: '' })
  })

  test(`${on.name}: output that a background process holds open ends after the drain`, async () => {
    const ran = await isula(['exec', 'web', 'sh', '-c', 'sleep 3 & echo done'], { on })
    assert.equal(ran, { code: 0, out: 'done\n', err: '' })
  })
}

test('no large output is lost or reordered', async () => {
  const ran = await isula(['run', 'busybox', 'seq', '1', '200000'])
  const expected = Array.from({ length: 200_000 }, (_, n) => `${n + 1}\n`).join('')
  assert.ok(ran.out === expected)
})

test('run -d prints the id between Create and Start', async () => {
  const ran = await isula(['run', '-itd', 'busybox'])
  assert.equal(ran, { code: 0, out: `${id}\n`, err: '' })
  assert.equal(names(), ['Create', 'Start'])
})

test('run -d shows the id also when the start fails (CLI-ERR-06)', async () => {
  const text =
    'Error response from daemon: Start container error: exec: executable file not found\n'
  const detached = await isula(['run', '-d', 'busybox', 'missing'])
  assert.equal(detached, { code: 127, out: `${id}\n`, err: text })
  const foreground = await isula(['run', 'busybox', 'missing'])
  assert.equal(foreground, { code: 127, out: '', err: text })
})

test.needs(
  ['program:script'],
  'exec without flags on a terminal is -it (CLI-EXEC-05)',
  async () => {
    const line = [...fast.command, 'exec', 'web', 'cat'].map((word) => `'${word}'`).join(' ')
    asked = []
    const child = spawn('script', ['-qec', `stty rows 33 cols 77; ${line}`, '/dev/null'], {
      env: { ...process.env, ISULAD_HOST: `unix://${socket}`, ISULA_RUN_DIR: scratch },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    const resized = async (): Promise<void> => {
      while (!names().includes('Resize')) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await resized()
    // In raw mode the terminal neither echoes nor turns ^C into a signal.
    child.stdin.write('typed\x03')
    while (!out.includes('typed\x03')) await sleep(20)
    process.kill(lastPid, 'SIGINT')
    const code = await new Promise((resolve) => child.on('close', resolve))
    assert.equal([code, out], [130, 'typed\x03'])
    const request = asked.find(([name]) => name === 'Exec')?.[1]
    assert.match(JSON.stringify(request), '"tty":true,"open_stdin":true,"attach_stdin":true')
    assert.match(
      JSON.stringify(asked.find(([name]) => name === 'Resize')),
      '"height":33,"width":77',
    )
  },
)

test("a create that fails ends with 125 and the daemon's words (CLI-ERR-01)", async () => {
  const ran = await isula(['run', 'absent'])
  assert.equal([ran.code, ran.err], [125, 'Error response from daemon: No such image:absent\n'])
})

test('a container that is not running cannot exec (CLI-ERR-02)', async () => {
  const ran = await isula(['exec', 'web', 'stopped'])
  const err = `Error response from daemon: Exec container error;Container is not running:${id}\n`
  assert.equal(ran, { code: 1, out: '', err })
})

test('exec -d attaches no stream', async () => {
  assert.is((await isula(['exec', '-d', 'web', 'x'])).code, 0)
  assert.match(JSON.stringify(asked[1]), '"attach_stdout":false')
})

test('of several containers each is handled after a failure too (CLI-EXIT-04)', async () => {
  const ran = await isula(['rm', 'a', 'bad', 'b'])
  const err = 'Error response from daemon: No such container:bad\n'
  assert.equal(ran, { code: 1, out: `${id}\n${id}\n`, err })
  assert.equal(await isula(['stop', '-t', '0', 'a', 'b']), { code: 0, out: 'a\nb\n', err: '' })
  assert.equal(asked[0], ['Stop', { id: 'a', force: false, timeout: 0 }])
})

test('kill sends the number of a named signal, 9 by default (CLI-KILL-01)', async () => {
  const signals = [
    [[], 9],
    [['-s', 'TERM'], 15],
    [['--signal=sigusr1'], 10],
    [['-s', '2'], 2],
  ] as const
  for (const [flags, signal] of signals) {
    assert.equal(await isula(['kill', ...flags, 'c']), { code: 0, out: 'c\n', err: '' })
    assert.equal(asked, [['Kill', { id: 'c', signal }]])
  }
  const ran = await isula(['kill', '-s', 'nonsense', 'c'])
  assert.equal([ran.code, names()], [125, []])
})

test('inspect prints an array with indent 4 and keeps every digit (CLI-INSPECT-01)', async () => {
  const ran = await isula(['inspect', 'web'])
  assert.is(ran.code, 0)
  assert.match(ran.out, /^\[\n {4}\{\n {8}"Id": "7{64}",\n/)
  assert.match(ran.out, '"Pid": 9223372036854775807')
  assert.equal(asked[0], ['Inspect', { id: 'web', bformat: false, timeout: 120 }])
  const picked = await isula(['inspect', '-f', '{{json .State}} {{.State.Pid}}', 'web'])
  assert.is(picked.out, '{"Pid":9223372036854775807}\n9223372036854775807\n')
})

test('inspect of a name that neither service knows', async () => {
  const ran = await isula(['inspect', 'none'])
  assert.equal(ran, { code: 1, out: '', err: 'Inspect error: No such object:none\n' })
  assert.equal(names(), ['Inspect', 'images.Inspect'])
})

test('ps -q prints full ids, an unknown field is refused', async () => {
  assert.equal(await isula(['ps', '-q']), { code: 0, out: `${id}\n`, err: '' })
  const manual = await isula(['ps', '--format', 'manual'])
  assert.match(manual.out, /^ID +\tIMAGE +\tSTATUS +\tPID/)
  const wrong = await isula(['ps', '--format', '{{.Nope}}'])
  assert.equal(wrong, { code: 1, out: '', err: '--format not support the field: Nope\n' })
})

test('logs keep their streams apart', async () => {
  assert.equal(await isula(['logs', '--tail', '2', 'c']), { code: 0, out: 'a\n', err: 'b\n' })
  const stamped = await isula(['logs', '-t', 'c'])
  assert.is(stamped.out, '2026-11-21T00:52:12.996818444Z a\n')
})

test('load names the absolute path (IMG-LOAD-03)', async () => {
  const ran = await isula(['load', '-i', 'x.tar'])
  assert.is(ran.out, `Load image from "${join(process.cwd(), 'x.tar')}" success\n`)
  assert.is((await isula(['load'])).code, 1)
})

test('events --since with a sequence number reads the journal', async () => {
  const ran = await isula(['events', '--since', '3'])
  assert.match(ran.out, /^7 2023-11-1\d.*\.123000000.* EngineStarted engine \(by=engine, build=x\)/)
  assert.equal(asked[0], ['JournalEvents', { from_seq: 3, follow: true, stream: '' }])
})

test('audit verify tells findings by its exit code', async () => {
  const ran = await isula(['audit', 'verify'])
  assert.equal(ran, { code: 1, out: '{\n    "records": 3\n}\n', err: '' })
  assert.is((await isula(['audit', 'other'])).code, 1)
})

test('a call that the daemon lacks says so', async () => {
  const ran = await isula(['explain', 'c'])
  assert.is(ran.code, 1)
  assert.match(ran.err, /^Error response from daemon: .*not implement/i)
})

test('version without a daemon: the client block, then the text (CLI-SC-27)', async () => {
  const ran = await isula(['version', '-H', 'unix:///nonexistent.sock'])
  assert.is(ran.code, 1)
  assert.match(ran.out, /^Client:\n {2}Version:\t/)
  assert.is(ran.err, 'Can not connect with server.Is the iSulad daemon running on the host?\n')
})

test.run()
