/** Host against state: what a look at the host finds wrong, container by container (I11). */
import assert from 'node:assert/strict'
import {
  containerIn,
  execRequestedEvent,
  foldedFrom,
  processesOf,
  sampleBoot,
  sampleId,
  sampleTime,
  type SampleState,
} from '../../domain/container/container-fixture.ts'
import type { Container } from '../../domain/container/state.ts'
import { layerId, operationId, volumeName } from '../../domain/identity.ts'
import { knownExit } from '../../domain/ports/exit-record.ts'
import type { ContainerObservation, HostObservation } from '../../domain/ports/observation.ts'
import type { Volume } from '../../domain/volume/state.ts'
import { suite } from '../../properties/testing/suite.ts'
import { World } from '../fold/world.ts'
import { hostFindings } from './host-check.ts'

const test = suite('host check')
const { init, monitor } = processesOf(1)
const layer = layerId('a'.repeat(64))

/** What the host shows of a container that never ran or has ended. */
const resting: ContainerObservation = {
  incarnations: [],
  runtime: 'absent',
  rootfsMounted: false,
  cgroup: false,
  frozen: false,
  processes: 0,
  directory: true,
  writableLayer: true,
}

const live: ContainerObservation = {
  ...resting,
  incarnations: [
    {
      attempt: 1,
      init: { identity: init, alive: true },
      monitor: { identity: monitor, alive: true },
      oomKilled: false,
      execs: {},
    },
  ],
  runtime: 'running',
  rootfsMounted: true,
  cgroup: true,
  processes: 1,
}

const found = (
  c: Container | undefined,
  seen: ContainerObservation | undefined,
  rest: Partial<HostObservation> = {},
): ReadonlyArray<string> => {
  const world = new World()
  if (c !== undefined) world.apply({ kind: 'container', id: c.id, after: c })
  const containers = seen === undefined ? {} : { [sampleId]: seen }
  const none = { layers: [], volumes: [], strangers: [] }
  const host = { boot: sampleBoot, wallMs: 0, ...none, containers, ...rest }
  return hostFindings(world, host).map((f) => `${f.subject.split(' ')[0] ?? ''}: ${f.detail}`)
}

const inState = (state: SampleState, seen: ContainerObservation | undefined) =>
  found(containerIn(state), seen)

test('what is as the journal says is no finding', () => {
  assert.deepEqual(inState('inited', resting), [])
  assert.deepEqual(inState('exited', resting), [])
  assert.deepEqual(inState('running', live), [])
  assert.deepEqual(inState('paused', { ...live, frozen: true }), [])
})

test('a container at rest must have left nothing behind, and have its own things', () => {
  assert.deepEqual(inState('exited', { ...live, processes: 3, directory: false }), [
    'container: its directory is missing',
    'container: its root filesystem is still mounted: it is left over',
    'container: its cgroup is left over',
    'container: a number of processes (3) is left over',
    'container: its entry in the runtime is left over',
  ])
  assert.deepEqual(inState('inited', { ...resting, writableLayer: false }), [
    'container: its writable layer is missing',
  ])
})

test('a running container needs its process, its root and its cgroup', () => {
  assert.deepEqual(inState('running', resting), [
    'container: its process is missing',
    'container: its root filesystem is missing',
    'container: its cgroup is missing',
  ])
})

test('the process of another attempt is not its process; an exit to be read is as good', () => {
  const [incarnation] = live.incarnations
  assert.ok(incarnation !== undefined)
  const dead = { identity: init, alive: false }
  const seen = (change: object) =>
    inState('running', { ...live, incarnations: [{ ...incarnation, ...change }] })
  assert.deepEqual(seen({ attempt: 2 }), ['container: its process is missing'])
  assert.deepEqual(seen({ init: dead }), ['container: its process is missing'])
  assert.deepEqual(seen({ init: dead, exit: knownExit(1, 2) }), [])
})

test('a container without any trace is one finding, not many', () => {
  assert.deepEqual(inState('running', undefined), ['container: the host has no trace of it'])
})

test('of containers on their way nothing is said', () => {
  const operation = operationId('op')
  const stop = { signal: 15, graceEnd: null, restart: false } as const
  const to = { v: 1, id: sampleId, operation } as const
  const stopping = containerIn('running', {}, [{ _tag: 'ContainerStopRequested', ...to, ...stop }])
  const busy = containerIn('running', {}, [execRequestedEvent('e1')])
  for (const c of [stopping, busy, foldedFrom([])]) {
    assert.ok(c !== undefined)
    assert.deepEqual(found(c, undefined), [])
  }
  assert.deepEqual(inState('starting', undefined), [])
  assert.deepEqual(inState('removing', undefined), [])
})

test('volumes that are lost or unknown are found, those under way are not', () => {
  const world = new World()
  const put = (name: string, phase: Volume['phase']): void => {
    const id = volumeName(name)
    const after = { id, anonymous: false, created: sampleTime(0), fresh: true, phase }
    world.apply({ kind: 'volume', id, after })
  }
  put('lost', { _tag: 'Ready' })
  put('kept', { _tag: 'Ready' })
  put('going', { _tag: 'Removing', operation: operationId('o'), delay: null })
  const staging = (name: string) => ({ kind: 'staging', name: `/g/staging/${name}` }) as const
  const strangers = [staging('volume-going'), staging('volume-kept')]
  const volumes = [volumeName('kept'), volumeName('unknown')]
  const none = { containers: {}, layers: [], strangers }
  assert.deepEqual(hostFindings(world, { boot: sampleBoot, wallMs: 0, ...none, volumes }), [
    { check: 'host', subject: 'volume lost', detail: 'its directory is missing' },
    {
      check: 'host',
      subject: 'volume unknown',
      detail: 'it has a directory, the journal does not know it',
    },
    {
      check: 'host',
      subject: 'staging /g/staging/volume-kept',
      detail: 'it has our mark, no owner',
    },
  ])
})

test('what nobody owns is found: containers, layers, strangers', () => {
  const strangers = [{ kind: 'mount', name: '/x' } as const]
  assert.deepEqual(found(undefined, resting, { layers: [layer], strangers }), [
    'container: the host has traces of it, the journal has none',
    'layer: it has a directory, the journal does not know it',
    'mount: it has our mark, no owner',
  ])
})

test.run()
