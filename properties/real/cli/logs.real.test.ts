/** `isula logs` on real containers (CLI-LOGS-*). */
import { equal, is, match } from 'uvu/assert'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula logs')
const { test, ok: isula, isula: call, fails, remove } = cli

const prints = async (name: string, script: string): Promise<void> => {
  await isula('run', '-d', '--name', name, 'busybox', 'sh', '-c', script)
  await isula('wait', name)
}

test(
  'CLI-LOGS-01 CLI-LOGS-05 CLI-RT-02: the output is recorded without asking for ' + 'it',
  async () => {
    await prints('hello', 'for n in 1 2 3; do echo "hello, world"; done')
    is(await isula('logs', 'hello'), 'hello, world\nhello, world\nhello, world')
  },
)

test('CLI-LOGS-03: --tail gives lines from the end', async () => {
  await prints('lines', 'seq 1 500')
  is(await isula('logs', '--tail', '1', 'lines'), '500')
  is(await isula('logs', '--tail=2', 'lines'), '499\n500')
  is(await isula('logs', '--tail', '0', 'lines'), '')
  is((await isula('logs', '--tail', '1000', 'lines')).split('\n').length, 500)
  match(await fails(125, 'logs', '--tail', 'x', 'lines'), "Invalid value 'x' for flag '--tail'")
})

test('stdout and stderr stay apart, also for what has no newline at its end', async () => {
  await prints('apart', 'echo out; echo err >&2; printf rest')
  equal(await call(['logs', 'apart']), { code: 0, stdout: 'out\nrest', stderr: 'err\n' })
})

test('-t shows when each line was written', async () => {
  const line = await isula('logs', '-t', '--tail', '1', 'hello')
  match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\S* hello, world$/)
})

test('CLI-LOGS-02: -f follows until the container ends', async () => {
  const script = 'echo first; while [ ! -e /go ]; do sleep 0.02; done; echo last'
  await isula('run', '-d', '--name', 'follows', 'busybox', 'sh', '-c', script)
  const client = cli.client('logs', '-f', 'follows')
  await client.says('first')
  is(client.isRunning, true)
  await isula('exec', 'follows', 'touch', '/go')
  is(await client.ended, 0)
  is(client.stdout, 'first\nlast\n')
})

test('the log covers all runs, and follows into a later one is not invented', async () => {
  await isula('start', 'hello')
  await isula('wait', 'hello')
  is((await isula('logs', 'hello')).split('\n').length, 6)
})

test('CLI-LOGS-01: exactly one container, and it must exist', async () => {
  match(await fails(1, 'logs'), 'requires exactly 1 argument')
  match(await fails(1, 'logs', 'hello', 'lines'), 'requires exactly 1 argument')
  is(await fails(1, 'logs', 'nobody'), 'Error response from daemon: No such container:nobody')
  await remove('hello', 'lines', 'apart', 'follows')
})

cli.run()
