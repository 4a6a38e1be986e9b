/** `isula events` and the reports about the history, on real containers (CLI-EVENTS-*). */
import { match, not, ok } from 'uvu/assert'
import { eventually, pause } from '../../harness/processes.ts'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula events')
const { test, ok: isula, fails, start, remove } = cli

const soon = (): string => String(Math.floor(Date.now() / 1000) + 1)

test(
  'CLI-EVENTS-01 CLI-EVENTS-03 CLI-RT-02: the life of a container, one line for each ' + 'event',
  async () => {
    const client = cli.client('events')
    await pause(200)
    const id = await start('lives')
    await isula('pause', 'lives')
    await isula('unpause', 'lives')
    await isula('rename', 'lives', 'lived')
    await isula('kill', 'lived')
    await isula('wait', 'lived')
    await isula('rm', 'lived')
    const line = (what: string): RegExp =>
      new RegExp(`^\\d{4}-\\d\\d-\\d\\dT\\S+ container ${what} ${id} \\(.*image=busybox`, 'm')
    for (const what of ['create', 'start', 'pause', 'unpause', 'kill', 'die'])
      await eventually(`${what} in ${client.stdout}`, () => line(what).test(client.stdout))
    ok(client.isRunning)
    client.process.kill('SIGINT')
    await client.ended
  },
)

test('CLI-EVENTS-02 CLI-SC-25: -n shows one container only', async () => {
  const id = await start('wanted')
  const client = cli.client('events', '-n', 'wanted')
  await pause(200)
  await start('unwanted')
  await isula('stop', '-t', '0', 'wanted')
  await isula('start', 'wanted')
  await eventually(`stop and start in ${client.stdout}`, () =>
    / container (stop|die) [\s\S]* container start /.test(client.stdout),
  )
  for (const line of client.stdout.trim().split('\n')) match(line, id)
  client.process.kill('SIGINT')
  await client.ended
  await remove('wanted', 'unwanted')
})

test('CLI-EVENTS-02: --since a time gives what was, --until ends it', async () => {
  await pause(20)
  const before = new Date().toISOString()
  await start('recent')
  const told = await isula('events', '--since', before, '--until', soon())
  match(told, 'name=recent')
  not.match(told, 'name=wanted')
  const all = await isula('events', '-S', '1000000000', '--until', soon())
  match(all, 'name=wanted')
  match(await fails(125, 'events', '--since', 'yesterday'), 'yesterday')
  await remove('recent')
})

test('events --since a sequence number is the journal itself, and goes on', async () => {
  const client = cli.client('events', '--since', '0')
  await client.says('EngineStarted')
  const id = await start('journalled')
  await client.says(`ContainerStarted container:${id}`)
  client.process.kill('SIGINT')
  await client.ended
  const numbers = client.stdout
    .trim()
    .split('\n')
    .map((line) => Number(line.split(' ')[0]))
  ok(
    numbers.every((n, i) => i === 0 || n === (numbers[i - 1] ?? 0) + 1),
    'no number is missing',
  )
  await remove('journalled')
})

test('audit verify is clean, explain and recovery show tell what happened', async () => {
  await isula('run', '--name', 'told', 'busybox', 'true')
  match(await isula('explain', 'told'), 'ContainerExited')
  match(await isula('recovery', 'show', '--json'), '"start"')
  match(await isula('audit', 'verify', '--json'), /"ok": true/)
  match(await fails(1, 'explain', 'nobody'), 'the journal knows no container nobody')
  match(await fails(1, 'audit', 'frobnicate'), 'frobnicate')
  await remove('told')
  match(await isula('audit', 'verify'), /The audit is clean/)
})

cli.run()
