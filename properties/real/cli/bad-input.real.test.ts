/** Wrong names, values, combinations and states: refused by a real daemon, and nothing changes. */
import { is, match, ok } from 'uvu/assert'
import { journalState } from '../../harness/journal-state.ts'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('bad input')
const { test, ok: isula } = cli

/** Words of a command line, the exit code, and what is said: a part of it, or a pattern. */
type Case = readonly [line: string, code: number, says: string | RegExp]

const daemonSays = (text: string): string => `Error response from daemon: ${text}`

/** Runs all cases, four at a time, between two looks at the journal. */
const unchangedBy = async (cases: ReadonlyArray<Case>): Promise<void> => {
  const before = await journalState(cli.daemon)
  const shown = await isula('ps', '-a', '--format', '{{.ID}} {{.Names}} {{.State}} {{.Pid}}')
  const wrong: Array<string> = []
  const rest = [...cases]
  const lane = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      const [line, code, says] = next
      const ran = await cli.isula(line.split(' ').map((word) => word.replaceAll('_', ' ')))
      const fits = typeof says === 'string' ? ran.stderr.includes(says) : says.test(ran.stderr)
      if (ran.code !== code || !fits || ran.stdout !== '')
        wrong.push(`isula ${line}\n  ${ran.code}: ${ran.stdout}${ran.stderr}  not ${code}: ${says}`)
    }
  }
  await Promise.all([lane(), lane(), lane(), lane()])
  is(wrong.join('\n'), '')
  is(await isula('ps', '-a', '--format', '{{.ID}} {{.Names}} {{.State}} {{.Pid}}'), shown)
  is(await journalState(cli.daemon), before)
}

const create = (flags: string, says: Case[2]): ReadonlyArray<Case> => [
  [`create ${flags} busybox true`, 125, says],
  [`run -d ${flags} busybox true`, 125, says],
]

test('CLI-CREATE-02: 32 wrong values of create and run are refused, and nothing is made', () =>
  unchangedBy([
    ...create('--name a', 'Invalid container name (a), only ^/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$'),
    ...create('--name -dash', /Invalid container name|Unknown flag/),
    ...create('--name with_blank', 'Invalid container name (with blank)'),
    ...create('--name ../up', 'Invalid container name (../up)'),
    ...create(`--name ${'x'.repeat(1025)}`, 'Invalid container name'),
    ...create('-m 1m', 'Minimum memory limit allowed is 4MB'),
    ...create('--memory=-5', /[Mm]emory/),
    ...create('-m 64m --memory-swap 32m', /[Mm]emory/),
    ...create('--memory-swap 64m', /[Mm]emory/),
    ...create('-m 64m --memory-reservation 128m', /[Mm]emory/),
    ...create('--memory-reservation 1m', 'Minimum memory'),
    ...create('--cpus 100000', /CPU|cpu/),
    ...create('--cpu-period 5', /CPU|cpu|period/),
    ...create('--cpu-quota 5', /CPU|cpu|quota/),
    ...create('--cpus 1 --cpu-quota 50000', /[Nn]ano|CPU|cpus/),
    ...create('--cpuset-cpus 5000', /5000|CPU|cpu/),
  ]))

test('CLI-CR-05 CLI-CR-42 CLI-RT-01: words and lists out of what is allowed are refused', () =>
  unchangedBy([
    ...create('--cpuset-cpus 1-', /cpuset|CPU|cpu/),
    ...create('--cpuset-mems 0-', /mems/),
    ...create('--restart unless-stopped', /unless-stopped/),
    ...create('--restart sometimes', /sometimes/),
    ...create('-R nosuch', 'Invalid runtime name (nosuch)'),
    ...create('--stop-signal FOO', 'Invalid signal: FOO'),
    ...create('--net foo', 'network mode "foo"'),
    ...create('--net container:nobody', /nobody/),
    ...create('--cap-add NOSUCH', /NOSUCH/),
    ...create('--cap-drop NOSUCH', /NOSUCH/),
    ...create('--ulimit nofile=2:1', /soft limit/),
    ...create('--annotation native.umask=odd', 'native.umask "odd"'),
    ...create('-v relative:/x:bad', /bad|relative/),
    ...create('-v /a:/b:/c:/d', /\/a:\/b:\/c:\/d/),
    ...create('-v /tmp:relative', /relative|absolute/),
    ...create('--mount type=floppy,dst=/x', /floppy/),
    ...create('--tmpfs relative', /relative|absolute/),
    ...create('-w relative', /relative|absolute/),
    ...create('-h bad_name!', /bad|name|host/i),
    ...create('--rm=perhaps', /perhaps|Unknown flag found:'--rm'/),
  ]))

