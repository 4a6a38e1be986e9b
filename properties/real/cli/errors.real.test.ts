/** The texts and exit codes that scripts read (CLI-ERR-*, CLI-EXIT-*, spec 23). */
import { is, match } from 'uvu/assert'
import { executables } from '../../harness/daemon.ts'
import { run } from '../../harness/run.ts'
import { createFlags, runFlags } from '../../../cli/isula/grammar/container-flags.ts'
import { laterCommands } from '../../../cli/isula/grammar/commands.ts'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula errors')
const { test, ok: isula, fails } = cli

test(
  'CLI-ERR-01: an error of the daemon has its prefix, goes to stderr, and the code is ' + '1',
  async () => {
    for (const command of [
      'start',
      'stop',
      'kill',
      'rm',
      'restart',
      'pause',
      'unpause',
      'wait',
      'logs',
    ]) {
      const ran = await cli.isula([command, 'nobody'])
      is(ran.code, 1, command)
      is(ran.stdout, '', command)
      is(ran.stderr, 'Error response from daemon: No such container:nobody\n', command)
    }
  },
)

test('CLI-PARSE-09: usage and flag errors: 1 and 125, on stderr', async () => {
  match(await fails(1, 'frobnicate'), "isula: 'frobnicate' is not an isula command.")
  match(await fails(125, 'ps', '--x'), "Unknown flag found:'--x'")
  match(await fails(125, 'run', '--user'), "Flag '--user' needs a value")
  match(await fails(1, 'start'), 'requires at least 1 argument')
  match(await fails(125, 'run'), 'requires at least 1 argument')
  match(await fails(1, 'rename', 'one'), 'requires exactly 2 arguments')
  match(await fails(125, 'stop', '-t', 'soon', 'c'), "Invalid value 'soon' for flag '--time'")
})

test(
  'CLI-GLOBAL-01 CLI-GLOBAL-05: -H before and after the command, ISULAD_HOST below ' + 'it',
  async () => {
    const host = `unix://${cli.daemon.socket}`
    const env = { ISULAD_HOST: 'unix:///nonexistent.sock' }
    for (const words of [
      ['-H', host, 'ps'],
      ['ps', '-H', host],
      ['ps', `-H=${host}`],
      ['ps', '--host', host],
    ])
      is((await run(executables.isula, words, { env })).code, 0, words.join(' '))
    is((await run(executables.isula, ['ps'], { env })).code, 1)
    match((await run(executables.isula, ['ps', '-H', 'ftp://x'])).stderr, "Invalid host 'ftp://x'")
  },
)

test('CLI-GLOBAL-02 CLI-GLOBAL-03: --help and -D everywhere', async () => {
  match(await isula('run', '--help'), 'Usage:  isula run [OPTIONS] IMAGE')
  match(await isula('--help'), 'Commands:')
  is(await isula('-D', 'ps', '-q'), '')
  is(await isula('ps', '-D', '-q'), '')
})

test('CLI-CREATE-02: nothing is left behind when create or run are refused', async () => {
  const refusals = [
    [['--name', 'a'], 'Invalid container name (a)'],
    [['-m', '1m'], 'Minimum memory limit allowed is 4MB'],
    [['--net', 'foo'], 'network mode "foo"'],
    [['-R', 'nosuch'], 'Invalid runtime name (nosuch)'],
    [['--stop-signal', 'FOO'], 'Invalid signal: FOO'],
    [['--annotation', 'native.umask=foo'], 'native.umask "foo"'],
    [['-e', '=x'], "Invalid environment variable '=x'"],
  ] as const
  for (const [flags, says] of refusals) {
    match(await fails(125, 'create', ...flags, 'busybox'), says)
    match(await fails(125, 'run', '-d', ...flags, 'busybox', 'true'), says)
  }
  is(await isula('ps', '-aq'), '')
})

test('a missing image is named and nothing is made', async () => {
  for (const command of ['create', 'run'])
    is(
      await fails(125, command, 'nosuchimage'),
      'Error response from daemon: No such image:nosuchimage',
    )
})

test('every documented flag that is out of scope is refused by its name', async () => {
  const later = runFlags.filter((flag) => !flag.supported)
  is(createFlags.filter((flag) => !flag.supported).length, later.length)
  const said = await Promise.all(
    later
      .slice(0, 12)
      .map(async ({ long }) => [long, await fails(125, 'run', `--${long}=1`, 'busybox')]),
  )
  for (const [long = '', text = ''] of said) match(text, `--${long} is not supported yet`)
  for (const name of laterCommands) is(await fails(1, name), `isula ${name} is not supported yet`)
  is(await isula('ps', '-aq'), '')
})

test('--stop-signal is the signal of stop', async () => {
  const script = 'trap "exit 33" USR1; trap "exit 15" TERM; echo up; while :; do sleep 0.02; done'
  const flags = ['--stop-signal', 'SIGUSR1', '--name', 'signals']
  await isula('run', '-d', ...flags, 'busybox', 'sh', '-c', script)
  const client = cli.client('logs', '-f', 'signals')
  await client.says('up')
  await isula('stop', 'signals')
  is(await isula('wait', 'signals'), '33')
  await isula('rm', 'signals')
})

test('start -a of an unknown container ends with 255, wait with 0', async () => {
  match(await fails(255, 'start', '-a', 'nobody'), 'nobody')
  const ran = await cli.isula(['run', '--name', 'five', 'busybox', 'sh', '-c', 'exit 5'])
  is(ran.code, 5)
  is((await cli.isula(['wait', 'five'])).code, 0)
  is((await cli.isula(['start', '-a', 'five'])).code, 5)
  await isula('rm', 'five')
})

cli.run()
