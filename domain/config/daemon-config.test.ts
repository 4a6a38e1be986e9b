/** Command line, daemon.json and defaults become one configuration. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../properties/testing/suite.ts'
import { daemonConfig, type DaemonConfig } from './daemon-config.ts'
import { helpText } from './help.ts'
import { options } from './options.ts'

const test = suite('daemon configuration')

const path = '/etc/isulad/daemon.json'

const read = (argv: ReadonlyArray<string>, file?: unknown) => {
  const text = typeof file === 'string' ? file : JSON.stringify(file)
  return daemonConfig(argv, file === undefined ? undefined : { path, text })
}

const config = (argv: ReadonlyArray<string>, file?: unknown): DaemonConfig => {
  const result = read(argv, file)
  if (E.isLeft(result)) throw new Error(result.left.message)
  if (result.right._tag !== 'Run') throw new Error(result.right._tag)
  return result.right.config
}

const refusal = (argv: ReadonlyArray<string>, file?: unknown): string => {
  const result = read(argv, file)
  return E.isLeft(result) ? result.left.message : 'accepted'
}

const reference = {
  group: 'isulad',
  'default-runtime': 'lcr',
  graph: '/var/lib/isulad',
  state: '/var/run/isulad',
  engine: 'lcr',
  'log-level': 'ERROR',
  pidfile: '/var/run/isulad.pid',
  'log-opts': {
    'log-file-mode': '0600',
    'log-path': '/var/lib/isulad',
    'max-file': '1',
    'max-size': '30KB',
  },
  'log-driver': 'stdout',
  'hook-spec': '/etc/default/isulad/hooks/default.json',
  'start-timeout': '2m',
  'storage-driver': 'overlay2',
  'storage-opts': ['overlay2.override_kernel_check=true'],
  'registry-mirrors': ['docker.io'],
  'insecure-registries': ['rnd-dockerhub.huawei.com'],
  'pod-sandbox-image': '',
  'image-opt-timeout': '5m',
  'native.umask': 'secure',
  'network-plugin': '',
  'cni-bin-dir': '',
  'cni-conf-dir': '',
  'image-layer-check': false,
  'use-decrypted-key': true,
  'insecure-skip-verify-enforce': false,
}

test('DAEMON-SC-01 DAEMON-HOST-03: without a file the default socket is the only listener', () => {
  const { hosts, graph, state, pidfile, defaultRuntime } = config([])
  assert.deepEqual(hosts, [{ _tag: 'Unix', path: '/var/run/isulad.sock' }])
  assert.deepEqual(
    [graph, state, pidfile, defaultRuntime],
    ['/var/lib/isulad', '/var/run/isulad', '/var/run/isulad.pid', undefined],
  )
})

test('DAEMON-SC-03 CFG-REF-01: the reference file is accepted as it is', () => {
  const { log, logDriver, logLevel, startTimeoutMs, umask } = config([], reference)
  const expected = { path: '/var/lib/isulad', fileMode: 0o600, maxFiles: 1, maxSizeBytes: 30720 }
  assert.deepEqual(log, expected)
  assert.deepEqual(
    [logDriver, logLevel, startTimeoutMs, umask],
    ['stdout', 'ERROR', 120_000, 0o027],
  )
})

test('DAEMON-SC-02 CFG-SRC-01: the command line wins over the file', () => {
  assert.equal(config(['-l', 'DEBUG'], reference).logLevel, 'DEBUG')
  assert.equal(config(['--graph=/x'], reference).graph, '/x')
})

test('CFG-SRC-04: lists of the command line replace those of the file', () => {
  const argv = ['--storage-opt', 'overlay2.override_kernel_check=false']
  assert.deepEqual(config(argv, reference).storageOptions, [argv[1]])
})

test('CFG-SRC-05: missing keys are defaults, and so is an empty file object', () => {
  assert.deepEqual(config([], {}), config([]))
})

test('CFG-SRC-06: broken JSON is refused with the name of the file', () => {
  assert.match(refusal([], '{"a":'), /^Invalid JSON in \/etc\/isulad\/daemon.json: /)
  assert.match(refusal([], '[]'), /want a JSON object/)
})

test('CFG-SRC-07: an unknown key is refused by name', () => {
  assert.equal(refusal([], { 'image-foo': 1 }), `Unknown key in ${path}: "image-foo"`)
})

test('CFG-SRC-08 DAEMON-SC-10: wrong types of the two lenient booleans mean the default', () => {
  const file = { 'use-decrypted-key': 'no', 'insecure-skip-verify-enforce': 1 }
  const { useDecryptedKey, insecureSkipVerify } = config([], file)
  assert.deepEqual([useDecryptedKey, insecureSkipVerify], [true, false])
})

test('CFG-SRC-08: other keys of the wrong type are refused by name', () => {
  assert.equal(refusal([], { graph: 5 }), 'Invalid graph 5: want a string')
  assert.match(refusal([], { 'storage-opts': 'x' }), /storage-opts .*want a list of strings/)
})

test('CFG-SRC-09: an empty text means the default', () => {
  assert.equal(config([], { 'native.umask': '' }).umask, 0o027)
})

test('CFG-SRC-10: every way to write a flag', () => {
  const tcp = { _tag: 'Tcp', address: '127.0.0.1', port: 5678 }
  for (const argv of [
    ['-H=tcp://127.0.0.1:5678'],
    ['-H', 'tcp://127.0.0.1:5678'],
    ['--host', 'tcp://127.0.0.1:5678'],
    ['--host=tcp://127.0.0.1:5678'],
  ])
    assert.deepEqual(config(argv).hosts, [tcp])
  assert.equal(refusal(['--image-layer-check=false', '--use-decrypted-key']), 'accepted')
  assert.match(refusal(['--image-layer-check=no']), /want true or false/)
})

test('CFG-SRC-10: list flags may be repeated', () => {
  const argv = ['-H', 'unix:///a.sock', '--host=tcp://[::1]:1', '--log-opt', 'max-file=2']
  const made = config([...argv, '--log-opt=max-size=1m'])
  assert.equal(made.hosts.length, 2)
  assert.deepEqual([made.log.maxFiles, made.log.maxSizeBytes], [2, 1048576])
})

test('CFG-SRC-11: unknown flags, missing values and stray words are refused', () => {
  assert.equal(refusal(['--nope']), "Unknown flag found:'--nope'")
  assert.equal(refusal(['-x']), "Unknown flag found:'-x'")
  assert.equal(refusal(['--g', '/x']), "Unknown flag found:'--g'")
  assert.equal(refusal(['-graph', '/x']), "Unknown flag found:'-graph'")
  assert.equal(refusal(['--graph']), 'Flag needs a value: --graph')
  assert.equal(refusal(['word']), "Unexpected argument: 'word'")
})

test('CFG-SRC-12 CFG-RT-01: --runtime and --default-runtime set the default runtime', () => {
  assert.equal(config(['--runtime', 'runc']).defaultRuntime, 'runc')
  assert.equal(config(['--default-runtime=crun'], reference).defaultRuntime, 'crun')
})

test('DAEMON-HOST-06 DAEMON-SC-05: hosts in both places are refused word for word', () => {
  const flags = ['-H', 'unix:///var/run/isulad.sock', '-H', 'tcp://127.0.0.1:6789']
  const hosts = ['unix:///var/run/isulad.sock', 'tcp://localhost:5678', 'tcp://127.0.0.1:6789']
  assert.equal(
    refusal(flags, { hosts }),
    'unable to configure the isulad with file /etc/isulad/daemon.json: the following directives ' +
      'are specified both as a flag and in the configuration file: hosts: (from flag: ' +
      '[unix:///var/run/isulad.sock tcp://127.0.0.1:6789], from file: ' +
      '[unix:///var/run/isulad.sock tcp://localhost:5678 tcp://127.0.0.1:6789])',
  )
})

test('CFG-ULIMIT-05 RES-SCN-21: default ulimits in both places are refused alike', () => {
  const file = { 'default-ulimits': { nofile: { Name: 'nofile', Hard: 6400, Soft: 3200 } } }
  assert.match(
    refusal(['--default-ulimit', 'nofile=1:2'], file),
    /default-ulimits: \(from flag: \[nofile=1:2\], from file: \[nofile=3200:6400\]\)$/,
  )
})

test('DAEMON-HOST-02: a single string is a list of one', () => {
  assert.equal(config([], { hosts: 'unix:///a.sock' }).hosts.length, 1)
})

test('DAEMON-HOST-04 DAEMON-HOST-05 DAEMON-SC-07: illegal hosts are refused', () => {
  const wrong = ['unix://relative.sock', 'unix:///', 'unix://', '127.0.0.1:5678', 'tcp://1.2.3.4']
  const more = [
    'tcp://999.1.1.1:1',
    'tcp://1.2.3.4:65536',
    'tcp://example.org:1',
    'http://1.1.1.1:1',
  ]
  for (const host of [...wrong, ...more, 'tcp://[::1::2]:1', `unix:///${'x'.repeat(107)}`])
    assert.match(refusal(['-H', host]), /^Invalid host /, host)
  for (const host of ['tcp://localhost:0', 'tcp://[fe80::1]:65535', 'tcp://[::ffff:1.2.3.4]:1'])
    assert.equal(refusal(['-H', host]), 'accepted', host)
})

test('DAEMON-HOST-07 DAEMON-SC-06: ten hosts are accepted, eleven refused', () => {
  const hosts = (count: number) =>
    Array.from({ length: count }, (_, n) => `tcp://127.0.0.1:${n + 1}`)
  assert.equal(refusal([], { hosts: hosts(10) }), 'accepted')
  assert.match(refusal([], { hosts: hosts(11) }), /Too many hosts: 11, at most 10/)
})

test('DAEMON-SC-09 CFG-CNI-03: network plug-ins', () => {
  assert.equal(refusal([], { 'network-plugin': '' }), 'accepted')
  assert.match(refusal([], { 'network-plugin': 'bridge' }), /Invalid network-plugin "bridge"/)
  assert.equal(refusal(['--network-plugin=cni']), 'not supported yet: network-plugin cni')
})

test('DAEMON-SC-11 CFG-UMASK-01: umask policies', () => {
  assert.equal(config(['--native.umask', 'normal']).umask, 0o022)
  assert.equal(config(['--native.umask=secure']).umask, 0o027)
  assert.match(refusal(['--native.umask', '0077']), /Invalid native.umask "0077"/)
})

test('DAEMON-SC-12 CFG-ULIMIT-02: default ulimits from file or flag', () => {
  const ulimit = { Name: 'nofile', Hard: 6400, Soft: 3200 }
  assert.deepEqual(config([], { 'default-ulimits': { nofile: ulimit } }).ulimits, [ulimit])
  assert.deepEqual(config(['--default-ulimits', 'nofile=3200:6400']).ulimits, [ulimit])
})

test('DAEMON-SC-13 CFG-ULIMIT-03 CFG-ULIMIT-04 RES-SCN-22 RES-SCN-23: bad defaults', () => {
  const file = (ulimit: unknown) => ({ 'default-ulimits': { nofile: ulimit } })
  assert.match(refusal([], file({ Name: 'nproc', Hard: 2, Soft: 1 })), /same as its key/)
  assert.match(refusal([], file({ Name: 'nofile', Hard: 1, Soft: 2 })), /soft limit/)
  assert.match(refusal([], file({ Name: 'nofile', Soft: 3200 })), /soft limit/)
})

test('DAEMON-SC-17 CFG-WS-01: ports outside of 1024 to 49151 are refused', () => {
  const flag = '--websocket-server-listening-port'
  for (const port of ['1023', '49152', '-1', 'x'])
    assert.match(refusal([flag, port]), /^Invalid/, port)
  assert.equal(refusal([flag, '10350']), 'accepted')
})

test('DAEMON-SC-21 CFG-STG-01 CFG-STG-02: storage drivers and options', () => {
  assert.match(refusal([], { 'storage-driver': 'foo' }), /Invalid storage-driver "foo"/)
  assert.match(refusal([], { 'storage-driver': 'devicemapper' }), /^not supported yet/)
  assert.match(refusal(['-s', 'dm.fs=ext4']), /Unknown storage option "dm.fs=ext4"/)
  assert.match(refusal(['-s', 'overlay2.size=1G']), /^not supported yet: .*overlay2.size/)
})

test('CFG-RT-03: the whitelist of runtimes', () => {
  const runtimes = { kata: { path: '/usr/bin/kata', 'runtime-args': ['--x', 'y'] } }
  assert.deepEqual(config([], { runtimes }).runtimes, [
    { name: 'kata', path: '/usr/bin/kata', args: ['--x', 'y'] },
  ])
  assert.match(refusal([], { runtimes: { kata: {} } }), /Runtime "kata" has no path/)
  assert.match(
    refusal([], { runtimes: { kata: { pth: '' } } }),
    /unknown member: runtimes.kata.pth/,
  )
})

test('CFG-LOG-01 CFG-LOG-02 CFG-LOG-03: log settings', () => {
  assert.match(refusal(['--log-driver', 'syslog']), /Invalid log-driver "syslog"/)
  assert.match(refusal(['-l', 'LOUD']), /Invalid log-level "LOUD"/)
  assert.match(refusal(['--log-opt', 'x=1']), /Unknown log option "x"/)
  assert.match(refusal(['--log-opt', 'log-file-mode=0999']), /Invalid log-file-mode/)
  assert.match(refusal(['--log-opt', 'max-file=0']), /Invalid max-file/)
})

test('CFG-START-01 CFG-IMG-02: durations, and -1 for no limit', () => {
  assert.equal(config(['--start-timeout', '1m30s']).startTimeoutMs, 90_000)
  assert.equal(config(['--image-opt-timeout=-1']).imageTimeoutMs, null)
  for (const wrong of ['2', '2x', 'm', '-2m', '0s', '1m '])
    assert.match(refusal([`--start-timeout=${wrong}`]), /Invalid start-timeout/, wrong)
})

test('journal-retain takes an age, a size, both, or no limit, from flag and file', () => {
  const both = { ageMs: 30 * 86_400_000, sizeBytes: 1024 ** 3 }
  assert.deepEqual(config([]).journalRetain, both)
  assert.deepEqual(config([], { 'journal-retain': '1GiB,30d' }).journalRetain, both)
  const retain = (text: string) => config([`--journal-retain=${text}`]).journalRetain
  assert.deepEqual(retain('36h'), { ageMs: 36 * 3_600_000, sizeBytes: null })
  assert.deepEqual(retain('1d12h'), { ageMs: 36 * 3_600_000, sizeBytes: null })
  assert.deepEqual(retain('512MB'), { ageMs: null, sizeBytes: 512 * 1024 ** 2 })
  assert.deepEqual(retain('-1'), { ageMs: null, sizeBytes: null })
})

test('journal-retain names what it refuses', () => {
  const said = (text: string) => refusal([`--journal-retain=${text}`])
  for (const wrong of ['x', '30', '30d,', '30d,1d', '1GiB,2GiB', '-5d', '1GiB 30d', '30d;1GiB'])
    assert.match(said(wrong), /^Invalid journal-retain ".*": want an age such as 30d/, wrong)
  assert.match(said('30m'), /^Invalid journal-retain "30m": want an age of 1h or more/)
  assert.match(said('30d,1MB'), /^Invalid journal-retain "1MB": want a size of 64MiB or more/)
  assert.match(refusal([], { 'journal-retain': 30 }), /^Invalid journal-retain 30: want a string/)
})

test('CFG-CGROUP-01 CFG-ENGINE-01 CFG-GROUP-01: other texts', () => {
  const made = config(['--cgroup-parent', 'lxc/mycgroup', '-e', 'LCR', '-G', 'wheel'])
  assert.deepEqual([made.cgroupParent, made.group], ['lxc/mycgroup', 'wheel'])
  assert.equal(config([]).group, undefined)
  assert.match(refusal(['-e', 'docker']), /Invalid engine "docker"/)
  assert.match(refusal(['-g', 'relative']), /Invalid graph "relative"/)
})

test('documented keys of later work are refused by name when they ask for something', () => {
  assert.equal(refusal(['--tlsverify']), 'not supported yet: tls-verify')
  assert.equal(refusal([], { tlsverify: true }), 'not supported yet: tls-verify')
  assert.equal(refusal(['--hook-spec', '/x.json']), 'not supported yet: hook-spec')
  assert.equal(refusal(['--use-decrypted-key=false']), 'not supported yet: use-decrypted-key false')
  assert.equal(refusal([], { 'enable-cri-v1': true }), 'not supported yet: enable-cri-v1')
  assert.equal(refusal([], { 'enable-cri-v1': false, 'metrics-port': 0 }), 'accepted')
})

test('CFG-HELP-02 CFG-VER-01: help and version win over everything else but a broken line', () => {
  const tag = (argv: ReadonlyArray<string>) => {
    const result = read(argv, '{broken')
    return E.isLeft(result) ? 'refused' : result.right._tag
  }
  assert.deepEqual(
    [tag(['--help']), tag(['-V']), tag(['--version'])],
    ['Help', 'Version', 'Version'],
  )
  assert.equal(tag(['-h']), 'refused')
})

test('CFG-HELP-01: the help has usage, heading, and every documented flag', () => {
  const text = helpText()
  assert.ok(text.includes('lightweight container runtime daemon'))
  assert.ok(text.includes('\nUsage:  isulad [global options]\n\nGLOBAL OPTIONS:\n'))
  for (const { flags, short, kind } of options) {
    const [flag] = flags
    const shown = kind === 'object' || flag === undefined || text.includes(`--${flag} `)
    assert.ok(shown || !documented.has(flag), flag)
    if (short !== undefined) assert.ok(text.includes(`  -${short}, --${flag} `), short)
  }
  for (const flag of documented) assert.match(text, new RegExp(`--${flag} `))
})

const documented = new Set(
  (
    'authorization-plugin cgroup-parent cni-bin-dir cni-conf-dir default-ulimit engine graph ' +
    'group help hook-spec host image-layer-check image-opt-timeout insecure-registry ' +
    'insecure-skip-verify-enforce journal-retain log-driver log-level log-opt native.umask ' +
    'network-plugin pidfile pod-sandbox-image registry-mirrors start-timeout state ' +
    'storage-driver storage-opt ' +
    'tls tlscacert tlscert tlskey tlsverify use-decrypted-key version ' +
    'websocket-server-listening-port'
  ).split(' '),
)

test.run()
