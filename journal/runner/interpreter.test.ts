/** What probes conclude from what the host shows, and which errors mean that nothing was left. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { processesOf, sampleBoot, sampleId } from '../../domain/container/container-fixture.ts'
import { execId, layerId } from '../../domain/identity.ts'
import { notApplied, type Answer } from '../../domain/ports/answer.ts'
import type { Effect } from '../../domain/ports/effects.ts'
import { knownExit } from '../../domain/ports/exit-record.ts'
import type { Ports } from '../../domain/ports/ports.ts'
import type { LaunchObservation, RuntimeStatus } from '../../domain/ports/process-ports.ts'
import { suite } from '../../properties/testing/suite.ts'
import { ManualTime } from '../engine/testing/manual-time.ts'
import { SmallHost } from '../engine/testing/small-host.ts'
import { describeEffect, probeEffect, runEffect } from './interpreter.ts'

const test = suite('interpreter')
const ref = { id: sampleId, runtime: 'crun', attempt: 1, cgroupPath: `/isulad/${sampleId}` }
const launched = processesOf(1)
const exit = knownExit(3, 9)
const init = (alive: boolean) => ({ init: { identity: launched.init, alive } })
const monitor = (alive: boolean) => ({ monitor: { identity: launched.monitor, alive } })

interface Shown {
  readonly seen?: Partial<LaunchObservation>
  /** Of the container where an exec is looked for; as `seen` unless given. */
  readonly container?: Partial<LaunchObservation>
  readonly status?: RuntimeStatus
  readonly errno?: string
}

/** Ports of which only these answers matter; `calls` lists what was changed, in order. */
const hostShowing = ({ seen = {}, container = seen, status = 'absent', errno }: Shown) => {
  const calls: string[] = []
  const { monitor: m, process, cgroup, runtime, ...rest } = new SmallHost(new ManualTime()).ports()
  const called = (name: string): Answer<void> => {
    calls.push(name)
    return errno === undefined ? TE.right(undefined) : TE.left(notApplied(errno, 'no'))
  }
  const ports: Ports = {
    ...rest,
    monitor: {
      ...m,
      observe: () => TE.right({ oomKilled: false, ...container }),
      observeExec: () => TE.right({ oomKilled: false, ...seen }),
      clear: () => TE.chain(() => called('monitor'))(TE.right(undefined)),
      clearExec: () => TE.chain(() => called('exec'))(TE.right(undefined)),
    },
    process: { ...process, signal: (_, signal) => called(`signal ${signal}`) },
    cgroup: {
      ...cgroup,
      thaw: () => called('thaw'),
      killAll: () => TE.chain(() => called('kill'))(TE.right(undefined)),
      remove: () => TE.chain(() => called('cgroup'))(TE.right(undefined)),
    },
    runtime: {
      ...runtime,
      status: () => TE.right(status),
      remove: () => TE.chain(() => called('runtime'))(TE.right(undefined)),
    },
  }
  return { ports, calls }
}

const request = { ref, terminal: false, openStdin: false, name: 'one' }
const launch: Effect = { _tag: 'LaunchProcess', request }
const start: Effect = { _tag: 'StartProcess', ref }
const exec: Effect = {
  _tag: 'ExecProcess',
  request: {
    ref,
    exec: execId('e1'),
    process: { args: [], env: [], user: '', workingDir: '', terminal: false, openStdin: false },
  },
}

const probed = async (effect: Effect, shown: Shown) => {
  const { ports, calls } = hostShowing(shown)
  const answer = await probeEffect(ports, effect)()
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return { result: answer.right, calls }
}

const tagOf = async (effect: Effect, shown: Shown): Promise<string> =>
  (await probed(effect, shown)).result._tag

test('M-04 a whole launch is adopted with its processes, alive or with its exit', async () => {
  for (const seen of [
    { ...init(true), ...monitor(true) },
    { ...init(false), ...monitor(false), exit },
  ])
    assert.deepEqual(await probed(launch, { seen }), {
      result: { _tag: 'DidHappen', value: { _tag: 'Processes', launched } },
      calls: [],
    })
})

test('M-04 R-23 half a launch is cleared away in order, then begun anew', async () => {
  for (const seen of [
    {},
    init(true),
    monitor(true),
    { ...init(false), ...monitor(true) },
    { ...init(true), ...monitor(false) },
  ]) {
    const { result, calls } = await probed(launch, { seen })
    assert.equal(result._tag, 'DidNotHappen')
    assert.deepEqual(calls, ['monitor', 'kill', 'runtime', 'cgroup'])
  }
})

