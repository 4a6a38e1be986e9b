/** The lifecycle commands of isula, on real containers (spec 20 sections 3 and 5). */
// deadline: 90s
import { equal, is, match, not, ok } from 'uvu/assert'
import { eventually, identify, isAlive, pause } from '../../harness/processes.ts'
import { cgroupFile, CliFile, deaf, sleeper } from './cli-file.ts'

const cli = new CliFile('isula lifecycle')
const { test, ok: isula, fails, start, status, pid, remove, until } = cli

const shown = async (name: string, path: string): Promise<string> => cli.daemon.inspect(name, path)

test(
  'CLI-CREATE-01 CLI-STATE-01 CLI-SC-01 CLI-REF-01: create makes an inited ' + 'container',
  async () => {
    const id = await isula('create', 'busybox')
    match(id, /^[0-9a-f]{64}$/)
    const row = await isula('ps', '-a', '--format', 'manual')
    const cells = (row.split('\n')[1] ?? '').split('\t').map((cell) => cell.trim())
    equal(cells.slice(0, 9), [
      id.slice(0, 12),
      'busybox',
      'inited',
      '-',
      '"sh"',
      '0',
      '0',
      '-',
      '-',
    ])
    is(await isula('ps', '-q'), '')
    is(await isula('rm', id), id)
    is(await isula('ps', '-aq'), '')
  },
)

test('CLI-START-01 CLI-SC-02 CLI-STATE-02: start prints nothing and the process runs', async () => {
  const id = await isula('create', '--name', 'starts', 'busybox', ...sleeper)
  is(await isula('start', id), '')
  is(await status(id), 'running')
  ok(isAlive(identify(await pid(id))))
  await remove('starts')
})

test('CLI-REF-02 CLI-REF-03 CLI-SC-05: name, full id and prefix all name a container', async () => {
  const id = await isula('create', 'busybox')
  is(await shown(id, '.Name'), id)
  for (const prefix of [id, id.slice(0, 12), id.slice(0, 4)]) is(await shown(prefix, '.Id'), id)
  match(await fails(1, 'rm', 'nobody'), 'Error response from daemon: No such container:nobody')
  await isula('rm', id.slice(0, 12))
})

test('CLI-REF-02: an ambiguous prefix is refused', async () => {
  const ids: string[] = []
  const twice = (): string | undefined =>
    ids.map((id) => id[0] ?? '').find((c, i, all) => all.indexOf(c) !== i)
  while (twice() === undefined) ids.push(await isula('create', 'busybox'))
  const prefix = twice() ?? ''
  is(
    await fails(1, 'start', prefix),
    `Error response from daemon: Multiple IDs found with provided prefix: ${prefix}`,
  )
  await isula('rm', ...ids)
})

test(
  'CLI-REF-03 CLI-CR-37 CLI-RENAME-01 CLI-SC-16: names are unique and can be ' + 'changed',
  async () => {
    const id = await isula('create', '--name', 'old', 'busybox')
    await isula('create', '-n', 'other', 'busybox')
    match(
      await fails(125, 'create', '--name', 'old', 'busybox'),
      'The name "old" is already in use',
    )
    match(await fails(1, 'rename', 'old', 'other'), 'The name "other" is already in use')
    match(await fails(1, 'rename', 'old', 'a b'), 'Invalid container name (a b)')
    is(await isula('rename', 'old', 'new'), '')
    is(await shown('new', '.Id'), id)
    match(await fails(1, 'inspect', 'old'), 'No such object:old')
    await remove('new', 'other')
  },
)

test('CLI-RUN-01 CLI-RUN-02 CLI-SC-06: run -itd prints the id of a running container', async () => {
  const id = await isula('run', '-itd', 'busybox')
  match(id, /^[0-9a-f]{64}$/)
  is(await status(id), 'running')
  await remove(id)
})

test(
  'CLI-SC-03 CLI-PARSE-03 CLI-PARSE-04: all spellings of -d -u root run detached as ' + 'root',
  async () => {
    for (const words of [
      ['-du=root'],
      ['-du', 'root'],
      ['-d', '-u=root'],
      ['-d', '-u', 'root'],
      ['-ud', 'root'],
    ]) {
      const id = await isula('run', ...words, 'busybox', ...sleeper)
      is(await status(id), 'running', words.join(' '))
      is(await shown(id, '.Config.User'), 'root')
      await remove(id)
    }
  },
)

test('CLI-SC-04 CLI-PARSE-05: run -du:root is refused and makes nothing', async () => {
  match(await fails(125, 'run', '-du:root', 'busybox'), "Unknown flag found:'-:'")
  is(await isula('ps', '-aq'), '')
})

