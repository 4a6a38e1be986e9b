/** Log options, the json-file and rotation on real containers (CLI-LOGS-04, CLI-CR-29). */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { equal, is, match, ok } from 'uvu/assert'
import { eventually } from '../../harness/processes.ts'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula log files')
const { test, ok: isula, fails, remove } = cli

const logPath = (name: string): Promise<string> => cli.daemon.inspect(name, '.LogPath')

const prints = async (
  name: string,
  script: string,
  ...flags: ReadonlyArray<string>
): Promise<void> => {
  await isula('run', '-d', '--name', name, ...flags, 'busybox', 'sh', '-c', script)
  await isula('wait', name)
}

const jsonTexts = (path: string): ReadonlyArray<string> =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { log, stream } = JSON.parse(line) as { log: string; stream: string }
      return `${stream}:${log}`
    })

test('LogPath holds what was printed, in the form of the json-file', async () => {
  await prints('said', 'echo out; sleep 0.1; echo err >&2; sleep 0.1; printf "no end"')
  const path = await logPath('said')
  const wanted = ['stdout:out\n', 'stderr:err\n', 'stdout:no end']
  await eventually('the json-file is whole', () => jsonTexts(path).length === wanted.length)
  equal(jsonTexts(path), wanted)
  match(readFileSync(path, 'utf8'), /"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"}\n$/)
})

test('CLI-LOGS-04 CLI-CR-29 CLI-INSPECT-06: disable-log=true records nothing', async () => {
  await prints('silent', 'echo secret', '--log-opt', 'disable-log=true')
  is(await logPath('silent'), 'none')
  match(await isula('inspect', '-f', '{{json .Config.Annotations}}', 'silent'), '"none"')
  match(await fails(1, 'logs', 'silent'), 'is not recorded: it was made with disable-log=true')
  await prints('loud', 'echo heard', '--log-opt', 'disable-log=false')
  is(await isula('logs', 'loud'), 'heard')
})

test('CLI-CR-29: options of logs that nobody knows are refused, nothing is made', async () => {
  const create = (option: string): Promise<string> =>
    fails(125, 'create', '--log-opt', option, 'busybox')
  match(await create('colour=red'), "Invalid log option 'colour=red'")
  match(await create('disable-log=maybe'), "Invalid value 'maybe' for log option 'disable-log'")
  match(await create('max-size=1k'), "Invalid size '1k' of log files")
  match(await create('max-file=0'), "Invalid number '0' of log files")
  match(await fails(125, 'create', '--log-driver', 'pigeon', 'busybox'), "log driver 'pigeon'")
})

test('max-size and max-file bound both logs, and logs reads the rotated files', async () => {
  const script =
    'for n in $(seq 1 8); do seq 1 2000; sleep 0.3; done; while [ ! -e /go ]; do sleep 0.1; done'
  const flags = ['--log-opt', 'max-size=64k', '--log-opt', 'max-file=3']
  await isula('run', '-d', '--name', 'chatty', ...flags, 'busybox', 'sh', '-c', script)
  const json = await logPath('chatty')
  const durable = json.replace(/console\.log$/, 'container.log')
  await eventually('three files of both', () => [`${json}.2`, `${durable}.2`].every(existsSync))
  const client = cli.client('logs', '-f', '--tail', '3', 'chatty')
  await client.says('2000')
  await isula('exec', 'chatty', 'sh', '-c', 'touch /go')
  is(await client.ended, 0)
  ok(!existsSync(`${json}.3`) && !existsSync(`${durable}.3`))
  ok(statSync(`${json}.1`).size < 1024 * 1024)
  const lines = (await isula('logs', '--tail', '2500', 'chatty')).split('\n')
  is(lines.length, 2_500)
  is(lines.at(-1), '2000')
  is(lines.at(-2_001), '2000')
})

test('--since and --until choose lines by their time', async () => {
  await prints('clock', 'echo early; sleep 1.2; echo late')
  const stamped = (await isula('logs', '-t', 'clock')).split('\n')
  const [early = '', late = ''] = stamped.map((line) => line.split(' ')[0] ?? '')
  is(await isula('logs', '--since', late, 'clock'), 'late')
  is(await isula('logs', '--until', early, 'clock'), 'early')
  is(await isula('logs', '--since', early, '--until', late, '--tail', '1', 'clock'), 'late')
  is(await isula('logs', '--since', '10m', 'clock'), 'early\nlate')
  is(await isula('logs', '--until', '10m', 'clock'), '')
  match(await fails(125, 'logs', '--since', 'yesterday', 'clock'), "Invalid time 'yesterday'")
})

test('a follower with --until ends when that time has come', async () => {
  await cli.start('waits')
  const until = new Date(Date.now() + 1_000).toISOString()
  is(await isula('logs', '-f', '--until', until, 'waits'), '')
  await remove('said', 'silent', 'loud', 'chatty', 'clock', 'waits')
})

test('a daemon that was killed goes on with the json-file, no line twice', async () => {
  const script = 'n=0; while [ ! -e /go ]; do n=$((n+1)); echo $n; sleep 0.02; done'
  await isula('run', '-d', '--name', 'counts', 'busybox', 'sh', '-c', script)
  const path = await logPath('counts')
  await eventually('some lines', () => existsSync(path) && jsonTexts(path).length > 20)
  await cli.daemon.kill9()
  await cli.daemon.start()
  await isula('exec', 'counts', 'touch', '/go')
  await isula('wait', 'counts')
  const texts = (await isula('logs', 'counts')).split('\n').map((text) => `stdout:${text}\n`)
  await eventually('all lines', () => jsonTexts(path).length === texts.length)
  equal(jsonTexts(path), texts)
  await remove('counts')
})

cli.run()
