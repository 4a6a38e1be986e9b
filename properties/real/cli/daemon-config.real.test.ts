/** Flags and daemon.json of a real isulad (spec 10). */
// deadline: 90s
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { is, match, not, ok } from 'uvu/assert'
import { executables, TestDaemon } from '../../harness/daemon.ts'
import { run, type Ran } from '../../harness/run.ts'
import { cgroupOf, CliFile } from './cli-file.ts'

const cli = new CliFile('isulad configuration')
const { test, ok: isula, sh, remove } = cli

const file = (): string => `${cli.daemon.directory}/daemon.json`

const configure = (settings: unknown): void => writeFileSync(file(), JSON.stringify(settings))

/** Ends the daemon and starts it again, with this daemon.json and these further flags. */
const restart = async (settings: unknown, ...flags: ReadonlyArray<string>): Promise<void> => {
  await cli.daemon.signal('SIGTERM')
  configure(settings)
  await cli.daemon.start(flags)
}

/** A daemon beside the one of this file: its own places unless `flags` say otherwise. */
const other = async (settings: unknown, ...flags: ReadonlyArray<string>): Promise<Ran> => {
  const place = `${cli.daemon.directory}/other`
  mkdirSync(place, { recursive: true })
  const text = typeof settings === 'string' ? settings : JSON.stringify(settings)
  writeFileSync(`${place}/daemon.json`, text)
  const own = ['-g', `${place}/root`, '-S', `${place}/state`, '-p', `${place}/pid`]
  return run(executables.isulad, [...own, '--log-driver', 'stdout', ...flags], {
    env: { ISULAD_CONFIG: `${place}/daemon.json` },
    ms: 10_000,
  })
}

const refuses = async (says: string, settings: unknown, ...flags: string[]): Promise<void> => {
  const ran = await other(settings, ...flags)
  is(ran.code, 1, `${JSON.stringify(settings)} ${flags.join(' ')}: ${ran.stdout}${ran.stderr}`)
  match(ran.stderr, says)
}

test('CFG-HELP-01 CFG-HELP-02 CFG-VER-01: --help and -V print and end with 0', async () => {
  const help = await run(executables.isulad, ['--help'])
  is(help.code, 0)
  const flags =
    '--cgroup-parent --default-ulimit --engine --graph --group --host --log-driver --log-level ' +
    '--log-opt --native.umask --pidfile --start-timeout --state --storage-driver --storage-opt'
  for (const flag of flags.split(' ')) match(help.stdout, `${flag} `)
  match(help.stdout, 'Usage:  isulad [global options]')
  for (const flag of ['-V', '--version'])
    match((await run(executables.isulad, [flag])).stdout, /^Version \S+\n$/)
})

test('CFG-SRC-11 CFG-SRC-10: unknown flags, missing and malformed values are named', async () => {
  await refuses("Unknown flag found:'--frob'", {}, '--frob')
  await refuses('Flag needs a value: --graph', {}, '--graph')
  await refuses('Invalid log-level "FOO": want one of FATAL, ALERT', {}, '-l', 'FOO')
  await refuses('Invalid start-timeout "x": want a duration', {}, '--start-timeout=x')
  await refuses('Invalid graph "rel": want an absolute path', {}, '-g', 'rel')
  await refuses("Unexpected argument: 'extra'", {}, 'extra')
})

test('CFG-SRC-06 CFG-SRC-07: broken JSON and unknown keys stop the start by name', async () => {
  await refuses('daemon.json', '{ "graph": ')
  await refuses('"frobnicate"', { frobnicate: 1 })
})

test('a documented option that is out of scope is refused by its name', async () => {
  await refuses('not supported yet: network-plugin cni', { 'network-plugin': 'cni' })
  await refuses('tls', {}, '--tls')
  await refuses('not supported yet', { 'selinux-enabled': true })
  await refuses('not supported yet', {}, '-H', 'tcp://127.0.0.1:0')
})

test(
  'CFG-LOG-01 CFG-LOG-02 CFG-LOG-03 CFG-CNI-03 CFG-ENGINE-01 CFG-STG-02 DAEMON-SC-21: ' +
    'wrong values',
  async () => {
    await refuses('Invalid log-driver "syslog": want file or stdout', {}, '--log-driver', 'syslog')
    await refuses('Invalid log-level "LOUD"', { 'log-level': 'LOUD' })
    await refuses('Unknown log option "foo"', {}, '--log-opt', 'foo=1')
    await refuses('Invalid network-plugin "bridge"', { 'network-plugin': 'bridge' })
    await refuses('Invalid engine "foo": want lcr', {}, '-e', 'foo')
    await refuses('Invalid storage-driver "foo"', { 'storage-driver': 'foo' })
    await refuses('devicemapper', { 'storage-driver': 'devicemapper' })
    await refuses('Unknown storage option', {}, '--storage-opt', 'dm.fs=ext4')
    await refuses('Invalid native.umask "foo": want "secure" or "normal"', {
      'native.umask': 'foo',
    })
  },
)

