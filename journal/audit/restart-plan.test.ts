/** A plan names what a start would record and do, and the ends that nobody explains are found. */
import * as assert from 'uvu/assert'
import { containerId, operationId } from '../../domain/identity.ts'
import type { Container } from '../../domain/container/state.ts'
import type { ContainerEvent } from '../../domain/container/events.ts'
import { knownExit, type Exit } from '../../domain/ports/exit-record.ts'
import type { ContainerObservation, HostObservation } from '../../domain/ports/observation.ts'
import {
  at,
  boot,
  ended,
  running,
  sampleContainer,
} from '../../adapters/rpc/testing/sample-container.ts'
import { suite } from '../../properties/testing/suite.ts'
import { World } from '../fold/world.ts'
import { Ends, unseenEnds } from './ends.ts'
import { restartPlan } from './restart-plan.ts'

const test = suite('restart plan')

const worldOf = (...containers: ReadonlyArray<Container>): World => {
  const world = new World()
  for (const c of containers) world.apply({ kind: 'container', id: c.id, after: c })
  return world
}

const present: ContainerObservation = {
  incarnations: [],
  runtime: 'absent',
  rootfsMounted: false,
  cgroup: false,
  frozen: false,
  processes: 0,
  directory: true,
  writableLayer: true,
}

const observing = (
  containers: Readonly<Record<string, Partial<ContainerObservation>>> = {},
): HostObservation => ({
  boot,
  wallMs: 10_000,
  containers: Object.fromEntries(
    Object.entries(containers).map(([id, seen]) => [containerId(id), { ...present, ...seen }]),
  ),
  layers: [],
  volumes: [],
  strangers: [],
})

const planOf = (world: World, observation: HostObservation) =>
  restartPlan({ world, observation, now: at(10_000), lastAliveWallMs: 9_000 })

const runs = sampleContainer(1, { attempt: 1, phase: running(100, 2_000) })
const launched = { init: { identity: { boot, pid: 100, startTicks: 1 }, alive: true } }
const living = {
  attempt: 1,
  ...launched,
  monitor: { identity: { boot, pid: 101, startTicks: 1 }, alive: true },
  oomKilled: false,
  execs: {},
}

test('a host that agrees with the state needs nothing', () => {
  const world = worldOf(runs, sampleContainer(2))
  const seen = { [runs.id]: { incarnations: [living], rootfsMounted: true, cgroup: true } }
  const plan = planOf(world, observing(seen))
  assert.equal([plan.findings, plan.records, plan.effects], [[], [], []])
  assert.is(world.container(runs.id), runs, 'the state itself is not changed')
})

test('an exit of the downtime is recorded, and what it leaves is released', () => {
  const exit = knownExit(3, 5_000)
  const dead = { ...living, exit, init: { ...launched.init, alive: false } }
  const plan = planOf(worldOf(runs), observing({ [runs.id]: { incarnations: [dead] } }))
  assert.match(plan.findings[0]?.found ?? '', 'it exited with 3')
  assert.equal(
    plan.records.map((r) => r.kind),
    ['ContainerExited', 'RecoveryConcluded'],
  )
  assert.match(plan.records[0]?.what ?? '', /run 1 ended by itself with code 3/)
  assert.equal(
    plan.effects.map((e) => [e.object, e.purpose]),
    [[`container:${runs.id}`, 'Release']],
  )
})

test('a container whose policy is always is started again, and the host asked before that', () => {
  const always = sampleContainer(1, {
    ...runs,
    host: { ...runs.host, RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } },
  })
  const plan = planOf(worldOf(always), { ...observing(), boot })
  const kinds = plan.records.map((r) => r.kind)
  assert.ok(kinds.includes('ContainerExited'))
  assert.ok(
    kinds.includes('ContainerRestartScheduled') || kinds.includes('ContainerStartRequested'),
    kinds.join(' '),
  )
})

test('a quarantined container is left alone', () => {
  const world = worldOf(runs)
  world.quarantine.set(`container:${runs.id}`, 'event 7: unknown')
  const plan = planOf(world, observing())
  assert.equal([plan.effects, plan.findings[0]?.found], [[], 'event 7: unknown'])
})

const endedWith = (exit: Exit, change: Partial<Container> = {}): Container =>
  sampleContainer(1, {
    attempt: 1,
    phase: { _tag: 'Exited', attempt: 1, restart: null },
    lastRun: { ...ended(0, 1_000, 2_000), exit },
    ...change,
  })

const unknown: Exit = {
  _tag: 'UnknownExit',
  lastAliveWallMs: 1,
  firstDeadWallMs: 2,
  reason: 'no record',
}

const ends = (c: Container, ...events: ReadonlyArray<ContainerEvent>): ReadonlyArray<string> => {
  const all = new Ends()
  for (const event of events) all.tell({ event })
  return all.findings(worldOf(c)).map((f) => f.detail)
}

const asked = (signal: number): ContainerEvent => ({
  _tag: 'ContainerSignalRequested',
  v: 1,
  id: runs.id,
  signal,
  operation: operationId('o'),
})

test('a kill that nobody asked for and an unknown end are findings, others are not', () => {
  assert.match(ends(endedWith(knownExit(137, 2_000)))[0] ?? '', 'nobody asked the engine')
  assert.match(ends(endedWith(knownExit(137, 2_000)), asked(15))[0] ?? '', 'nobody asked')
  assert.match(ends(endedWith(unknown))[0] ?? '', 'unknown: no record')
  assert.equal(ends(endedWith(knownExit(137, 2_000)), asked(9)), [])
  for (const code of [0, 1, 143, 139]) assert.equal(ends(endedWith(knownExit(code, 2_000))), [])
  const killed = { ...ended(137, 1_000, 2_000) }
  for (const lastRun of [
    { ...killed, cause: 'stop' as const },
    { ...killed, cause: 'reboot' as const, exit: unknown },
    { ...killed, oomKilled: true },
  ])
    assert.equal(ends(endedWith(knownExit(137, 2_000), { lastRun })), [])
})

test('ends that no daemon saw: a kill is a finding, an ordinary end a note', () => {
  const seen = (code: number) =>
    unseenEnds(
      worldOf(runs),
      observing({ [runs.id]: { incarnations: [{ ...living, exit: knownExit(code, 1) }] } }),
    )
  assert.match(seen(137).findings[0]?.detail ?? '', "killed behind the daemon's back")
  assert.equal([seen(0).findings.length, seen(0).notes.length], [0, 1])
  assert.equal(unseenEnds(worldOf(runs), observing()), { findings: [], notes: [] })
})

test.run()