test('CLI-STOP-01 CLI-STATE-04: stop sends SIGTERM and echoes what was given', async () => {
  const id = await cli.ok(
    'run',
    '-d',
    '--name',
    'stops',
    'busybox',
    'sh',
    '-c',
    'trap "exit 9" TERM; while :; do sleep 0.05; done',
  )
  await pause(100)
  is(await isula('stop', id.slice(0, 8)), id.slice(0, 8))
  is(await status('stops'), 'exited')
  is(await shown('stops', '.State.ExitCode'), '9')
  not.match(await shown('stops', '.State.FinishedAt'), /^0001/)
  await isula('rm', 'stops')
})

test('CLI-STOP-03 CLI-SC-07: the grace time of stop, by its flag and by default', async () => {
  const took = async (name: string, ...flags: string[]): Promise<number> => {
    await isula('run', '-d', '--name', name, 'busybox', ...deaf)
    await pause(100)
    const before = Date.now()
    is(await isula('stop', ...flags, name), name)
    is(await shown(name, '.State.ExitCode'), '137')
    return (Date.now() - before) / 1000
  }
  const forever = async (): Promise<void> => {
    await isula('run', '-d', '--name', 'forever', 'busybox', ...deaf)
    const client = cli.client('stop', '-t', '-1', 'forever')
    await pause(4_000)
    ok(client.isRunning, 'stop -t -1 waits')
    is(await status('forever'), 'running')
    await isula('kill', 'forever')
    is(await client.ended, 0)
  }
  const [three, zero, byDefault] = await Promise.all([
    took('three', '-t', '3'),
    took('zero', '-t', '0'),
    took('default'),
    forever(),
  ])
  ok(three >= 2.9 && three < 6, `-t 3 took ${three} s`)
  ok(zero < 2, `-t 0 took ${zero} s`)
  ok(byDefault >= 9.9 && byDefault < 13, `the default took ${byDefault} s`)
  await isula('rm', 'three', 'zero', 'default', 'forever')
})

test('CLI-STOP-02 CLI-EXIT-02: stop -f kills at once', async () => {
  await isula('run', '-d', '--name', 'forced', 'busybox', ...deaf)
  const before = Date.now()
  is(await isula('stop', '-f', 'forced'), 'forced')
  ok(Date.now() - before < 2_000)
  is(await shown('forced', '.State.ExitCode'), '137')
  await isula('rm', 'forced')
})

test(
  'CLI-KILL-01 CLI-WAIT-01 CLI-SC-08 CLI-EXIT-02: kill ends it and wait prints ' + '137',
  async () => {
    await start('killed')
    const waiting = cli.client('wait', 'killed')
    await pause(150)
    ok(waiting.isRunning)
    is(await isula('kill', 'killed'), 'killed')
    is(await waiting.ended, 0)
    is(waiting.stdout, '137\n')
    is(await isula('wait', 'killed'), '137')
    await isula('rm', 'killed')
  },
)

test('CLI-KILL-01: a signal is a name with or without SIG, or a number', async () => {
  const script = 'trap "echo usr1" USR1; echo ready; while :; do sleep 0.02; done'
  await isula('run', '-d', '--name', 'signals', 'busybox', 'sh', '-c', script)
  await cli.until('signals', 'running')
  await logsHold('signals', 'ready')
  for (const [n, signal] of ['USR1', 'SIGUSR1', '10'].entries()) {
    is(await isula('kill', '-s', signal, 'signals'), 'signals')
    await logsHold('signals', `ready\n${'usr1\n'.repeat(n + 1).trim()}`)
  }
  is(await fails(125, 'kill', '-s', 'FOO', 'signals'), 'Invalid signal: FOO')
  is(await status('signals'), 'running')
  await remove('signals')
})

const logsHold = async (name: string, text: string): Promise<void> => {
  for (let n = 0; n < 100; n += 1) {
    if ((await isula('logs', name)) === text) return
    await pause(20)
  }
  is(await isula('logs', name), text)
}

test('CLI-RM-01 CLI-SC-09 CLI-STATE-08 RT-SCN-14: rm of a running container needs -f', async () => {
  const id = await start('runs')
  const init = identify(await pid('runs'))
  is(
    await fails(1, 'rm', 'runs'),
    `Error response from daemon: You cannot remove a running container ${id}. ` +
      'Stop the container before attempting removal or use -f',
  )
  ok(isAlive(init))
  is(await isula('rm', '-f', 'runs'), id)
  ok(!isAlive(init))
})

test('CLI-RM-02: rm accepts -v', async () => {
  const id = await isula('create', 'busybox')
  is(await isula('rm', '-v', id), id)
})

