/** `isula attach` on real containers: streams, signals, cut lines, slow clients (CLI-ATTACH-*). */
import { equal, is, match, ok } from 'uvu/assert'
import { executables } from '../../harness/daemon.ts'
import { eventually, pause } from '../../harness/processes.ts'
import { run } from '../../harness/run.ts'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula attach')
const { test, ok: isula, isula: call, fails, remove } = cli

const reader =
  'trap "" HUP; while read -r line; do echo "got $line"; test "$line" = end && exit 7; done; ' +
  'echo input is over; sleep 1000'

/** Its stdin stays open, whoever comes and goes. */
const startReader = (name: string, ...flags: ReadonlyArray<string>): Promise<string> =>
  isula('run', '-id', '--name', name, ...flags, 'busybox', 'sh', '-c', reader)

test('CLI-ATTACH-01: input, output and exit code of a running container', async () => {
  await startReader('plain')
  const client = cli.client('attach', 'plain')
  client.type('one\n')
  await client.says('got one')
  client.type('end\n')
  is(await client.ended, 7)
  is(client.stdout, 'got one\ngot end\n')
  is(client.stderr, '')
  await remove('plain')
})

test('the Node form of the client attaches, too', async () => {
  await startReader('noded')
  const { socket, directory } = cli.daemon
  const env = { ISULAD_HOST: `unix://${socket}`, ISULA_RUN_DIR: `${directory}/run` }
  const ran = await run(`${executables.isula}-node`, ['attach', 'noded'], { env, stdin: 'end\n' })
  equal(ran, { code: 7, stdout: 'got end\n', stderr: '' })
  await remove('noded')
})

test('stdout and stderr keep apart, and large output arrives whole', async () => {
  const script = 'read -r go; head -c 3000000 /dev/zero; echo "that was all" >&2; exit 3'
  await isula('run', '-id', '--name', 'large', 'busybox', 'sh', '-c', script)
  const client = cli.client('attach', 'large')
  client.type('go\n')
  is(await client.ended, 3)
  is(client.stdout.length, 3_000_000)
  is(client.stderr, 'that was all\n')
  await remove('large')
})

test('several clients see the same; one that is killed takes nobody along', async () => {
  await startReader('shared')
  const [a, b, c] = [1, 2, 3].map(() => cli.client('attach', 'shared'))
  if (a === undefined || b === undefined || c === undefined) throw new Error('three clients')
  await eventually('all are attached', () => {
    a.type('x\n')
    return [a, b, c].every((client) => client.stdout.includes('got x'))
  })
  a.process.kill('SIGKILL')
  await a.ended
  b.type('from b\n')
  await c.says('got from b')
  c.type('end\n')
  equal(await Promise.all([b.ended, c.ended]), [7, 7])
  await remove('shared')
})

test('CLI-RUN-05: the end of stdin is passed on where a client brought it', async () => {
  const first = cli.client('run', '-i', '--name', 'ends', 'busybox', 'sh')
  first.type('echo ready\n')
  await first.says('ready')
  const ran = await call(['attach', 'ends'], 'echo from attach; exit 5')
  equal(ran, { code: 5, stdout: 'from attach\n', stderr: '' })
  is(await first.ended, 5)
  await remove('ends')
})

test('--no-stdin only looks on', async () => {
  await startReader('watched')
  const client = cli.client('attach', '--no-stdin', 'watched')
  client.type('end\n')
  await pause(300)
  ok(client.isRunning)
  await call(['attach', 'watched'], 'end\n')
  is(await client.ended, 7)
  is(client.stdout, 'got end\n')
  await remove('watched')
})

test('CLI-STATE-06 CLI-STATE-11: only a running container can be attached to', async () => {
  const id = await startReader('states')
  await isula('pause', 'states')
  match(await fails(1, 'attach', 'states'), `Container ${id} is paused, unpause the container`)
  is(await cli.status('states'), 'paused')
  await isula('unpause', 'states')
  await isula('stop', '-t', '0', 'states')
  match(await fails(1, 'attach', 'states'), `Container is not running:${id}`)
  const created = await isula('create', '--name', 'fresh', 'busybox', 'true')
  match(await fails(1, 'attach', 'fresh'), `Container is not running:${created}`)
  match(await fails(1, 'attach', 'nobody'), 'nobody')
  match(await fails(1, 'attach', '--detach-keys', 'ctrl-', 'states'), "Invalid detach keys 'ctrl-'")
  await remove('states', 'fresh')
})

test('signals to the client reach the process, unless --sig-proxy=false', async () => {
  const script = 'trap "echo usr1" USR1; trap "exit 6" INT; while :; do echo up; sleep 0.05; done'
  await isula('run', '-d', '--name', 'signalled', 'busybox', 'sh', '-c', script)
  const alone = cli.client('attach', '--sig-proxy=false', 'signalled')
  await alone.says('up')
  alone.process.kill('SIGINT')
  is(await alone.ended, 130)
  const client = cli.client('attach', 'signalled')
  await client.says('up')
  client.process.kill('SIGUSR1')
  await client.says('usr1')
  client.process.kill('SIGINT')
  is(await client.ended, 6)
  await remove('signalled')
})

test('DOCK-KILL-06: a killed daemon ends the client clearly, not the container', async () => {
  await startReader('stays')
  const client = cli.client('attach', 'stays')
  client.type('one\n')
  await client.says('got one')
  await cli.daemon.kill9()
  is(await client.ended, 1)
  match(client.stderr, 'The connection with the daemon was lost')
  await cli.daemon.start()
  is(await cli.status('stays'), 'running')
  const again = await call(['attach', 'stays'], 'two\nend\n')
  equal(again, { code: 7, stdout: 'got two\ngot end\n', stderr: '' })
  await remove('stays')
})

test('R-55: a client that stands still is cut alone, nobody else waits for it', async () => {
  const script = 'read -r go; head -c 16000000 /dev/zero; echo; read -r end; exit 7'
  await isula('run', '-id', '--name', 'loud', 'busybox', 'sh', '-c', script)
  const stalled = cli.client('attach', 'loud')
  stalled.process.stdout?.pause()
  const reader = cli.client('attach', 'loud')
  await pause(400)
  stalled.process.kill('SIGSTOP')
  const before = Date.now()
  reader.type('go\n')
  await eventually('the reader has all', () => reader.stdout.length >= 16_000_001)
  ok(Date.now() - before < 4_000, 'nobody waited for the one that stands still')
  reader.type('end\n')
  is(await reader.ended, 7)
  stalled.process.stdout?.resume()
  stalled.process.kill('SIGCONT')
  is(await stalled.ended, 1)
  match(stalled.stderr, 'this client stood still for too long')
  await remove('loud')
})

cli.run()
