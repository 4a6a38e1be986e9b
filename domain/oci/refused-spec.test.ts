/** What the spec builder refuses by itself, and what it can only warn of. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../properties/testing/suite.ts'
import type { HostConfig, ProcessConfig } from '../container/config.ts'
import { sampleHost, sampleProcess } from '../container/container-fixture.ts'
import { buildSpec, type BuiltSpec, type SpecInput } from './build-spec.ts'
import type { SpecRefusal } from './spec.ts'
import { noStorage } from '../container/storage.ts'

const test = suite('OCI spec, refused')

const input: SpecInput = {
  host: sampleHost,
  process: sampleProcess,
  storage: noStorage,
  volumeData: (volume) => `/volumes/${volume}/_data`,
  rootfs: '/r',
  cgroupPath: '/isulad/abc',
  facts: {
    capabilities: ['CAP_KILL'],
    hardRlimits: {},
    cgroupMode: 'v2',
    swapLimit: false,
    seccomp: { supported: true, architecture: 'x64', profile: null },
    hostname: 'node7',
    mounts: [
      { point: '/', shared: false, slave: false },
      { point: '/srv', shared: true, slave: false },
      { point: '/srv/deep', shared: false, slave: true },
    ],
    devices: [],
  },
  accounts: { passwd: '', group: '' },
  files: { hosts: '/f/hosts', hostname: '/f/hostname', resolvConf: '/f/resolv.conf' },
  devices: [],
  joined: {},
}

const build = (
  host: Partial<HostConfig>,
  process: Partial<ProcessConfig> = {},
  over: Partial<SpecInput> = {},
): E.Either<SpecRefusal, BuiltSpec> =>
  buildSpec({
    ...input,
    host: { ...sampleHost, ...host },
    process: { ...sampleProcess, ...process },
    ...over,
  })

const refusal = (built: E.Either<SpecRefusal, BuiltSpec>): string =>
  E.isLeft(built) ? `${built.left.errno}: ${built.left.message}` : 'accepted'

const mountsOf = (host: Partial<HostConfig>) => {
  const built = build(host)
  if (E.isLeft(built)) throw new Error(built.left.message)
  return built.right.spec
}

test('a container without a command, or with a relative directory, is refused', () => {
  assert.equal(refusal(build({}, { Cmd: [], Entrypoint: [] })), 'EINVAL: No command specified')
  assert.equal(
    refusal(build({}, { WorkingDir: 'srv' })),
    'EINVAL: working directory "srv" is not an absolute path',
  )
})

test('a relative cgroup path and an unknown capability are refused', () => {
  assert.equal(
    refusal(build({}, {}, { cgroupPath: 'isulad/abc' })),
    'EINVAL: cgroup path "isulad/abc" is not absolute',
  )
  assert.equal(refusal(build({ CapAdd: ['FLY'] })), 'EINVAL: unknown capability "FLY"')
})

test('binds, mounts and tmpfs of an older configuration are checked again', () => {
  assert.match(refusal(build({ Binds: ['relative:/x'] })), /^EINVAL: /)
  const mount = { Type: 'bind', Source: 's', Target: '/t', Readonly: false, Propagation: '' }
  assert.match(refusal(build({ Mounts: [{ ...mount, Type: 'bind' }] })), /^EINVAL: /)
  assert.match(refusal(build({ Tmpfs: { relative: '' } })), /^EINVAL: /)
  assert.match(refusal(build({ Tmpfs: { '/run': 'size=what' } })), /^EINVAL: /)
})

test('a slave bind needs a host mount that receives: the deepest one below it counts', () => {
  assert.equal(
    refusal(build({ Binds: ['/opt/x:/x:slave'] })),
    'EINVAL: /opt/x is mounted on / but it is not a shared or slave mount',
  )
  assert.equal(mountsOf({ Binds: ['/srv/x:/x:rslave'] }).linux.rootfsPropagation, 'slave')
  assert.equal(mountsOf({ Binds: ['/srv/deep/x:/x:slave'] }).linux.rootfsPropagation, 'slave')
  assert.equal(
    refusal(build({ Binds: ['/srv/deep/x:/x:shared'] })),
    'EINVAL: /srv/deep/x is mounted on /srv/deep but it is not a shared mount',
  )
})

test('one shared bind among slaves makes the root shared; private ones ask for nothing', () => {
  const both = ['/srv/a:/a:slave', '/srv/b:/b:rshared']
  assert.equal(mountsOf({ Binds: both }).linux.rootfsPropagation, 'shared')
  assert.ok(!('rootfsPropagation' in mountsOf({ Binds: ['/opt:/a'] }).linux))
})

test('a tmpfs on a path of ours takes its place', () => {
  const onShm = mountsOf({ Tmpfs: { '/dev/shm': '' } }).mounts
  assert.equal(onShm.filter(({ destination }) => destination === '/dev/shm').length, 1)
})

test('without swap accounting memory is limited without swap, and that is said', () => {
  const built = build({ Memory: 67_108_864, MemorySwap: -1 })
  assert.ok(E.isRight(built))
  assert.deepEqual(built.right.spec.linux.resources.memory, { limit: 67_108_864 })
  assert.match(built.right.warnings.join(), /does not support swap limits/)
})

test('no shm size means 64 MiB', () => {
  const shm = mountsOf({ ShmSize: 0 }).mounts.find(({ destination }) => destination === '/dev/shm')
  assert.ok(shm?.options.includes('size=67108864'))
})

test('an unknown limit is refused, an unlimited one is lowered to what the daemon has', () => {
  assert.match(refusal(build({ Ulimits: [{ Name: 'colour', Soft: 1, Hard: 1 }] })), /^EINVAL: /)
  const hardRlimits = { RLIMIT_CORE: 4_096n }
  const built = build(
    { Ulimits: [{ Name: 'core', Soft: -1, Hard: -1 }] },
    {},
    { facts: { ...input.facts, hardRlimits } },
  )
  assert.ok(E.isRight(built))
  assert.deepEqual(built.right.spec.process.rlimits, [
    { type: 'RLIMIT_CORE', hard: 4_096n, soft: 4_096n },
  ])
  assert.match(built.right.warnings.join(), /core: hard limit unlimited is lowered to 4096/)
})

test.run()
