/** The OCI runtime configuration that a container's configuration leads to. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../properties/testing/suite.ts'
import { containerConfig } from '../container/validate/container-config.ts'
import { buildSpec, type BuiltSpec } from './build-spec.ts'
import { capabilityNames } from './capabilities.ts'
import type { HostFacts } from './host-facts.ts'
import { noStorage } from '../container/storage.ts'

const test = suite('OCI spec')

const facts: HostFacts = {
  capabilities: capabilityNames,
  hardRlimits: {},
  cgroupMode: 'hybrid',
  swapLimit: true,
  seccomp: { supported: true, architecture: 'x64', profile: null },
  hostname: 'node7',
  mounts: [
    { point: '/', shared: false, slave: false },
    { point: '/srv', shared: true, slave: false },
  ],
  devices: [
    { path: '/dev/null', type: 'c', major: 1, minor: 3, fileMode: 0o666, uid: 0, gid: 0 },
    { path: '/dev/vda', type: 'b', major: 254, minor: 0, fileMode: 0o660, uid: 0, gid: 6 },
  ],
}

const defaults = {
  cgroupParent: '/isulad',
  runtime: 'crun',
  runtimes: [],
  hostCpus: [0, 1],
  ulimits: [],
  umask: 0o027,
}

type Members = Readonly<Record<string, unknown>>

const build = (
  host: Members,
  custom: Members = {},
  over: Partial<HostFacts> = {},
): E.Either<string, BuiltSpec> => {
  const config = containerConfig(
    {
      hostConfig: JSON.stringify(host),
      customConfig: JSON.stringify({ Cmd: ['sh'], ...custom }),
      imageConfig: '{}',
    },
    defaults,
  )
  if (E.isLeft(config)) return E.left(config.left.message)
  const built = buildSpec({
    host: config.right.host,
    process: config.right.process,
    storage: noStorage,
    volumeData: (volume) => `/volumes/${volume}/_data`,
    rootfs: '/r',
    cgroupPath: '/isulad/abc',
    facts: { ...facts, ...over },
    accounts: { passwd: 'web:x:1000:1000::/home/web:/bin/sh\n', group: '' },
    files: { hosts: '/f/hosts', hostname: '/f/hostname', resolvConf: '/f/resolv.conf' },
    devices: [],
    joined: {},
  })
  return E.isLeft(built) ? E.left(`${built.left.errno}: ${built.left.message}`) : built
}

const spec = (host: Members, custom: Members = {}, over: Partial<HostFacts> = {}) => {
  const built = build(host, custom, over)
  if (E.isLeft(built)) throw new Error(built.left)
  return built.right.spec
}

const destinations = (host: Members) => spec(host).mounts.map(({ destination }) => destination)

const optionsOf = (host: Members, destination: string) =>
  spec(host).mounts.find((mount) => mount.destination === destination)?.options ?? []

test('a plain container has its own pid, ipc, uts, mount and network namespace', () => {
  const types = spec({}).linux.namespaces.map(({ type }) => type)
  assert.deepEqual(types, ['pid', 'ipc', 'uts', 'network', 'mount'])
})

test('RES-SCN-02: the host network means no network namespace, and the name of the host', () => {
  const { linux, hostname } = spec({ NetworkMode: 'host' })
  assert.ok(!linux.namespaces.some(({ type }) => type === 'network'))
  assert.equal(hostname, 'node7')
})

test('only on cgroup v2 there is a cgroup namespace', () => {
  const { linux, mounts } = spec({}, {}, { cgroupMode: 'v2' })
  assert.ok(linux.namespaces.some(({ type }) => type === 'cgroup'))
  assert.equal(mounts.find(({ destination }) => destination === '/sys/fs/cgroup')?.type, 'cgroup2')
})

test('RES-NS-07: the host name is localhost unless it is given', () => {
  assert.equal(spec({}).hostname, 'localhost')
  assert.equal(spec({}, { Hostname: 'box' }).hostname, 'box')
  assert.ok(spec({}, { Hostname: 'box' }).process.env.includes('HOSTNAME=box'))
})

test('RES-ROOTFS-34: the listed paths are covered, and none of them for privileged', () => {
  const masked = spec({}).linux.maskedPaths
  const listed = ['acpi', 'kcore', 'keys', 'timer_list', 'sched_debug', 'scsi', 'fdthreshold']
  for (const name of [...listed, 'fdenable']) assert.ok(masked.includes(`/proc/${name}`), name)
  assert.ok(masked.includes('/sys/firmware'))
  const privileged = spec({ Privileged: true }).linux
  assert.deepEqual([privileged.maskedPaths, privileged.readonlyPaths], [[], []])
})

test('PRIV-MODE-03: privileged has writable /sys, all devices, all capabilities', () => {
  const { linux, process } = spec({ Privileged: true })
  assert.ok(optionsOf({ Privileged: true }, '/sys').includes('rw'))
  assert.ok(optionsOf({ Privileged: true }, '/sys/fs/cgroup').includes('rw'))
  assert.deepEqual(
    linux.devices.map(({ path }) => path),
    ['/dev/vda'],
  )
  assert.deepEqual(linux.resources.devices, [{ allow: true, access: 'rwm' }])
  assert.deepEqual(process.capabilities.effective, capabilityNames)
})

test('PRIV-SCN-03: an ordinary container has read-only /sys, cgroups and /proc/sys', () => {
  assert.ok(optionsOf({}, '/sys').includes('ro'))
  assert.ok(optionsOf({}, '/sys/fs/cgroup').includes('ro'))
  assert.ok(spec({}).linux.readonlyPaths.includes('/proc/sys'))
  assert.deepEqual(spec({}).linux.resources.devices[0], { allow: false, access: 'rwm' })
})

test('nothing is inheritable or ambient, whatever is granted', () => {
  const { capabilities } = spec({ CapAdd: ['all'] }).process
  assert.deepEqual([capabilities.inheritable, capabilities.ambient], [[], []])
})

test('CLI-MNT-01 CLI-SC-20: --mount comes after -v', () => {
  const host = {
    Binds: ['/a:/d', '/a2:/e'],
    Mounts: [{ Type: 'bind', Source: '/b', Target: '/d' }],
  }
  const sources = spec(host).mounts.filter(({ type }) => type === 'bind')
  assert.deepEqual(
    sources.slice(-3).map(({ source, destination }) => [source, destination]),
    [
      ['/a', '/d'],
      ['/a2', '/e'],
      ['/b', '/d'],
    ],
  )
})

test('CLI-MNT-03: mounts are made in the given order', () => {
  const order = destinations({ Binds: ['/home/test2:/mnt/abc', '/home/test1:/mnt/'] })
  assert.deepEqual(order.slice(-2), ['/mnt/abc', '/mnt'])
})

test('hosts, hostname and resolv.conf are bound, unless the user mounts over them', () => {
  assert.ok(destinations({}).includes('/etc/hosts'))
  const mounts = spec({ Binds: ['/x:/etc/hosts:ro'] }).mounts
  const hosts = mounts.filter(({ destination }) => destination === '/etc/hosts')
  assert.deepEqual(hosts, [
    { destination: '/etc/hosts', type: 'bind', source: '/x', options: ['rbind', 'rprivate', 'ro'] },
  ])
})

test('a tmpfs is noexec, nosuid, nodev unless the user says otherwise', () => {
  const host = { Tmpfs: { '/run:size=1m,exec': '' } }
  assert.deepEqual(optionsOf(host, '/run'), ['exec', 'nosuid', 'nodev', 'size=1m'])
})

test('/dev/shm has the asked size, 64 MiB by default', () => {
  assert.ok(optionsOf({}, '/dev/shm').includes('size=67108864'))
  assert.ok(optionsOf({ ShmSize: 1048576 }, '/dev/shm').includes('size=1048576'))
})

test('propagation needs a host mount that propagates, and is passed on to the root', () => {
  assert.equal(spec({ Binds: ['/srv/x:/x:rshared'] }).linux.rootfsPropagation, 'shared')
  assert.equal(spec({ Binds: ['/srv/x:/x:slave'] }).linux.rootfsPropagation, 'slave')
  assert.deepEqual(
    build({ Binds: ['/opt:/x:shared'] }),
    E.left('EINVAL: /opt is mounted on / but it is not a shared mount'),
  )
})

test('memory without swap limit gets twice its size; unset limits are not written', () => {
  assert.deepEqual(spec({ Memory: 67108864 }).linux.resources.memory, {
    limit: 67108864,
    swap: 134217728,
  })
  assert.deepEqual(Object.keys(spec({}).linux.resources), ['devices'])
})

test('RES-SCN-08: memory-swap -1 is unlimited', () => {
  const { memory } = spec({ Memory: 67108864, MemorySwap: -1 }).linux.resources
  assert.deepEqual(memory, { limit: 67108864, swap: -1 })
})

test('--cpus becomes quota and period; shares, cpus and pids are passed on', () => {
  const host = { NanoCpus: 500000000, CPUShares: 512, CpusetCpus: '0-1', PidsLimit: 20 }
  const { cpu, pids } = spec(host).linux.resources
  assert.deepEqual(cpu, { shares: 512, quota: 50000, period: 100000, cpus: '0-1' })
  assert.deepEqual(pids, { limit: 20 })
})

test('RES-PIDS-01: 0 and negative pids limits set no limit', () => {
  assert.equal(spec({ PidsLimit: -5 }).linux.resources.pids, undefined)
})

test('RES-ULIMIT-35 RES-SCN-20: core=-1 is unlimited, exactly', () => {
  const { rlimits } = spec({ Ulimits: [{ Name: 'core', Soft: -1, Hard: -1 }] }).process
  const infinity = 18446744073709551615n
  assert.deepEqual(rlimits, [{ type: 'RLIMIT_CORE', hard: infinity, soft: infinity }])
})

test('RES-ULIMIT-36 RES-SCN-20: a negative nofile is not permitted at start', () => {
  const built = build({ Ulimits: [{ Name: 'nofile', Soft: -1, Hard: -1 }] })
  assert.match(E.isLeft(built) ? built.left : '', /Operation not permitted/)
})

test('hard limits beyond the daemon are lowered, with a warning', () => {
  const host = { Ulimits: [{ Name: 'nofile', Soft: 30000, Hard: 40000 }] }
  const built = build(host, {}, { hardRlimits: { RLIMIT_NOFILE: 20000n } })
  assert.ok(E.isRight(built))
  const { spec: made, warnings } = built.right
  assert.deepEqual(made.process.rlimits, [{ type: 'RLIMIT_NOFILE', hard: 20000n, soft: 20000n }])
  assert.match(warnings.join(), /nofile: hard limit 40000 is lowered to 20000/)
})

test('CLI-INSPECT-06: PATH by default, TERM with a terminal, HOME from the account', () => {
  const { env } = spec({}, { Tty: true, User: 'web', Env: ['A=B'] }).process
  assert.ok(env.includes('PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'))
  for (const entry of ['TERM=xterm', 'A=B', 'HOME=/home/web']) assert.ok(env.includes(entry))
  assert.equal(env.filter((entry) => entry.startsWith('PATH=')).length, 1)
  const own = spec({}, { Env: ['HOME=/x', 'PATH=/bin'] }).process.env
  assert.ok(own.includes('HOME=/x') && own.includes('PATH=/bin'))
  assert.ok(!own.some((entry) => entry.startsWith('TERM=')))
})

test('CLI-USER-03: an unknown user refuses the bundle with EUSER', () => {
  const built = build({}, { User: 'ghost' })
  assert.match(E.isLeft(built) ? built.left : '', /^EUSER: unable to find user ghost/)
})

test('umask, terminal, read-only root and an absolute cgroup path are passed on', () => {
  const made = spec({ ReadonlyRootfs: true }, { Tty: true, WorkingDir: '/srv' })
  assert.deepEqual(made.root, { path: '/r', readonly: true })
  assert.deepEqual(
    [made.process.user.umask, made.process.terminal, made.process.cwd],
    [0o027, true, '/srv'],
  )
  assert.equal(made.linux.cgroupsPath, '/isulad/abc')
  assert.equal(spec({}).process.cwd, '/')
})

test.run()