test('what cannot be cleared away ends the probe with its error', async () => {
  const { ports, calls } = hostShowing({ errno: 'EBUSY' })
  const answer = await probeEffect(ports, launch)()
  assert.ok(E.isLeft(answer) && answer.left._tag === 'NotApplied')
  assert.equal(answer.left.errno, 'EBUSY')
  assert.deepEqual(calls, ['monitor'])
})

test('W3 a start is repeated only where the runtime says that it did not happen', async () => {
  assert.equal(await tagOf(start, { status: 'created' }), 'DidNotHappen')
  for (const status of ['running', 'paused', 'stopped'] as const)
    assert.equal(await tagOf(start, { status }), 'DidHappen', status)
  assert.equal(await tagOf(start, { status: 'creating' }), 'CannotTell')
  assert.equal(await tagOf(start, { status: 'absent' }), 'CannotTell')
  assert.equal(await tagOf(start, { status: 'absent', seen: { exit } }), 'DidHappen')
})

test('M-12 an exec of which only the monitor is known is ended', async () => {
  const { result, calls } = await probed(exec, { seen: monitor(true) })
  assert.equal(result._tag, 'CannotTell')
  assert.deepEqual(calls, ['exec'])
})

test('W3 an exec is repeated only where nothing of it is there', async () => {
  assert.deepEqual(await probed(exec, { seen: { ...init(false), ...monitor(false) } }), {
    result: { _tag: 'DidHappen', value: { _tag: 'Processes', launched } },
    calls: [],
  })
  assert.deepEqual((await probed(exec, { seen: { exit } })).result, {
    _tag: 'DidHappen',
    value: { _tag: 'None' },
  })
  assert.equal(await tagOf(exec, { container: init(true) }), 'DidNotHappen')
  // Without the container's run directory nothing can be there: that proves nothing.
  assert.equal(await tagOf(exec, { container: {} }), 'CannotTell')
})

test('a signal leaves no trace; what is idempotent needs no look', async () => {
  const process = launched.init
  assert.equal(await tagOf({ _tag: 'SignalProcess', process, signal: 10 }, {}), 'CannotTell')
  assert.equal(await tagOf({ _tag: 'KillProcess', process }, {}), 'DidNotHappen')
})

test('nothing to kill or to thaw is done; a signal to nobody is not', async () => {
  const process = launched.init
  const ran = async (effect: Effect, errno: string): Promise<string> => {
    const { ports, calls } = hostShowing({ errno })
    const answer = await runEffect(ports, effect)()
    assert.equal(calls.length, 1)
    return E.isRight(answer) ? 'applied' : answer.left._tag
  }
  assert.equal(await ran({ _tag: 'KillProcess', process }, 'ESRCH'), 'applied')
  assert.equal(await ran({ _tag: 'KillProcess', process }, 'EPERM'), 'NotApplied')
  assert.equal(await ran({ _tag: 'SignalProcess', process, signal: 9 }, 'ESRCH'), 'NotApplied')
  assert.equal(await ran({ _tag: 'ThawCgroup', ref }, 'ENOENT'), 'applied')
  assert.equal(await ran({ _tag: 'ThawCgroup', ref }, 'EBUSY'), 'NotApplied')
})

test('an effect is named with what it acts on', () => {
  const layer = layerId('a'.repeat(64))
  const process = { boot: sampleBoot, pid: 7, startTicks: 1 }
  const names = [
    describeEffect(start),
    describeEffect(launch),
    describeEffect({ _tag: 'UnmountRootfs', id: sampleId }),
    describeEffect({ _tag: 'MountRootfs', request: { id: sampleId, layers: [layer] } }),
    describeEffect({ _tag: 'RemoveLayer', layer }),
    describeEffect({ _tag: 'KillProcess', process }),
  ]
  assert.deepEqual(names, [
    `StartProcess ${sampleId}`,
    `LaunchProcess ${sampleId}`,
    `UnmountRootfs ${sampleId}`,
    `MountRootfs ${sampleId}`,
    `RemoveLayer ${layer}`,
    'KillProcess pid 7',
  ])
})

test.run()
