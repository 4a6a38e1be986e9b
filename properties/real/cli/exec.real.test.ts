/** `isula exec` on a real container (CLI-EXEC-*). */
import { equal, is, match, ok } from 'uvu/assert'
import { identify, isAlive, monitorsOf, pause, eventually } from '../../harness/processes.ts'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula exec', {}, ['program:script'])
const { test, ok: isula, isula: call, fails, start, remove } = cli

let id = ''
const exec = (...words: ReadonlyArray<string>): Promise<string> => isula('exec', 'host', ...words)

test('CLI-EXEC-01 CLI-SC-15 CLI-REF-02: exec runs a command in the container', async () => {
  id = await start('host', '-w', '/tmp', '-e', 'OF=container')
  is(await isula('exec', id.slice(0, 12), 'echo', 'hello,world'), 'hello,world')
  is(await exec('pwd'), '/tmp')
  is(await exec('sh', '-c', 'echo $OF'), 'container')
  is(await exec('echo', '-d', '--help'), '-d --help')
})

test(
  'CLI-EXIT-03 RT-SCN-09 RT-FLOW-03: the exit code is that of the command, and no monitor ' +
    'is left',
  async () => {
    equal(await call(['exec', 'host', 'sh', '-c', 'echo o; echo e >&2; exit 3']), {
      code: 3,
      stdout: 'o\n',
      stderr: 'e\n',
    })
    is((await call(['exec', 'host', 'sh', '-c', 'kill -9 $$'])).code, 137)
    await eventually('only one monitor is there', () => monitorsOf(id).length === 1)
  },
)

test('CLI-EXEC-02 RT-FLOW-04: exec -d returns once the command runs', async () => {
  const before = Date.now()
  is(await isula('exec', '-d', 'host', 'sleep', '77'), '')
  ok(Date.now() - before < 5_000)
  match(await exec('ps'), 'sleep 77')
  is((await call(['exec', '-d', 'host', 'nosuch'])).code, 127)
})

test('CLI-EXEC-03: -u is a user of the container or a number; unknown is refused', async () => {
  is(await isula('exec', '-u', 'nobody', 'host', 'id', '-u'), '65534')
  is(await isula('exec', '-u', '12:34', 'host', 'sh', '-c', 'id -u; id -g'), '12\n34')
  match(await fails(125, 'exec', '-u', 'nosuch', 'host', 'true'), 'unable to find user nosuch')
})

test('CLI-EXEC-04: -e, --workdir and -i do what they say', async () => {
  is(await isula('exec', '-e', 'A=1', '-e', 'B=2', 'host', 'sh', '-c', 'echo $A$B'), '12')
  is(await isula('exec', '--workdir', '/etc', 'host', 'pwd'), '/etc')
  is((await call(['exec', '-i', 'host', 'cat'], 'through')).stdout, 'through')
  is((await call(['exec', 'host', 'cat'], 'unseen')).stdout, '')
})

test('CLI-EXEC-10: the end of stdin ends exec -i sh', async () => {
  equal(await call(['exec', '-i', 'host', '/bin/sh'], 'echo in; exit 5'), {
    code: 5,
    stdout: 'in\n',
    stderr: '',
  })
})

test('CLI-EXEC-05: without a flag there is a terminal only where the client has one', async () => {
  is((await call(['exec', 'host', 'tty'])).stdout, 'not a tty\n')
  const client = cli.onTerminal('exec', 'host', 'tty')
  await client.ended
  match(client.stdout, /\/dev\/pts\/\d/)
})

test('CLI-EXEC-06: with -t the command sees a terminal also when the client has none', async () => {
  const ran = await call(['exec', '-it', 'host', 'tty'])
  match(ran.stdout, /^\/dev\/pts\/\d+\r\n$/)
})

test(
  'CLI-EXEC-06 CLI-SC-14: a pipeline within the container counts entries, not ' + 'columns',
  async () => {
    const fifteen = 'mkdir /test; for n in $(seq 15); do touch /test/xx$n; done'
    await exec('sh', '-c', fifteen)
    const inside = ['exec', '-it', 'host', '/bin/sh', '-c', 'ls /test | grep xx | wc -l']
    is((await call(inside)).stdout.trim(), '15')
    const columns = (await call(['exec', '-it', 'host', 'ls', '/test'])).stdout.trim().split('\n')
    ok(columns.length < 15)
  },
)

test('an interactive session on a terminal', async () => {
  const client = cli.onTerminal('exec', '-it', 'host', 'sh')
  await client.says('# ')
  client.type('echo "sum $((6*7))"; exit 4\n')
  await client.says('sum 42')
  is(await client.ended, 4)
})

test('CLI-EXEC-08: a background job that keeps the streams does not hold the session', async () => {
  const before = Date.now()
  is((await call(['exec', 'host', 'sh', '-c', 'sleep 60 & exit 2'])).code, 2)
  ok(Date.now() - before < 5_000)
})

test('CLI-EXEC-09: a client in the background ends when its command does', async () => {
  const client = cli.client('exec', 'host', 'sh', '-c', 'head -c 300000 /dev/zero; exit 6')
  is(await client.ended, 6)
  is(client.stdout.length, 300_000)
})

test('R-55: a reader that pauses at the end still gets all output, of exec and run', async () => {
  const print = ['head', '-c', '900000', '/dev/zero']
  const clients = [
    cli.client('exec', 'host', ...print),
    cli.client('run', '--rm', 'busybox', ...print),
  ]
  for (const { process } of clients) process.stdout?.pause()
  await pause(3_500)
  for (const { process } of clients) process.stdout?.resume()
  equal(await Promise.all(clients.map(({ ended }) => ended)), [0, 0])
  equal(
    clients.map(({ stdout }) => stdout.length),
    [900_000, 900_000],
  )
})

test('twelve execs at once each get their own output', async () => {
  const numbers = Array.from({ length: 12 }, (_, n) => String(n))
  equal(await Promise.all(numbers.map((n) => exec('echo', n))), numbers)
})

test('126 and 127 for a command that cannot be run or found', async () => {
  match(await fails(127, 'exec', 'host', 'nosuch'), 'Exec container error;')
  match(await fails(126, 'exec', 'host', '/etc/passwd'), 'permission denied')
})

test(
  'CLI-ERR-02 CLI-SC-12 CLI-EXEC-11: exec in a stopped container names its full ' + 'id',
  async () => {
    const init = identify(await cli.pid('host'))
    await isula('stop', '-t', '0', 'host')
    ok(!isAlive(init))
    const said = await fails(1, 'exec', 'host', 'bash')
    is(said, `Error response from daemon: Exec container error;Container is not running:${id}`)
    match(await fails(1, 'exec', 'nobody', 'true'), 'nobody')
    await pause(10)
    await remove('host')
  },
)

cli.run()
