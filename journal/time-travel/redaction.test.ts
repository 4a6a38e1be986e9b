/** What a redacted copy keeps and what it replaces, member by member. */
import assert from 'node:assert/strict'
import { containerIn, sampleHost, sampleProcess } from '../../domain/container/container-fixture.ts'
import { layerId } from '../../domain/identity.ts'
import { suite } from '../../properties/testing/suite.ts'
import { World } from '../fold/world.ts'
import { Placeholders } from './placeholders.ts'
import { redactHost, redactImageConfig, redactProcess } from './redact-config.ts'
import { redactWorld } from './redact-world.ts'

const test = suite('redaction')

test('paths of binds, mounts and tmpfs are replaced, equal ones equally; options stay', () => {
  const mount = { Type: 'bind', Readonly: true, Propagation: 'slave' } as const
  const host = redactHost(new Placeholders(), {
    ...sampleHost,
    Binds: ['/a:/b:ro', 'volume:/a'],
    Mounts: [{ ...mount, Source: '/b', Target: '/c' }],
    Tmpfs: { '/c': 'size=1m' },
  })
  assert.deepEqual(host.Binds, ['/redacted-path-1:/redacted-path-2:ro', 'volume:/redacted-path-1'])
  assert.deepEqual(host.Mounts, [
    { ...mount, Source: '/redacted-path-2', Target: '/redacted-path-3' },
  ])
  assert.deepEqual(host.Tmpfs, { '/redacted-path-3': 'size=1m' })
})

test('of a process stay names of variables and the program; an own host name goes', () => {
  const given = { ...sampleProcess, Hostname: 'vault', Env: ['A=secret', 'B', 'C='] }
  const p = new Placeholders()
  const shown = redactProcess(p, { ...given, Cmd: ['sh', '-c', 'x'], Entrypoint: [] })
  assert.deepEqual(shown.Env, ['A=redacted-env-1', 'B', 'C='])
  assert.deepEqual(shown.Cmd, ['sh', 'redacted-arg-1', 'redacted-arg-2'])
  assert.equal(shown.Hostname, 'redacted-host-1')
  const entered = redactProcess(p, { ...given, Entrypoint: ['sh', '-c'], Cmd: ['x'] })
  assert.deepEqual(entered.Entrypoint, ['sh', 'redacted-arg-1'])
  assert.deepEqual(entered.Cmd, ['redacted-arg-2'])
  assert.equal(redactProcess(p, { ...given, Hostname: 'localhost' }).Hostname, 'localhost')
})

test('an image config keeps what is harmless; what is no object goes altogether', () => {
  const p = new Placeholders()
  const told = (config: unknown): unknown =>
    JSON.parse(redactImageConfig(p, JSON.stringify(config)))
  assert.deepEqual(told({ os: 'linux', author: 'me', history: [{ created_by: 'me' }] }), {
    os: 'linux',
  })
  const config = { User: 'u', Env: ['A=b', 7], Cmd: ['c', 'd'], Labels: ['no'], Secret: 'x' }
  assert.deepEqual(told({ config }), {
    config: {
      User: 'u',
      Env: ['A=redacted-env-1'],
      Entrypoint: [],
      Cmd: ['c', 'redacted-arg-1'],
      Labels: {},
    },
  })
  assert.deepEqual(told({ config: { Entrypoint: ['e', 'd'], Labels: { k: 5 } } }), {
    config: {
      Env: [],
      Entrypoint: ['e', 'redacted-arg-1'],
      Cmd: [],
      Labels: { 'redacted-label-1': 'redacted-label-2' },
    },
  })
  for (const text of ['{', '7', '[]', 'null'])
    assert.match(redactImageConfig(p, text), /^redacted-config-\d$/)
})

test('a redacted state keeps what is out of use', () => {
  const world = new World()
  const id = layerId('a'.repeat(64))
  const c = containerIn('inited')
  assert.ok(c !== undefined)
  world.apply({ kind: 'container', id: c.id, after: c })
  world.apply({
    kind: 'layer',
    id,
    after: { id, phase: { _tag: 'Retiring', delay: null, next: null } },
  })
  world.quarantine.set('container:x', 'event 3: unknown')
  const redacted = redactWorld(new Placeholders(), world)
  assert.deepEqual([...redacted.quarantine], [['container:x', 'event 3: unknown']])
  assert.deepEqual(redacted.layer(id), world.layer(id))
  assert.equal(redacted.container(c.id)?.phase._tag, 'Created')
})

test.run()