test('CFG-GROUP-01 DAEMON-HOST-09: the group of the socket, and an unknown one', async () => {
  await refuses('group nosuchgroup does not exist', {}, '-G', 'nosuchgroup')
  await restart({}, '-G', 'daemon')
  is(statSync(cli.daemon.socket).gid, 1)
  is(statSync(cli.daemon.socket).mode & 0o777, 0o660)
})

test(
  'DAEMON-HOST-04 DAEMON-HOST-05 DAEMON-SC-07: a host is unix:// or tcp:// and ' + 'legal',
  async () => {
    for (const host of [
      'unix://rel.sock',
      '127.0.0.1:5678',
      'tcp://999.1.1.1:1',
      'tcp://1.1.1.1:70000',
    ])
      await refuses(`Invalid host "${host}"`, {}, '-H', host)
  },
)

test(
  'DAEMON-HOST-06 DAEMON-SC-05 CFG-SRC-03: hosts twice is an error with both ' + 'lists',
  async () => {
    const flags = ['unix:///var/run/isulad.sock', 'tcp://127.0.0.1:6789']
    const inFile = [flags[0], 'tcp://localhost:5678', flags[1]]
    const ran = await other({ hosts: inFile }, ...flags.flatMap((host) => ['-H', host]))
    is(ran.code, 1)
    is(
      ran.stderr,
      `unable to configure the isulad with file ${cli.daemon.directory}/other/daemon.json: ` +
        'the following directives are specified both as a flag and in the configuration file: ' +
        `hosts: (from flag: [${flags.join(' ')}], from file: [${inFile.join(' ')}])\n`,
    )
  },
)

test(
  'DAEMON-HOST-07 DAEMON-SC-06 DAEMON-HOST-01: ten hosts serve the same, eleven are ' + 'refused',
  async () => {
    const hosts = Array.from({ length: 10 }, (_, n) => `unix://${cli.daemon.directory}/${n}.sock`)
    await refuses('10', { hosts: [...hosts, 'unix:///tmp/11.sock'] })
    await restart({}, ...hosts.slice(1).flatMap((host) => ['-H', host]))
    const id = await isula('create', 'busybox')
    for (const host of hosts.slice(1))
      is((await run(executables.isula, ['-H', host, 'ps', '-aq'])).stdout, `${id}\n`, host)
    await isula('rm', id)
  },
)

test('DAEMON-SC-03 CFG-REF-01 CFG-STG-03: the reference file is accepted as it is', async () => {
  const reference = {
    ...{ group: 'root', 'default-runtime': 'lcr', graph: '/var/lib/isulad', engine: 'lcr' },
    ...{ state: '/var/run/isulad', 'log-level': 'ERROR', pidfile: '/var/run/isulad.pid' },
    'log-opts': {
      'log-file-mode': '0600',
      'log-path': '/var/lib/isulad',
      'max-file': '1',
      'max-size': '30KB',
    },
    ...{ 'log-driver': 'stdout', 'hook-spec': '/etc/default/isulad/hooks/default.json' },
    ...{ 'start-timeout': '2m', 'storage-driver': 'overlay2' },
    'storage-opts': ['overlay2.override_kernel_check=true'],
    ...{ 'registry-mirrors': ['docker.io'], 'insecure-registries': ['rnd-dockerhub.huawei.com'] },
    ...{ 'pod-sandbox-image': '', 'image-opt-timeout': '5m', 'native.umask': 'secure' },
    ...{ 'network-plugin': '', 'cni-bin-dir': '', 'cni-conf-dir': '', 'image-layer-check': false },
    ...{ 'use-decrypted-key': true, 'insecure-skip-verify-enforce': false },
  }
  await restart(reference)
  is(await sh('umask'), '0027')
})

test('DAEMON-HOST-02: hosts in the file are a list or a single text', async () => {
  const host = `unix://${cli.daemon.directory}/flag.sock`
  const both = (list: string): string => `from file: [${list}]`
  await refuses(both('unix:///a unix:///b'), { hosts: ['unix:///a', 'unix:///b'] }, '-H', host)
  await refuses(both('unix:///a'), { hosts: 'unix:///a' }, '-H', host)
})

