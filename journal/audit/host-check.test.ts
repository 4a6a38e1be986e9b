/** Host against state: what a look at the host finds wrong, container by container (I11). */
import assert from 'node:assert/strict'
import {
  containerIn,
  execRequestedEvent,
  foldedFrom,
  processesOf,
  sampleBoot,
  sampleId,
  type SampleState,
} from '../../domain/container/container-fixture.ts'
import type { Container } from '../../domain/container/state.ts'
import { layerId, operationId } from '../../domain/identity.ts'
import { knownExit } from '../../domain/ports/exit-record.ts'
import type { ContainerObservation, HostObservation } from '../../domain/ports/observation.ts'
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
  const host = { boot: sampleBoot, wallMs: 0, layers: [], strangers: [], containers, ...rest }
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

test('what nobody owns is found: containers, layers, strangers', () => {
  const strangers = [{ kind: 'mount', name: '/x' } as const]
  assert.deepEqual(found(undefined, resting, { layers: [layer], strangers }), [
    'container: the host has traces of it, the journal has none',
    'layer: it has a directory, the journal does not know it',
    'mount: it has our mark, no owner',
  ])
})

test.run()