test('CLI-REF-02: unknown names and ids are refused by every command', async () => {
  await isula('create', '--name', 'some', 'busybox')
  const every = ['start', 'stop', 'kill', 'rm', 'restart', 'pause', 'unpause', 'wait', 'logs']
  const missing = (name: string): ReadonlyArray<Case> =>
    every.map((command) => [`${command} ${name}`, 1, daemonSays(`No such container:${name}`)])
  await unchangedBy([
    ...missing('nobody'),
    ...missing('f'.repeat(64)),
    ...missing('SOME'),
    ['exec nobody true', 1, /No such.*nobody/],
    ['rename nobody somebody', 1, daemonSays('No such container:nobody')],
    ['rename some a', 1, 'Invalid container name (a)'],
    ['rename some some', 1, /some/],
    ['update -m 64m nobody', 1, daemonSays('No such container:nobody')],
    ['inspect nobody', 1, 'No such object:nobody'],
    ['start -a nobody', 255, /No such.*nobody/],
    ['rmi nothing', 1, /nothing/],
    ['tag nothing new:1', 1, /nothing/],
    ['load -i /no/such/file', 1, /\/no\/such\/file/],
    ['create nothing', 125, daemonSays('No such image:nothing')],
    ['create UPPER', 125, /UPPER/],
    ['inspect -f {{.Nope}} some', 1, 'map has no entry for key "Nope"'],
    ['ps --format {{.Nope}}', 1, '--format not support the field: Nope'],
    ['ps -f nokey=1', 1, "Invalid filter 'nokey'"],
    ['ps -f status=sleepy', 1, /sleepy/],
    ['images -f nokey=1', 1, /nokey/],
  ])
  await cli.remove('some')
})

test('CLI-REF-02: a prefix that two ids have is refused, whatever is asked of it', async () => {
  const ids: Array<string> = []
  const shared = (): string | undefined => {
    const firsts = ids.map((id) => id.slice(0, 1))
    return firsts.find((first, index) => firsts.indexOf(first) !== index)
  }
  // 17 ids have two of one first digit.
  while (shared() === undefined) ids.push(await isula('create', 'busybox'))
  const prefix = shared() ?? ''
  const text = `Multiple IDs found with provided prefix: ${prefix}`
  await unchangedBy(
    ['start', 'stop', 'kill', 'rm', 'rm -f', 'restart', 'pause', 'unpause', 'wait', 'logs'].map(
      (command): Case => [`${command} ${prefix}`, 1, daemonSays(text)],
    ),
  )
  ok(ids.length <= 17)
  await cli.remove(...ids)
})

test('CLI-STATE-11: what the state of a container forbids changes nothing', async () => {
  await cli.start('awake')
  await cli.start('frozen')
  await isula('pause', 'frozen')
  await isula('create', '--name', 'idle', 'busybox')
  const paused = (action: string): RegExp =>
    new RegExp(`Container [0-9a-f]{64} is paused, unpause the container before ${action}`)
  await unchangedBy([
    ['start frozen', 1, 'cannot start a paused container, try unpause instead'],
    ['stop frozen', 1, paused('stop')],
    ['stop -f frozen', 1, paused('stop')],
    ['kill frozen', 1, paused('kill')],
    ['restart frozen', 1, paused('restart')],
    ['exec frozen true', 1, paused('exec')],
    ['pause frozen', 1, 'is already paused'],
    ['rm frozen', 1, 'You cannot remove a paused container'],
    ['rm awake', 1, 'You cannot remove a running container'],
    ['unpause awake', 1, 'is not paused'],
    ['unpause idle', 1, 'is not running'],
    ['pause idle', 1, 'is not running'],
    ['kill idle', 1, 'is not running'],
    ['exec idle true', 1, /Exec container error;Container is not running:[0-9a-f]{64}/],
    ['create --name awake busybox', 125, 'Conflict. The name "awake" is already in use'],
    ['rename idle awake', 1, 'Conflict. The name "awake" is already in use'],
    ['kill -s FOO awake', 125, 'Invalid signal: FOO'],
    ['top idle', 1, 'not running'],
    ['rmi busybox', 1, /used by/],
  ])
  is(await cli.status('frozen'), 'paused')
  match(await isula('ps', '-q', '--no-trunc'), await cli.daemon.inspect('awake', '.Id'))
  await cli.remove('awake', 'frozen', 'idle')
})

cli.run()
