/** The documents of a create request become a stored configuration, or a refusal by name. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../../properties/testing/suite.ts'
import { HostConfig, ProcessConfig } from '../config.ts'
import { containerConfig, type ContainerConfig, type CreateDefaults } from './container-config.ts'
import { containerConfigMembers, hostConfigMembers } from './members.ts'

const test = suite('container configuration')

const defaults: CreateDefaults = {
  cgroupParent: '/isulad',
  runtime: 'crun',
  runtimes: ['crun', 'runc', 'lcr'],
  hostCpus: [0, 1],
  ulimits: [{ Name: 'nproc', Soft: 5, Hard: 5 }],
  umask: 0o027,
}

type Members = Readonly<Record<string, unknown>>

const image = {
  config: {
    Env: ['PATH=/bin', 'LANG=C'],
    Cmd: ['sh'],
    Entrypoint: ['/entry'],
    WorkingDir: '/srv',
    User: 'web',
    StopSignal: '3',
    Labels: { from: 'image', both: 'image' },
  },
}

const read = (host: Members, custom: Members, imageConfig: Members = { config: { Cmd: ['sh'] } }) =>
  containerConfig(
    {
      hostConfig: JSON.stringify(host),
      customConfig: JSON.stringify(custom),
      imageConfig: JSON.stringify(imageConfig),
    },
    defaults,
  )

const made = (...input: Parameters<typeof read>): ContainerConfig => {
  const config = read(...input)
  if (E.isLeft(config)) throw new Error(config.left.message)
  return config.right
}

const refusal = (...input: Parameters<typeof read>): string => {
  const config = read(...input)
  return E.isLeft(config) ? config.left.message : 'accepted'
}

test('the recorded request of the upstream client is understood', () => {
  const { host, process } = made(
    {
      Binds: ['/tmp:/mnt:ro'],
      RestartPolicy: { Name: 'no' },
      Memory: 67108864,
      NanoCpus: 500000000,
    },
    { Env: ['A=B'], Cmd: ['sh', '-c', 'true'], Labels: { x: 'y' }, Annotations: {} },
  )
  assert.deepEqual(host.Binds, ['/tmp:/mnt:ro'])
  assert.deepEqual([host.Memory, host.MemorySwap, host.NanoCpus], [67108864, 134217728, 500000000])
  assert.deepEqual(process.Cmd, ['sh', '-c', 'true'])
  assert.deepEqual(process.Labels, { x: 'y' })
})

test('what is made is always a storable configuration', () => {
  const { host, process } = made({}, {}, image)
  assert.ok(HostConfig.is(host))
  assert.ok(ProcessConfig.is(process))
  assert.equal(host.ShmSize, 67108864)
  assert.deepEqual([host.CgroupParent, host.Runtime], ['/isulad', 'crun'])
})

test('an image config fills what the client leaves open', () => {
  const { process } = made({}, {}, image)
  assert.deepEqual([process.Entrypoint, process.Cmd], [['/entry'], ['sh']])
  assert.deepEqual(process.Env, ['PATH=/bin', 'LANG=C'])
  assert.deepEqual(
    [process.WorkingDir, process.User, process.StopSignal],
    ['/srv', 'web', 'SIGQUIT'],
  )
})

test('the client wins over the image, variable by variable and label by label', () => {
  const custom = { Env: ['LANG=de', 'A=1'], User: '5', WorkingDir: '/w', StopSignal: 'KILL' }
  const { process } = made({}, { ...custom, Labels: { both: 'client' } }, image)
  assert.deepEqual(process.Env, ['PATH=/bin', 'LANG=de', 'A=1'])
  assert.deepEqual([process.User, process.WorkingDir, process.StopSignal], ['5', '/w', 'SIGKILL'])
  assert.deepEqual(process.Labels, { from: 'image', both: 'client' })
})

test('a given entry point takes the command of the image away', () => {
  const { process } = made({}, { Entrypoint: ['/x'] }, image)
  assert.deepEqual([process.Entrypoint, process.Cmd], [['/x'], []])
  const both = made({}, { Entrypoint: [''], Cmd: ['ls'] }, image).process
  assert.deepEqual([both.Entrypoint, both.Cmd], [[], ['ls']])
})

test('without entry point and command there is nothing to run', () => {
  assert.equal(refusal({}, {}, { config: {} }), 'No command specified')
  assert.equal(refusal({}, { Entrypoint: [''] }, image), 'No command specified')
})

test('CLI-INSPECT-06: PATH is there by default, TERM with a terminal', () => {
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  assert.deepEqual(made({}, {}).process.Env, [path])
  assert.deepEqual(made({}, { Tty: true }).process.Env, [path, 'TERM=xterm'])
})

test('CLI-CR-26 RES-NS-07: the name is localhost, or with the host network its own', () => {
  assert.equal(made({}, {}).process.Hostname, 'localhost')
  assert.equal(made({ NetworkMode: 'host' }, {}).process.Hostname, '')
})

test('CLI-CR-01 CLI-SC-28: the annotation native.umask wins over the daemon', () => {
  const secure = made({}, {}).process
  assert.deepEqual([secure.Umask, secure.Annotations['native.umask']], [0o027, 'secure'])
  const normal = made({}, { Annotations: { 'native.umask': 'normal' } }).process
  assert.equal(normal.Umask, 0o022)
  assert.match(refusal({}, { Annotations: { 'native.umask': '0' } }), /Invalid native.umask "0"/)
})

test('every documented member of later work is refused by name when it asks for something', () => {
  for (const member of Object.keys(hostConfigMembers.later))
    assert.equal(refusal({ [member]: ['x'] }, {}), `not supported yet: HostConfig.${member}`)
  for (const member of Object.keys(containerConfigMembers.later))
    assert.equal(refusal({}, { [member]: ['x'] }), `not supported yet: ContainerConfig.${member}`)
})

test('the same members are accepted as long as they ask for nothing', () => {
  for (const nothing of [null, '', 0, false, [], {}, { Element: [] }]) {
    const rest = Object.fromEntries(
      Object.keys(hostConfigMembers.later).map((member) => [member, nothing]),
    )
    assert.equal(refusal(rest, {}), 'accepted')
  }
  const harmless = { MemorySwappiness: -1, IpcMode: 'none', PidMode: 'private' }
  assert.equal(refusal(harmless, { LogDriver: 'json-file' }), 'accepted')
})

test('unknown members are refused by name', () => {
  assert.equal(refusal({ Foo: 1 }, {}), 'unknown member: HostConfig.Foo')
  assert.equal(refusal({}, { Bar: '' }), 'unknown member: ContainerConfig.Bar')
  assert.equal(
    refusal({ RestartPolicy: { Nme: 'no' } }, {}),
    'unknown member: HostConfig.RestartPolicy.Nme',
  )
})

test('CLI-CR-38 RES-NS-06: other modes of a namespace are refused', () => {
  assert.match(refusal({ NetworkMode: 'container:' }, {}), /Invalid network mode "container:"/)
  assert.match(refusal({ NetworkMode: 'bridge' }, {}), /want none, host or container:<name or id>/)
})

test('members of the wrong type are refused with member, value and what is wanted', () => {
  assert.equal(
    refusal({ Memory: '64m' }, {}),
    'Invalid HostConfig.Memory "64m": want a whole number up to 9007199254740991',
  )
  assert.match(refusal({ Binds: '/a:/b' }, {}), /HostConfig.Binds .*: want a list of strings/)
  assert.match(refusal({}, { Tty: 'yes' }), /ContainerConfig.Tty "yes": want true or false/)
  assert.match(refusal({ Ulimits: [1] }, {}), /HostConfig.Ulimits .*: want a list of objects/)
})

test('texts that are no JSON objects are refused by document', () => {
  const custom = { customConfig: '', imageConfig: '{"config":{"Cmd":["sh"]}}' }
  const answer = (hostConfig: string) => {
    const config = containerConfig({ ...custom, hostConfig }, defaults)
    return E.isLeft(config) ? config.left.message : 'accepted'
  }
  assert.equal(answer('{'), 'HostConfig is not valid JSON')
  assert.equal(answer('[]'), 'HostConfig is not a JSON object')
  assert.equal(answer(''), 'accepted')
})

test('each value check of create is applied', () => {
  assert.match(refusal({ Memory: 1 }, {}), /Minimum memory limit/)
  assert.match(refusal({ CpusetCpus: '9' }, {}), /not available/)
  assert.match(refusal({ NanoCpus: 1 }, {}), /range of CPUs/)
  assert.match(refusal({ CPUShares: -1 }, {}), /cpu shares/)
  assert.match(refusal({ CapAdd: ['NOSUCH'] }, {}), /Unknown capability "NOSUCH"/)
  assert.match(refusal({ Binds: ['x:y'] }, {}), /Invalid mount "x:y"/)
  assert.match(refusal({ Runtime: 'nope' }, {}), /Invalid runtime name/)
  assert.match(refusal({ ShmSize: -1 }, {}), /Invalid shm size/)
  assert.match(refusal({}, { Env: ['=x'] }), /Invalid environment/)
  assert.match(refusal({}, { WorkingDir: 'x' }), /working directory 'x' is invalid/)
  assert.match(refusal({}, { StopSignal: 'x' }), /Invalid signal: x/)
  assert.match(refusal({}, { Hostname: '-' }), /Invalid hostname/)
  assert.match(refusal({ RestartPolicy: { Name: 'always' }, AutoRemove: true }, {}), /removal/)
  assert.match(refusal({ RestartPolicy: { Name: 'unless-stopped' } }, {}), /not supported/)
})

test('upstream spellings of tmpfs, mounts and auto-remove are understood', () => {
  const mount = { Type: 'bind', Source: '/a', Target: '/b', BindOptions: { Propagation: 'slave' } }
  const { host } = made(
    { Tmpfs: { '/t:size=1m': '' }, Mounts: [mount], AutoRemove: true, AutoRemoveBak: true },
    { Mounts: ['type=bind,src=/c,dst=/d'] },
  )
  assert.deepEqual(host.Tmpfs, { '/t': 'size=1m' })
  assert.deepEqual(
    host.Mounts.map((m) => m.Type === 'bind' && [m.Source, m.Propagation]),
    [
      ['/a', 'slave'],
      ['/c', ''],
    ],
  )
  assert.equal(host.AutoRemove, true)
  const labelled = { ...mount, BindOptions: { 'selinux-opts': 'z' } }
  assert.match(refusal({ Mounts: [labelled] }, {}), /not supported yet: .*selinux-opts/)
})

test('RES-ULIMIT-06: defaults of the daemon apply beside the given ulimits', () => {
  const { host } = made({ Ulimits: [{ Name: 'nofile', Hard: 200, Soft: 100 }] }, {})
  assert.deepEqual(
    host.Ulimits.map(({ Name }) => Name),
    ['nproc', 'nofile'],
  )
})

test('what an image asks for and the engine does not do is told; its volumes are known', () => {
  const asks = { config: { Cmd: ['sh'], Volumes: { '/v': {} }, Healthcheck: { Test: ['CMD'] } } }
  const { warnings, imageVolumes } = made({}, {}, asks)
  assert.deepEqual([warnings.length, imageVolumes], [1, ['/v']])
  assert.deepEqual(made({}, {}, image).warnings, [])
})

test('no JSON document makes the reading fail in another way than by refusal', () => {
  const members = [...hostConfigMembers.supported, 'Sysctls', '__proto__', 'x']
  const document = fc.dictionary(fc.constantFrom(...members), fc.jsonValue())
  fc.assert(
    fc.property(document, (host) => {
      const config = read(host, {})
      if (E.isRight(config)) assert.ok(HostConfig.is(config.right.host))
    }),
  )
})

test.run()
