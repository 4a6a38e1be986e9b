/** The legality matrix of isula: each command in each state (CLI-STATE-11, spec 96 C.2 and C.4). */
import { is, match } from 'uvu/assert'
import { CliFile, sleeper } from './cli-file.ts'

const cli = new CliFile('isula states')
const { test, ok: isula, fails, remove, status } = cli

type State = 'inited' | 'running' | 'paused' | 'exited'

const make = async (state: State): Promise<string> => {
  const id = await isula('create', '--name', 'subject', 'busybox', ...sleeper)
  if (state !== 'inited') await isula('start', id)
  if (state === 'paused') await isula('pause', id)
  if (state === 'exited') await isula('stop', '-t', '0', id)
  is(await status(id), state)
  return id
}

const whole = (id: string): Promise<string> => isula('inspect', '-f', '{{json .State}}', id)

interface Refused {
  readonly command: ReadonlyArray<string>
  readonly code?: number
  readonly says: string
}

/** `ID` stands for the full id. Each is refused, says so, and changes nothing at all. */
const refuses = (ids: string, state: State, refused: ReadonlyArray<Refused>): void =>
  test(`${ids}: what ${state} refuses leaves it as it was`, async () => {
    const id = await make(state)
    const before = await whole(id)
    for (const { command, code = 1, says } of refused) {
      const [name = '', ...more] = command
      const words = name === 'exec' ? ['exec', id, 'true'] : [name, ...more, id]
      const said = await fails(code, ...words)
      is(said, `Error response from daemon: ${says.replaceAll('ID', id)}`, `${name} when ${state}`)
      is(await whole(id), before, `${name} when ${state}`)
    }
    await remove(id)
  })

/** Each is a success that ends in `then`, from a fresh container in `state`. */
const allows = (
  ids: string,
  state: State,
  rows: ReadonlyArray<readonly [string, ReadonlyArray<string>, State | 'gone']>,
): void =>
  test(`${ids}: what ${state} allows`, async () => {
    for (const [name, flags, then] of rows) {
      const id = await make(state)
      await isula(name, ...flags, id)
      if (then === 'gone') is(await isula('ps', '-aq'), '', `${name} when ${state}`)
      else {
        is(await status(id), then, `${name} when ${state}`)
        await remove(id)
      }
    }
  })

const now = ['-t', '0']
const notRunning = 'Container ID is not running'
const noExec = 'Exec container error;Container is not running:ID'
const remove0 =
  'You cannot remove a running container ID. Stop the container before attempting removal or use -f'

const notStarted: ReadonlyArray<Refused> = [
  { command: ['kill'], says: `Cannot kill container: ${notRunning}` },
  { command: ['pause'], says: notRunning },
  { command: ['unpause'], says: notRunning },
  { command: ['exec'], code: 1, says: noExec },
]

refuses('CLI-STATE-11 CLI-STATE-05 CLI-ERR-02 CLI-SC-11', 'inited', notStarted)
refuses('CLI-STATE-11 CLI-STATE-05 CLI-SC-11 CLI-SC-12 CLI-EXEC-11', 'exited', notStarted)
refuses('CLI-STATE-11 CLI-STATE-08 CLI-SC-11', 'running', [
  { command: ['rm'], says: remove0 },
  { command: ['unpause'], says: 'Container ID is not paused' },
])
refuses('CLI-STATE-11 CLI-STATE-06', 'paused', [
  { command: ['start'], says: 'cannot start a paused container, try unpause instead' },
  { command: ['stop', ...now], says: 'Container ID is paused, unpause the container before stop' },
  { command: ['stop', '-f'], says: 'Container ID is paused, unpause the container before stop' },
  { command: ['kill'], says: 'Container ID is paused, unpause the container before kill' },
  {
    command: ['kill', '-s', 'USR1'],
    says: 'Container ID is paused, unpause the container before kill',
  },
  {
    command: ['restart', ...now],
    says: 'Container ID is paused, unpause the container before restart',
  },
  { command: ['pause'], says: 'Container ID is already paused' },
  {
    command: ['rm'],
    says:
      'You cannot remove a paused container ID. ' +
      'Unpause and then stop the container before attempting removal or use -f',
  },
  {
    command: ['exec'],
    code: 1,
    says: 'Container ID is paused, unpause the container before exec',
  },
])

allows('CLI-STATE-11', 'inited', [
  ['start', [], 'running'],
  ['stop', now, 'inited'],
  ['restart', now, 'running'],
  ['rm', [], 'gone'],
  ['rm', ['-f'], 'gone'],
])
allows('CLI-STATE-11', 'running', [
  ['start', [], 'running'],
  ['stop', now, 'exited'],
  ['kill', [], 'exited'],
  ['restart', now, 'running'],
  ['pause', [], 'paused'],
  ['rm', ['-f'], 'gone'],
])
allows('CLI-STATE-11', 'paused', [
  ['unpause', [], 'running'],
  ['rm', ['-f'], 'gone'],
])
allows('CLI-STATE-11', 'exited', [
  ['start', [], 'running'],
  ['stop', now, 'exited'],
  ['restart', now, 'running'],
  ['wait', [], 'exited'],
  ['rm', [], 'gone'],
  ['rm', ['-f'], 'gone'],
])

test(
  'CLI-STATE-06 CLI-SC-10: a paused container refuses all and unpause makes it ' + 'run',
  async () => {
    const id = await make('paused')
    const pid = await cli.pid(id)
    for (const command of ['restart', 'kill', 'stop', 'rm']) await fails(1, command, id)
    await fails(1, 'exec', id, 'true')
    match(await fails(1, 'attach', id), `Container ${id} is paused, unpause the container`)
    is(await status(id), 'paused')
    await isula('unpause', id)
    is(await status(id), 'running')
    is(await cli.pid(id), pid)
    await remove(id)
  },
)

test('CLI-STATE-11: logs, inspect, ps and rename work in every state', async () => {
  for (const state of ['inited', 'running', 'paused', 'exited'] as const) {
    const id = await make(state)
    await isula('logs', id)
    is(await isula('ps', '-aq', '-f', `id=${id}`), id)
    await isula('rename', 'subject', 'renamed')
    is(await cli.daemon.inspect('renamed', '.State.Status'), state)
    await remove(id)
  }
})

test('CLI-STATE-11: wait blocks from inited and paused until the container has ended', async () => {
  for (const state of ['inited', 'paused'] as const) {
    const id = await make(state)
    const waiting = cli.client('wait', id)
    await isula(state === 'inited' ? 'start' : 'unpause', id)
    is(waiting.isRunning, true, state)
    await isula('kill', id)
    is(await waiting.ended, 0)
    is(waiting.stdout, '137\n')
    await remove(id)
  }
})

test('CLI-STATE-10: every state survives a restart of the daemon', async () => {
  const ids = new Map<State, string>()
  for (const state of ['inited', 'running', 'paused', 'exited'] as const) {
    const id = await make(state)
    await isula('rename', 'subject', state)
    ids.set(state, await whole(id))
  }
  await cli.daemon.signal('SIGTERM')
  await cli.daemon.start()
  for (const [state, before] of ids) is(await whole(state), before, state)
  await remove(...ids.keys())
})

test('spec 96 C.4: start joins a running container without a second process', async () => {
  const id = await make('running')
  const pid = await cli.pid(id)
  await Promise.all([isula('start', id), isula('start', id)])
  is(await cli.pid(id), pid)
  await remove(id)
})

cli.run()
