/** From a folded state and one look at the host to what must be recorded. */
import assert from 'node:assert/strict'
import { suite } from '../../properties/testing/suite.ts'
import type { Command } from '../command.ts'
import {
  containerIn,
  execRequestedEvent,
  processesOf,
  sampleBoot,
  sampleId,
  sampleTime,
  type SampleState,
} from '../container/container-fixture.ts'
import type { Container } from '../container/state.ts'
import { bootId, execId, layerId, operationId, volumeName } from '../identity.ts'
import { knownExit } from '../ports/exit-record.ts'
import type { HostObservation, IncarnationObservation } from '../ports/observation.ts'
import type { Layer } from '../layer/state.ts'
import type { Volume } from '../volume/state.ts'
import { recover, type Recovery } from './recover.ts'

const test = suite('recovery')

const id = sampleId
const { init, monitor } = processesOf(1)
const look = { now: sampleTime(50_000), lastAliveWallMs: sampleTime(2_000).wallMs }

const alive: IncarnationObservation = {
  attempt: 1,
  init: { identity: init, alive: true },
  monitor: { identity: monitor, alive: true },
  oomKilled: false,
  execs: {},
}

const dead = { identity: init, alive: false }
const noMonitor = { identity: monitor, alive: false }

const hostWith = (
  incarnation: IncarnationObservation | undefined,
  processes = 0,
): HostObservation => ({
  boot: sampleBoot,
  wallMs: look.now.wallMs,
  containers: {
    [id]: {
      incarnations: incarnation === undefined ? [] : [incarnation],
      runtime: 'running',
      rootfsMounted: true,
      cgroup: true,
      frozen: false,
      processes,
      directory: true,
      writableLayer: true,
    },
  },
  layers: [],
  volumes: [],
  strangers: [],
})

const given = (state: SampleState, ...rest: ReadonlyArray<Parameters<typeof containerIn>[2]>) => {
  const c = containerIn(state, {}, rest[0] ?? [])
  assert.ok(c !== undefined)
  return c
}

const recovered = (
  container: Container,
  observation: HostObservation,
  layers: ReadonlyArray<Layer> = [],
): Recovery =>
  recover({
    containers: [container],
    layers,
    volumes: [],
    observation,
    look,
    quarantined: () => undefined,
  })

const tags = (commands: ReadonlyArray<Command>): ReadonlyArray<string> =>
  commands.map((c) => c._tag)

const exitOf = (r: Recovery) => {
  const [command] = r.commands
  assert.ok(command?._tag === 'ObserveExit')
  return command
}

test('R-21 a container that still runs is left as it is', () => {
  const r = recovered(given('running'), hostWith(alive, 1))
  assert.deepEqual(r, { commands: [], findings: [] })
})

test('M-01 R-25 an exit while the daemon was away has its true code', () => {
  const seen = { ...alive, init: dead, monitor: noMonitor, exit: knownExit(7, 9) }
  const r = recovered(given('running'), hostWith(seen))
  assert.deepEqual(exitOf(r).exit, knownExit(7, 9))
  assert.equal(r.findings.length, 1)
})

test('R-24 W5 a death that nobody wrote down is unknown, with its interval', () => {
  const r = recovered(given('running'), hostWith({ ...alive, init: dead, monitor: noMonitor }))
  const { exit } = exitOf(r)
  assert.ok(exit._tag === 'UnknownExit')
  assert.deepEqual(
    [exit.lastAliveWallMs, exit.firstDeadWallMs],
    [look.lastAliveWallMs, look.now.wallMs],
  )
})

test('a monitor that still has to write the exit down is given time', () => {
  assert.deepEqual(recovered(given('running'), hostWith({ ...alive, init: dead })).commands, [])
})

test('M-07 a lost monitor is recorded, its container goes on', () => {
  const r = recovered(given('running'), hostWith({ ...alive, monitor: noMonitor }, 1))
  assert.deepEqual(tags(r.commands), ['ObserveMonitorLost'])
})

test('R-35 without a run directory live processes are the witness, nothing is guessed', () => {
  const r = recovered(given('running'), hostWith(undefined, 2))
  assert.deepEqual(tags(r.commands), [])
  assert.equal(exitOf(recovered(given('running'), hostWith(undefined, 0))).exit._tag, 'UnknownExit')
})

test('R-29 a process with the same pid and other start ticks is not ours', () => {
  const other = { ...alive, init: { identity: { ...init, startTicks: 99 }, alive: true } }
  const { monitor: _, ...noted } = other
  const r = recovered(given('running'), hostWith(noted))
  assert.equal(exitOf(r).exit._tag, 'UnknownExit')
})

test('W5 after a reboot the exit is unknown and the policy is told of the reboot', () => {
  const rebooted = { ...hostWith(undefined), boot: bootId('boot-2') }
  const command = exitOf(recovered(given('running'), rebooted))
  assert.deepEqual([command.reboot, command.exit._tag], [true, 'UnknownExit'])
})

test('a start that the reboot cut off has failed', () => {
  const rebooted = { ...hostWith(undefined), boot: bootId('boot-2') }
  const [command] = recovered(given('starting'), rebooted).commands
  assert.ok(command?._tag === 'RecordStartFailed')
  assert.equal(command.errno, 'EREBOOT')
})

