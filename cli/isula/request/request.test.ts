/** Create documents, byte for byte as upstream's client sends them (spec 22 section 6). */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { parseInvocation } from '../grammar/invocation.ts'
import { createRequest } from './create-request.ts'
import { nanoCpus } from './host-config.ts'
import { parseInstant } from './instant.ts'

const test = suite('isula request')

const detached = { stdin: false, output: false }

const build = (words: ReadonlyArray<string>, attached = detached) => {
  const parsed = parseInvocation(['run', ...words], {}, '0')
  if (E.isLeft(parsed)) throw new Error(parsed.left.text)
  const { flags, operands } = parsed.right
  const env = { HOME: '/root', EMPTY: '' }
  return createRequest({ flags, operands, attached, autoRemove: flags.bool('rm'), env })
}

const built = (words: ReadonlyArray<string>, attached = detached) => {
  const request = build(words, attached)
  if (E.isLeft(request)) throw new Error(request.left)
  return request.right
}

const host = (words: string): unknown =>
  JSON.parse(built([...words.split(' '), 'busybox']).hostconfig)
const custom = (words: string, attached = detached): unknown =>
  JSON.parse(built([...words.split(' '), 'busybox'], attached).customconfig)

test('the recorded example gives the recorded bytes', () => {
  const line =
    '-d --name demo -e A=B -m 64m --cpus 0.5 -v /tmp:/mnt:ro --label x=y busybox sh -c ...'
  assert.equal(built(line.split(' ')), {
    id: 'demo',
    rootfs: '',
    image: 'busybox',
    runtime: '',
    hostconfig:
      '{"Binds":["/tmp:/mnt:ro"],"RestartPolicy":{"Name":"no"},"Memory":67108864,' +
      '"NanoCpus":500000000}',
    customconfig: '{"Env":["A=B"],"Cmd":["sh","-c","..."],"Labels":{"x":"y"},"Annotations":{}}',
  })
})

test('the other recorded members are the same', () => {
  const no = { RestartPolicy: { Name: 'no' } }
  assert.equal(host('--rm'), { ...no, AutoRemove: true, AutoRemoveBak: true })
  assert.equal(host('--tmpfs /t:size=1m'), { ...no, Tmpfs: { '/t:size=1m': '' } })
  assert.equal(host('--restart on-failure:3'), {
    RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
  })
  assert.is(
    JSON.stringify(host('--ulimit nofile=100:200')),
    '{"RestartPolicy":{"Name":"no"},"Ulimits":[{"Name":"nofile","Hard":200,"Soft":100}]}',
  )
  assert.equal(custom('-it', { stdin: true, output: true }), {
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: true,
    OpenStdin: true,
    Annotations: {},
  })
  assert.equal(custom('--rm', { stdin: false, output: true }), {
    AttachStdout: true,
    AttachStderr: true,
    Annotations: {},
  })
})

test('every supported flag ends in a member', () => {
  const line =
    '--mount type=bind,src=/a,dst=/b,ro --net none --privileged --read-only --cap-add SYS_ADMIN ' +
    '--cap-drop CHOWN --cpu-shares 512 --cpuset-cpus 0-1 -m 1G --memory-swap -1 --pids-limit 9'
  assert.equal(host(line), {
    Mounts: [{ Type: 'bind', Source: '/a', Target: '/b', Readonly: true }],
    NetworkMode: 'none',
    Privileged: true,
    ReadonlyRootfs: true,
    RestartPolicy: { Name: 'no' },
    CapAdd: ['SYS_ADMIN'],
    CapDrop: ['CHOWN'],
    CPUShares: 512,
    Memory: 1073741824,
    CpusetCpus: '0-1',
    MemorySwap: -1,
    PidsLimit: 9,
  })
  const rest = '-h box -u 1:2 -w /w --entrypoint /e --stop-signal INT --annotation a=b=c -e HOME'
  assert.equal(custom(rest), {
    Hostname: 'box',
    User: '1:2',
    Env: ['HOME=/root'],
    WorkingDir: '/w',
    Entrypoint: ['/e'],
    Annotations: { a: 'b=c' },
    StopSignal: 'INT',
  })
  assert.is(built(['-R', 'LCR', 'busybox']).runtime, 'lcr')
})

