/** The streams, signals and exit codes of `isula run`, on real containers. */
import { equal, is, match, ok } from 'uvu/assert'
import { CliFile } from './cli-file.ts'
import { eventually, pause } from '../../harness/processes.ts'

const cli = new CliFile('isula run', {}, ['program:script'])
const { test, ok: isula, isula: call, fails, sh, remove } = cli

test(
  'CLI-RUN-04 CLI-EXIT-03: stdout, stderr and the exit code are those of the ' + 'process',
  async () => {
    const ran = await call(['run', '--rm', 'busybox', 'sh', '-c', 'echo out; echo err >&2; exit 7'])
    equal(ran, { code: 7, stdout: 'out\n', stderr: 'err\n' })
  },
)

test('CLI-EXIT-02: a process that a signal ends gives 128 and the signal', async () => {
  is((await call(['run', '--rm', 'busybox', 'sh', '-c', 'kill -9 $$ & wait'])).code, 0)
  const init = ['run', '--rm', 'busybox', 'sh', '-c', "sh -c 'kill -9 $$'; exit $?"]
  is((await call(init)).code, 137)
})

test('CLI-RUN-05 CLI-CR-27: the end of stdin is passed on', async () => {
  const echoed = await call(['run', '--rm', '-i', 'busybox', '/bin/sh'], 'echo from stdin; exit 3')
  equal(echoed, { code: 3, stdout: 'from stdin\n', stderr: '' })
  const counted = await call(['run', '--rm', '-i', 'busybox', 'wc', '-c'], 'x'.repeat(300_000))
  is(counted.stdout.trim(), '300000')
})

test('CLI-CR-27: without -i stdin is empty', async () => {
  is((await call(['run', '--rm', 'busybox', 'cat'], 'unseen')).stdout, '')
})

test('large output arrives whole and unchanged', async () => {
  const script = 'head -c 3000000 /dev/zero | tr "\\0" "x"; head -c 1000 /dev/zero'
  const ran = await call(['run', '--rm', 'busybox', 'sh', '-c', script])
  is(ran.stdout.length, 3_001_000)
  ok(ran.stdout.endsWith('\0'.repeat(1000)))
})

test('CLI-RUN-09: without -t the process sees no terminal, bytes are unchanged', async () => {
  is(await sh('tty; echo "[$TERM]"'), 'not a tty\n[]')
  const listed = await isula('run', '--rm', '-i', 'busybox', 'ls', '/')
  ok(listed.split('\n').length > 5)
  ok(!listed.includes('\r'))
})

test('CLI-RUN-08: a pipeline in a shell of the container', async () => {
  is(await isula('run', '--rm', '-i', 'busybox', '/bin/sh', '-c', 'ls /etc | wc -l'), '5')
})

test('CLI-CR-44 CLI-INSPECT-06: -t gives a terminal with TERM=xterm', async () => {
  is(await sh('tty; echo $TERM', '-t'), '/dev/pts/0\r\nxterm\r')
})

test('CLI-RUN-07: -it is a session on the terminal of the client', async () => {
  const client = cli.onTerminal('run', '--rm', '-it', 'busybox', 'sh')
  await client.says('/ # ')
  client.type('echo "sum $((6*7))"; exit 4\n')
  await client.says('sum 42')
  is(await client.ended, 4)
})

test('Ctrl-C on a terminal ends the foreground job of the container, not the session', async () => {
  const client = cli.onTerminal('run', '--rm', '-it', 'busybox', 'sh')
  await client.says('/ # ')
  client.type('sleep 100\n')
  await pause(200)
  client.type('\x03')
  client.type('echo "still $((40+2))"; exit\n')
  await client.says('still 42')
  is(await client.ended, 0)
})

test('CLI-RUN-09: signals to the client reach the process', async () => {
  const script =
    'trap "echo usr1" USR1; trap "echo int; exit 6" INT; echo up; while :; do sleep 0.02; done'
  const client = cli.client('run', '--rm', '--name', 'signalled', 'busybox', 'sh', '-c', script)
  await client.says('up')
  client.process.kill('SIGUSR1')
  await client.says('usr1')
  client.process.kill('SIGINT')
  is(await client.ended, 6)
  is(client.stdout, 'up\nusr1\nint\n')
})

test('CLI-RUN-09: a client that signals cannot end gives the shell back after three', async () => {
  const script = 'trap "" TERM INT; echo up; sleep 1000'
  const client = cli.client('run', '--name', 'hangs', 'busybox', 'sh', '-c', script)
  await client.says('up')
  for (let n = 0; n < 3; n += 1) {
    client.process.kill('SIGINT')
    await pause(100)
  }
  is(await client.ended, 130)
  is(await cli.status('hangs'), 'running')
  await remove('hangs')
})

test('a client that is killed leaves the container running and its log whole', async () => {
  const script = 'echo before; sleep 0.4; echo after; sleep 1000'
  const client = cli.client('run', '--name', 'alone', 'busybox', 'sh', '-c', script)
  await client.says('before')
  client.process.kill('SIGKILL')
  await eventually('the rest is logged', async () =>
    (await isula('logs', 'alone')).includes('after'),
  )
  is(await cli.status('alone'), 'running')
  await remove('alone')
})

test(
  'CLI-ERR-06 CLI-ERR-04: run -d prints the id before the error and keeps the ' + 'container',
  async () => {
    const ran = await call(['run', '-d', 'busybox', 'nosuch'])
    const id = ran.stdout.trim()
    match(id, /^[0-9a-f]{64}$/)
    is(ran.code, 127)
    match(ran.stderr, `Error response from daemon: Start container error: runtime error: ${id}:`)
    is(await cli.status(id), 'exited')
    is(await cli.daemon.inspect(id, '.State.ExitCode'), '127')
    await isula('rm', id)
  },
)

test('126 and 127 for a command that cannot be run or found, and --rm then removes', async () => {
  match(await fails(127, 'run', '--rm', 'busybox', 'nosuch'), 'nosuch')
  match(await fails(126, 'run', '--rm', 'busybox', '/etc/passwd'), 'permission denied')
  await eventually('they are removed', async () => (await isula('ps', '-aq')) === '')
})

test('CLI-CR-14: --entrypoint of a missing program exits with 125', async () => {
  match(await fails(125, 'run', '--rm', '--entrypoint', '/nosuch', 'busybox'), '/nosuch')
  is(await isula('run', '--rm', '--entrypoint', 'echo', 'busybox', 'a', 'b'), 'a b')
  await eventually('it is removed', async () => (await isula('ps', '-aq')) === '')
})

test('CLI-CR-12 CLI-CR-26 CLI-CR-46 RES-NS-07: flags that shape the process', async () => {
  is(await sh('hostname'), 'localhost')
  is(await sh('hostname; cat /etc/hostname', '-h', 'box'), 'box\nbox')
  is(await sh('echo $A-$B', '-e', 'A=1', '--env', 'B=x=y'), '1-x=y')
  is(await sh('pwd', '-w', '/tmp'), '/tmp')
  is(await sh('pwd', '--workdir=/made/here'), '/made/here')
  is(await sh('id -u; id -g', '-u', 'nobody'), '65534\n65534')
})

cli.run()