test('CFG-SRC-01 CFG-SRC-04 DAEMON-SC-02: the command line wins over the file', async () => {
  const before = readFileSync(cli.daemon.log, 'utf8').length
  await restart({ 'log-level': 'ERROR', 'native.umask': 'normal', graph: '/nowhere' })
  is(await sh('umask'), '0022')
  match(readFileSync(cli.daemon.log, 'utf8').slice(before), '"level":20')
})

test('CFG-UMASK-01 DAEMON-SC-11 CFG-SRC-09: the umask of containers', async () => {
  for (const [value, umask] of [
    ['', '0027'],
    ['secure', '0027'],
    ['normal', '0022'],
  ] as const) {
    await restart({ 'native.umask': value })
    is(await sh('umask'), umask, value)
  }
  await restart({ 'native.umask': 'normal' }, '--native.umask', 'secure')
  is(await sh('umask'), '0027')
  await restart({})
  is(await sh('umask'), '0027')
})

const nofile = (value: object): unknown => ({ 'default-ulimits': { nofile: value } })

test(
  'CFG-ULIMIT-01 CFG-ULIMIT-02 DAEMON-SC-12 RES-ULIMIT-03 RES-ULIMIT-06: default ' + 'ulimits',
  async () => {
    await restart(nofile({ Name: 'nofile', Hard: 6400, Soft: 3200 }))
    is(await sh('ulimit -Sn; ulimit -Hn'), '3200\n6400')
    is(await sh('ulimit -Sn; ulimit -Hn', '--ulimit', 'core=0'), '3200\n6400')
    is(await sh('ulimit -Sn; ulimit -Hn', '--ulimit', 'nofile=100:200'), '100\n200')
    await restart({}, '--default-ulimit', 'nofile=1000:2000')
    is(await sh('ulimit -Sn; ulimit -Hn'), '1000\n2000')
  },
)

const ulimitIds =
  'CFG-ULIMIT-03 CFG-ULIMIT-04 CFG-ULIMIT-05 DAEMON-SC-13 RES-ULIMIT-04 RES-ULIMIT-05 ' +
  'RES-SCN-21 RES-SCN-22 RES-SCN-23: wrong default ulimits stop the start'

test(ulimitIds, async () => {
  await refuses('nproc', nofile({ Name: 'nproc', Hard: 1, Soft: 1 }))
  await refuses('nofile', nofile({ Name: 'nofile', Hard: 1, Soft: 2 }))
  await refuses('nofile', nofile({ Name: 'nofile', Soft: 3200 }))
  const both = nofile({ Name: 'nofile', Hard: 2, Soft: 1 })
  await refuses('specified both as a flag', both, '--default-ulimit', 'nofile=1:2')
})

test('CFG-SRC-08 DAEMON-SC-10: two booleans of a wrong type count as their defaults', async () => {
  await restart({ 'use-decrypted-key': 'no', 'insecure-skip-verify-enforce': 1 })
  is(await sh('echo fine'), 'fine')
})

test('CFG-CGROUP-01: the cgroup parent of all containers, absolute or relative', async () => {
  for (const parent of [
    `${cli.daemon.cgroupParent}/sub`,
    `${cli.daemon.cgroupParent.slice(1)}/sub`,
  ]) {
    await restart({}, '--cgroup-parent', parent)
    const id = await cli.start('placed')
    const path = cgroupOf(await cli.pid('placed'), 'memory')
    ok(path.endsWith(`${cli.daemon.cgroupParent}/sub/${id}`), path)
    await remove('placed')
    // Parents are shared and stay; they belong to this test.
    for (const hierarchy of readdirSync('/sys/fs/cgroup')) {
      const made = `/sys/fs/cgroup/${hierarchy}${cli.daemon.cgroupParent}/sub`
      if (existsSync(made)) rmdirSync(made)
    }
  }
  await refuses('must not contain ".."', {}, '--cgroup-parent', '../x')
})

test(
  'CFG-LOG-04 CFG-LOG-05 CFG-LOG-08 DAEMON-SC-14 DAEMON-SC-15: the log file, its mode and ' +
    'its number',
  async () => {
    const logs = `${cli.daemon.directory}/logs`
    const log = { 'log-path': logs, 'log-file-mode': '0600', 'max-file': '1', 'max-size': '1KB' }
    await restart({ 'log-opts': log }, '--log-driver', 'file')
    for (let n = 0; n < 3; n += 1) await isula('run', '--rm', 'busybox', 'true')
    await restart({ 'log-opts': log }, '--log-driver', 'file')
    is(readdirSync(logs).join(' '), 'isulad.log')
    is(statSync(`${logs}/isulad.log`).mode & 0o777, 0o600)
    ok(statSync(`${logs}/isulad.log`).size > 1024)
    await refuses('Invalid log-file-mode "9"', { 'log-opts': { 'log-file-mode': '9' } })
  },
)