test('sizes have binary units in any case, and a bad one is refused (RES-VAL-01)', () => {
  const sizes = [
    ['4096000b', 4096000],
    ['1G', 1024 ** 3],
    ['64mb', 64 * 1024 ** 2],
    ['2TB', 2 * 1024 ** 4],
    ['1PB', 1024 ** 5],
  ] as const
  for (const [text, bytes] of sizes)
    assert.equal(host(`-m ${text}`), { RestartPolicy: { Name: 'no' }, Memory: bytes }, text)
  for (const text of ['', 'x', '1X', '1.5.2g', '99999999999999999999'])
    assert.ok(E.isLeft(build(['-m', text, 'busybox'])), text)
})

test('flags of names, devices, namespaces and security end in their members', () => {
  const line =
    '--group-add 7 --ipc host --pid container:other --uts none --shm-size 1m --sysctl net.a.b=1 ' +
    '--dns 10.0.0.1 --dns-opt ndots:1 --dns-search a.example --add-host db:10.0.0.2 ' +
    '--oom-score-adj -5 --device /dev/fuse:r --cgroup-parent /p --security-opt seccomp:unconfined'
  assert.equal(host(line), {
    GroupAdd: ['7'],
    IpcMode: 'host',
    PidMode: 'container:other',
    ShmSize: 1048576,
    UTSMode: 'none',
    Sysctls: { 'net.a.b': '1' },
    RestartPolicy: { Name: 'no' },
    Dns: ['10.0.0.1'],
    DnsOptions: ['ndots:1'],
    DnsSearch: ['a.example'],
    ExtraHosts: ['db:10.0.0.2'],
    OomScoreAdj: -5,
    Devices: [{ PathOnHost: '/dev/fuse', PathInContainer: '/dev/fuse', CgroupPermissions: 'r' }],
    SecurityOpt: ['seccomp=unconfined'],
    CgroupParent: '/p',
  })
})

test('values that no daemon could read are refused before a request is made', () => {
  const wrong = [
    ['--ulimit', 'nofile=9:1'],
    ['--ulimit', 'files=1'],
    ['--restart', 'sometimes'],
    ['--mount', 'type=volume'],
    ['--mount', 'type=bind,dst=/x'],
    ['--annotation', 'novalue'],
    ['--label', '=x'],
    ['-e', '=x'],
    ['--cpus', 'half'],
    ['--shm-size', 'much'],
    ['--sysctl', 'none'],
    ['--device', 'null'],
    ['--device', '/dev/null:/x:q'],
    ['--device-cgroup-rule', 'c 1 r'],
    ['--add-host', 'db'],
    ['--dns', 'one'],
    ['--dns-search', 'a b'],
    ['--dns-opt', 'a b'],
    ['--env-file', '/nowhere'],
    ['--label-file', '/nowhere'],
    ['--security-opt', 'seccomp=here.json'],
    ['--security-opt', 'sandbox=1'],
  ]
  for (const words of wrong) assert.ok(E.isLeft(build([...words, 'busybox'])), words.join(' '))
})

test('cpus are billionths without rounding', () => {
  assert.equal(nanoCpus('0.1'), E.right(100_000_000))
  assert.equal(nanoCpus('1.000000001'), E.right(1_000_000_001))
  assert.equal(nanoCpus('.5'), E.right(500_000_000))
  for (const text of ['', '.', '-1', '1e3']) assert.ok(E.isLeft(nanoCpus(text)), text)
})

test('times: RFC 3339, without zone local, or Unix seconds', () => {
  assert.equal(parseInstant('1700000000'), E.right({ seconds: 1700000000, nanos: 0 }))
  assert.equal(
    parseInstant('2023-11-14T22:13:20.5+00:00'),
    E.right({ seconds: 1700000000, nanos: 500_000_000 }),
  )
  const local = Math.floor(new Date(2023, 10, 14, 1, 2, 3).getTime() / 1000)
  assert.equal(parseInstant('2023-11-14T01:02:03'), E.right({ seconds: local, nanos: 0 }))
  for (const text of ['', 'yesterday', '2023-13-40', '2023-11-14T99:00:00'])
    assert.ok(E.isLeft(parseInstant(text)), text)
})

test.run()