test('an exec that ended while the daemon was away has its true code', () => {
  const busy = given('running', [execRequestedEvent('e1')])
  const execs = { [execId('e1')]: { exit: knownExit(3, 9), oomKilled: false } }
  const r = recovered(busy, hostWith({ ...alive, execs }, 1))
  assert.deepEqual(r.commands, [
    { _tag: 'ObserveExecExit', id, exec: execId('e1'), exit: knownExit(3, 9) },
  ])
})

test('an attached exec that never began is given up, a detached one is begun later', () => {
  const attached = recovered(given('running', [execRequestedEvent('e1')]), hostWith(alive, 1))
  const detached = recovered(given('running', [execRequestedEvent('e1', true)]), hostWith(alive, 1))
  assert.deepEqual(tags(attached.commands), ['RecordExecFailed'])
  assert.deepEqual(tags(detached.commands), [])
})

test('a stream that is out of use is left alone and shown', () => {
  const r = recover({
    containers: [given('running')],
    layers: [],
    volumes: [],
    observation: hostWith(undefined),
    look,
    quarantined: () => 'event 7: unknown event kind',
  })
  assert.deepEqual(r.commands, [])
  assert.equal(r.findings[0]?.found, 'event 7: unknown event kind')
})

test('a committed layer without its directory is reported, nothing is deleted', () => {
  const layer: Layer = {
    id: layerId('a'.repeat(64)),
    phase: { _tag: 'Committed', sizeBytes: 1 },
  }
  const r = recovered(given('inited'), hostWith(undefined), [layer])
  assert.deepEqual(r.commands, [])
  assert.equal(r.findings.length, 1)
})

test('a ready volume without its directory is reported, and so is a directory of no volume', () => {
  const volume = (name: string, phase: Volume['phase']): Volume => ({
    id: volumeName(name),
    anonymous: false,
    created: look.now,
    fresh: true,
    phase,
  })
  const making = { operation: operationId('o'), fill: null }
  const r = recover({
    containers: [],
    layers: [],
    volumes: [
      volume('lost', { _tag: 'Ready' }),
      volume('kept', { _tag: 'Ready' }),
      volume('coming', { _tag: 'Creating', ...making }),
    ],
    observation: {
      ...hostWith(undefined),
      containers: {},
      volumes: [volumeName('kept'), volumeName('unknown')],
    },
    look,
    quarantined: () => undefined,
  })
  assert.deepEqual(r.commands, [])
  assert.deepEqual(
    r.findings.map(({ subject, found, standing }) => [subject, found, standing]),
    [
      ['volume lost', 'its directory is missing', true],
      ['volume unknown', 'it has a directory, the journal does not know it', true],
    ],
  )
})

test('traces of a container that the journal does not know are reported, not removed', () => {
  const r = recover({
    containers: [],
    layers: [],
    volumes: [],
    observation: hostWith(alive, 1),
    look,
    quarantined: () => undefined,
  })
  assert.deepEqual(r.commands, [])
  assert.equal(r.findings[0]?.decided, 'reported')
})

test('a dead exec without a record ends unknown, one with a live monitor waits', () => {
  const busy = given('running', [execRequestedEvent('e1')])
  const seen = (monitorAlive: boolean) => {
    const exec = { init: dead, monitor: { identity: monitor, alive: monitorAlive } }
    const execs = { [execId('e1')]: { ...exec, oomKilled: false } }
    return recovered(busy, hostWith({ ...alive, execs }, 1)).commands
  }
  assert.deepEqual(seen(true), [])
  const [command] = seen(false)
  assert.ok(command?._tag === 'ObserveExecExit' && command.exit._tag === 'UnknownExit')
  assert.deepEqual(
    [command.exit.lastAliveWallMs, command.exit.firstDeadWallMs],
    [look.lastAliveWallMs, look.now.wallMs],
  )
})

test('an OOM kill that happened while the daemon was away is recorded once', () => {
  const seen = hostWith({ ...alive, oomKilled: true }, 1)
  const r = recovered(given('running'), seen)
  assert.deepEqual(tags(r.commands), ['ObserveOom'])
  assert.equal(r.findings[0]?.found, 'the OOM killer was here')
  const known = given('running', [{ _tag: 'ContainerOomObserved', v: 1, id, attempt: 1 }])
  assert.deepEqual(tags(recovered(known, seen).commands), [])
})

const beingRemoved = (): Container =>
  given('running', [
    {
      _tag: 'ContainerRemoveRequested',
      v: 1,
      id,
      operation: operationId('rm'),
      cause: 'user',
      volumes: false,
    },
  ])

test('a forced removal waits for the death, whose true code is recorded', () => {
  assert.deepEqual(recovered(beingRemoved(), hostWith(alive)).commands, [])
  assert.deepEqual(recovered(beingRemoved(), hostWith({ ...alive, init: dead }, 1)).commands, [])
  const seen = { ...alive, init: dead, oomKilled: true, exit: knownExit(137, 9) }
  const command = exitOf(recovered(beingRemoved(), hostWith(seen)))
  assert.deepEqual([command.exit, command.oomKilled], [knownExit(137, 9), true])
})

test('W5 a forced removal of which nothing is left ends with an unknown exit', () => {
  for (const seen of [{ ...alive, init: dead, monitor: noMonitor }, undefined]) {
    const command = exitOf(recovered(beingRemoved(), hostWith(seen)))
    assert.equal(command.exit._tag, 'UnknownExit')
    assert.equal(command.oomKilled, false)
  }
})

test.run()