test(
  'CFG-START-01: a start that takes longer than --start-timeout fails and leaves ' + 'nothing',
  async () => {
    const slow = `${cli.daemon.directory}/slow-runtime`
    writeFileSync(slow, '#!/bin/sh\ncase " $* " in *" start "*) sleep 2;; esac\nexec crun "$@"\n')
    chmodSync(slow, 0o755)
    await restart({ runtimes: { slow: { path: slow } } }, '--start-timeout', '1s')
    const ran = await cli.isula([
      'run',
      '-d',
      '-R',
      'slow',
      '--name',
      'slow',
      'busybox',
      'sleep',
      '9',
    ])
    is(ran.code, 125)
    match(ran.stderr, 'Start container error')
    is(await cli.status('slow'), 'exited')
    await remove('slow')
  },
)

test(
  'CFG-GRAPH-01 CFG-STATE-01 CFG-PID-01 STORE-FS-04 DAEMON-SC-08 CFG-DIR-01: each instance ' +
    'has its places',
  async () => {
    await restart({})
    const { root, state, directory, pid } = cli.daemon
    for (const path of [`${root}/journal`, state]) ok(existsSync(path), path)
    is(readFileSync(`${directory}/isulad.pid`, 'utf8').trim(), String(pid))
    const host = `unix://${directory}/other.sock`
    await refuses('isulad.pid', {}, '-H', host, '-p', `${directory}/isulad.pid`)
    await refuses(`journal is held by pid ${pid}`, {}, '-H', host, '-g', root)
    is(await sh('echo undisturbed'), 'undisturbed')
    is(readFileSync(`${directory}/isulad.pid`, 'utf8').trim(), String(pid))
    const second = new TestDaemon()
    await second.start()
    is(await second.ok('ps', '-aq'), '')
    await second.dispose()
  },
)

test(
  'DAEMON-SC-01 DAEMON-HOST-03 CFG-HOST-01 STORE-FS-03 CFG-SRC-05: without any setting it ' +
    'listens on the default socket',
  async () => {
    const script =
      'mount -t tmpfs t /var/lib && mount -t tmpfs t /run || exit 9; ' +
      `${executables.isulad} & p=$!; ` +
      `for n in $(seq 200); do [ -S /var/run/isulad.sock ] && break; sleep 0.05; done; ` +
      `${executables.isula} version; code=$?; find /run -type s; kill $p; wait $p; exit $code`
    const env = { ISULAD_CONFIG: '/nonexistent/daemon.json', ISULAD_HOST: '' }
    const ran = await run('unshare', ['-m', 'sh', '-c', script], { env, ms: 30_000 })
    is(ran.code, 0, ran.stdout + ran.stderr)
    match(ran.stdout, 'Server:')
    match(ran.stdout, '/run/isulad.sock')
    not.match(ran.stdout, 'tcp')
  },
)

test('DAEMON-SC-04: three hosts of the file each serve a client', async () => {
  const place = `${cli.daemon.directory}/three`
  mkdirSync(place)
  const sockets = ['a', 'b', 'c'].map((name) => `${place}/${name}.sock`)
  const hosts = sockets.map((path) => `unix://${path}`)
  writeFileSync(`${place}/daemon.json`, JSON.stringify({ hosts }))
  const script =
    `${executables.isulad} -g ${place}/root -S ${place}/state -p ${place}/pid & p=$!; ` +
    `for n in $(seq 200); do [ -S ${place}/c.sock ] && break; sleep 0.05; done; ` +
    `for h in ${hosts.join(' ')}; do ${executables.isula} -H $h ps && echo served; done; ` +
    'kill $p; wait $p'
  const env = { ISULAD_CONFIG: `${place}/daemon.json` }
  const ran = await run('sh', ['-c', script], { env, ms: 30_000 })
  is(ran.stdout.split('served').length - 1, 3, ran.stdout + ran.stderr)
  is(ran.code, 0)
})

test(
  'CLI-GLOBAL-06 CLI-SC-27 INFO-VER-05: without a daemon version prints its client ' + 'block',
  async () => {
    const host = `unix://${cli.daemon.directory}/nobody.sock`
    const ran = await run(executables.isula, ['version', '-H', host])
    not.equal(ran.code, 0)
    match(ran.stdout, /^Client:\n/)
    not.match(ran.stdout, 'Server:')
    const text = 'Can not connect with server.Is the iSulad daemon running on the host?'
    match(ran.stdout + ran.stderr, text)
    match((await run(executables.isula, ['-H', host, 'ps'])).stderr, text)
  },
)

cli.run()
