/** What follows the end of an incarnation: exit facts, policies, failed starts, auto-remove. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../../properties/testing/suite.ts'
import { knownExit, type Exit } from '../../ports/exit-record.ts'
import type { DomainEvent } from '../../event.ts'
import type { ContainerCommand } from '../commands.ts'
import type { HostConfig } from '../config.ts'
import { containerIn, contextAt, sampleId, sampleTime, viewOf } from '../container-fixture.ts'
import type { ContainerEvent } from '../events.ts'
import type { Container } from '../state.ts'
import { decideContainer } from './decide-container.ts'
import { startFailureCode } from './ending.ts'

const test = suite('endings')

const id = sampleId
const unknown: Exit = {
  _tag: 'UnknownExit',
  lastAliveWallMs: 1,
  firstDeadWallMs: 2,
  reason: 'the host was rebooted',
}

const observed = (exit: Exit, reboot = false): ContainerCommand => ({
  _tag: 'ObserveExit',
  id,
  attempt: 1,
  exit,
  oomKilled: false,
  reboot,
})

const exit = (code: number): ContainerCommand => observed(knownExit(code, 5))

const decided = (c: Container | undefined, command: ContainerCommand, monoMs = 4_000) => {
  const decision = decideContainer(viewOf(c), command, contextAt(monoMs))
  assert.ok(E.isRight(decision))
  return decision.right.events
}

const tags = (events: ReadonlyArray<DomainEvent>): ReadonlyArray<string> =>
  events.map((e) => e._tag)

const policy = (
  Name: HostConfig['RestartPolicy']['Name'],
  MaximumRetryCount = 0,
): Partial<HostConfig> => ({ RestartPolicy: { Name, MaximumRetryCount } })

const stopRequested: ContainerEvent = {
  _tag: 'ContainerStopRequested',
  v: 1,
  id,
  operation: contextAt(0).operation,
  signal: 15,
  graceEnd: null,
  restart: false,
}

const restarts = (host: Partial<HostConfig>, command: ContainerCommand): boolean =>
  tags(decided(containerIn('running', host), command)).includes('ContainerRestartScheduled')

test('CLI-STATE-03 an exit is recorded with its code and its time', () => {
  const events = decided(containerIn('running'), exit(7))
  assert.deepEqual(tags(events), ['ContainerExited'])
  const [first] = events
  assert.ok(first?._tag === 'ContainerExited')
  assert.deepEqual(first.exit, knownExit(7, 5))
})

test('W5 the exit of an attempt is recorded once', () => {
  assert.deepEqual(decided(containerIn('exited'), exit(7)), [])
})

test('CLI-STATE-09 each policy answers an exit as table C.5 says', () => {
  const exits = [exit(0), exit(1), exit(129), observed(unknown, true)]
  const answers = (host: Partial<HostConfig>) => exits.map((e) => restarts(host, e))
  assert.deepEqual(answers(policy('no')), [false, false, false, false])
  assert.deepEqual(answers(policy('on-failure')), [false, true, true, true])
  assert.deepEqual(answers(policy('always')), [true, true, true, true])
  assert.deepEqual(answers(policy('unless-stopped')), [true, true, true, true])
  assert.deepEqual(answers(policy('on-reboot')), [false, false, true, false])
})

test('W11 a user stop suppresses every policy', () => {
  for (const name of ['on-failure', 'always', 'unless-stopped'] as const) {
    const stopping = containerIn('running', policy(name), [stopRequested])
    assert.deepEqual(tags(decided(stopping, exit(137))), ['ContainerExited'])
  }
})

test('a daemon start starts always again after a user stop, and no other policy', () => {
  const apply = { _tag: 'ApplyRestartPolicy', id, reason: 'daemonStart' } as const
  const stopped = (name: 'always' | 'unless-stopped') =>
    containerIn('running', policy(name), [
      stopRequested,
      {
        _tag: 'ContainerExited',
        v: 1,
        id,
        attempt: 1,
        exit: knownExit(143, 5),
        oomKilled: false,
        cause: 'stop',
      },
    ])
  assert.deepEqual(tags(decided(stopped('always'), apply)), ['ContainerRestartScheduled'])
  assert.deepEqual(tags(decided(stopped('unless-stopped'), apply)), [])
})

test('R-36 a stop during the back-off cancels the restart for good', () => {
  const stop = { _tag: 'StopContainer', id, signal: 15, graceMs: 0 } as const
  const cancelled: ContainerEvent = {
    _tag: 'ContainerRestartCancelled',
    v: 1,
    id,
    reason: 'stop by user',
  }
  assert.deepEqual(decided(containerIn('restarting', policy('always')), stop), [cancelled])
  const after = containerIn('restarting', policy('always'), [cancelled])
  assert.equal(after?.stoppedByUser, true)
  assert.deepEqual(decided(after, { _tag: 'StartByPolicy', id, timeoutMs: null }, 9_000), [])
})

test('a policy start waits for its time', () => {
  const start = { _tag: 'StartByPolicy', id, timeoutMs: null } as const
  const waiting = containerIn('restarting', policy('always'))
  assert.deepEqual(decided(waiting, start, 5_099), [])
  assert.deepEqual(tags(decided(waiting, start, 5_100)), ['ContainerStartRequested'])
})

test('run --rm removes with the exit, also after a stop and a lost exit', () => {
  const autoRemove = { AutoRemove: true }
  const both = ['ContainerExited', 'ContainerRemoveRequested']
  assert.deepEqual(tags(decided(containerIn('running', autoRemove), exit(3))), both)
  assert.deepEqual(
    tags(decided(containerIn('running', autoRemove, [stopRequested]), exit(3))),
    both,
  )
  assert.deepEqual(tags(decided(containerIn('running', autoRemove), observed(unknown, true))), both)
})

test('restart is a stop and a start of the same operation', () => {
  const restarting = containerIn('running', {}, [{ ...stopRequested, restart: true }])
  const [exited, started] = decided(restarting, exit(143))
  assert.equal(exited?._tag, 'ContainerExited')
  assert.ok(started?._tag === 'ContainerStartRequested')
  assert.deepEqual(
    [started.cause, started.operation, started.attempt],
    ['restart', stopRequested.operation, 2],
  )
})

test('W4 signals and a pause under way end with the exit', () => {
  const busy = containerIn('running', {}, [
    { _tag: 'ContainerSignalRequested', v: 1, id, operation: stopRequested.operation, signal: 10 },
    { _tag: 'ContainerPauseRequested', v: 1, id, operation: stopRequested.operation },
  ])
  assert.deepEqual(tags(decided(busy, exit(0))), [
    'ContainerSignalFailed',
    'ContainerPauseFailed',
    'ContainerExited',
  ])
})

test('a failed start ends in exited with the code that its text asks for', () => {
  const failed = (errno: string, error: string): ContainerCommand => ({
    _tag: 'RecordStartFailed',
    id,
    attempt: 1,
    errno,
    error,
  })
  const [event] = decided(containerIn('starting'), failed('ERUNTIME', 'permission denied'))
  assert.ok(event?._tag === 'ContainerStartFailed')
  assert.equal(event.exitCode, 126)
  assert.deepEqual(
    [
      startFailureCode('ERUNTIME', 'exec: "x": executable file not found in $PATH'),
      startFailureCode('ERUNTIME', 'no such file or directory'),
      startFailureCode('ERUNTIME', 'exec format error'),
      startFailureCode('ERUNTIME', 'something else'),
      startFailureCode('ENOSPC', 'no space left on device'),
    ],
    [127, 127, 126, 128, 125],
  )
})

test('CFG-START-01 a start that is too late fails, one in time does not', () => {
  const limited = containerIn('inited', {}, [
    {
      _tag: 'ContainerStartRequested',
      v: 1,
      id,
      operation: stopRequested.operation,
      attempt: 1,
      cause: 'user',
      deadline: { boot: sampleTime(0).boot, monoMs: 6_000 },
      joins: [],
    },
  ])
  const expire = { _tag: 'ExpireStart', id, attempt: 1 } as const
  assert.deepEqual(decided(limited, expire, 5_999), [])
  assert.deepEqual(tags(decided(limited, expire, 6_000)), ['ContainerStartFailed'])
})

test.run()