test(
  'CLI-RESTART-01 RT-OP-04: restart stops and starts, from every state that allows ' + 'it',
  async () => {
    await isula('create', '--name', 'again', 'busybox', ...sleeper)
    is(await isula('restart', 'again'), 'again')
    const first = identify(await pid('again'))
    is(await isula('restart', '-t', '0', 'again'), 'again')
    ok(!isAlive(first))
    is(await status('again'), 'running')
    await isula('stop', '-t', '0', 'again')
    await isula('restart', 'again')
    is(await status('again'), 'running')
    await remove('again')
  },
)

test(
  'CLI-PAUSE-01 CLI-UNPAUSE-01 CLI-STATE-05 RT-OP-11 RT-OP-12: pause freezes, unpause ' + 'thaws',
  async () => {
    await start('frozen')
    const init = await pid('frozen')
    is(await isula('pause', 'frozen'), 'frozen')
    is(await status('frozen'), 'paused')
    is(await shown('frozen', '.State.Paused'), 'true')
    is(cgroupFile(init, 'freezer', 'freezer.state'), 'FROZEN')
    is(await isula('unpause', 'frozen'), 'frozen')
    is(cgroupFile(init, 'freezer', 'freezer.state'), 'THAWED')
    is(await status('frozen'), 'running')
    await remove('frozen')
  },
)

test('rm -f removes a paused container', async () => {
  const id = await start('cold')
  await isula('pause', 'cold')
  is(await isula('rm', '-f', 'cold'), id)
})

test('CLI-STATE-03: a container ends with its main process, with code and time', async () => {
  const before = Date.now()
  await isula('run', '-d', '--name', 'ends', 'busybox', 'sh', '-c', 'sleep 100 & sleep 0.1; exit 5')
  is(await isula('wait', 'ends'), '5')
  is(await status('ends'), 'exited')
  is(await shown('ends', '.State.ExitCode'), '5')
  const finished = Date.parse(await shown('ends', '.State.FinishedAt'))
  ok(finished >= before + 90 && finished <= Date.now())
  await isula('rm', 'ends')
})

test('CLI-RUN-03 CLI-SC-26 CLI-STATE-09: run --rm removes the container at its end', async () => {
  is(await isula('run', '--rm', 'busybox', 'true'), '')
  is(await isula('ps', '-aq'), '')
  const id = await isula('run', '-d', '--rm', 'busybox', ...sleeper)
  await isula('stop', '-t', '0', id)
  await eventually('it is removed', async () => (await isula('ps', '-aq')) === '')
})

test('CLI-CR-42 CLI-STATE-09: a restart policy starts it again, and a stop ends that', async () => {
  await isula('run', '-d', '--name', 'retries', '--restart', 'on-failure:2', 'busybox', 'false')
  await until('retries', 'exited')
  is(await shown('retries', '.RestartCount'), '2')
  await isula('run', '-d', '--name', 'always', '--restart', 'always', 'busybox', ...sleeper)
  const first = identify(await pid('always'))
  process.kill(first.pid, 'SIGKILL')
  for (let n = 0; n < 200 && (await shown('always', '.RestartCount')) !== '1'; n += 1)
    await pause(20)
  await until('always', 'running')
  ok((await pid('always')) !== first.pid)
  await isula('stop', '-t', '0', 'always')
  is(await status('always'), 'exited')
  is(await shown('always', '.HostConfig.RestartPolicy.Name'), 'always')
  await isula('rm', 'retries', 'always')
})

test('CLI-CR-42 CLI-SC-24: unless-stopped and unknown words are refused', async () => {
  match(await fails(125, 'run', '--restart', 'unless-stopped', 'busybox'), 'unless-stopped')
  match(await fails(125, 'run', '--restart', 'sometimes', 'busybox'), "'sometimes'")
  match(await fails(125, 'create', '--restart', 'on-failure:x', 'busybox'), 'on-failure:x')
  is(await isula('ps', '-aq'), '')
  const id = await isula('create', 'busybox')
  is(
    await isula('inspect', '-f', '{{json .HostConfig.RestartPolicy}}', id),
    '{"Name":"no","MaximumRetryCount":0}',
  )
  await isula('rm', id)
})

test('CLI-EXIT-04: several containers are handled in order, past a failure', async () => {
  await start('one')
  await start('two')
  const ran = await cli.isula(['stop', '-t', '0', 'one', 'nobody', 'two'])
  is(ran.code, 1)
  is(ran.stdout, 'one\ntwo\n')
  is(ran.stderr, 'Error response from daemon: No such container:nobody\n')
  is(await isula('wait', 'one', 'two'), '137\n137')
  await isula('rm', 'one', 'two')
})

cli.run()
