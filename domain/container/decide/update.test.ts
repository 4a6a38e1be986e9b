/** What an update changes in each state, what it refuses, and what becomes of an open one. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../../properties/testing/suite.ts'
import type { DomainEvent } from '../../event.ts'
import { operationId } from '../../identity.ts'
import { knownExit } from '../../ports/exit-record.ts'
import type { ContainerCommand } from '../commands.ts'
import type { HostConfig } from '../config.ts'
import {
  containerIn,
  contextAt,
  sampleHost,
  sampleId,
  sampleTime,
  viewOf,
  type SampleState,
} from '../container-fixture.ts'
import { dueContainer } from '../due/due-container.ts'
import type { ContainerEvent } from '../events.ts'
import { evolveContainer } from '../evolve.ts'
import { isLegal } from '../legality.ts'
import { liveLimits, type UpdateChange } from '../limits.ts'
import type { Container } from '../state.ts'
import { decideContainer } from './decide-container.ts'

const test = suite('decide update')

const id = sampleId
const mib = 1024 * 1024

const update = (
  limits: UpdateChange['limits'],
  restart: UpdateChange['restart'] = null,
): ContainerCommand => ({ _tag: 'UpdateContainer', id, change: { limits, restart } })

const decided = (c: Container | undefined, command: ContainerCommand) =>
  decideContainer(viewOf(c), command, contextAt(4_000))

const eventsOf = (c: Container | undefined, command: ContainerCommand) => {
  const decision = decided(c, command)
  assert.ok(E.isRight(decision), JSON.stringify(decision))
  return decision.right.events
}

const refusalOf = (c: Container | undefined, command: ContainerCommand): string => {
  const decision = decided(c, command)
  assert.ok(E.isLeft(decision))
  return 'message' in decision.left ? decision.left.message : decision.left._tag
}

const tags = (events: ReadonlyArray<DomainEvent>): ReadonlyArray<string> =>
  events.map((e) => e._tag)

/** Each event must be legal where it comes (D2). */
const after = (c: Container | undefined, events: ReadonlyArray<DomainEvent>): Container => {
  let one = c
  for (const event of events as ReadonlyArray<ContainerEvent>) {
    assert.ok(isLegal(one, event), event._tag)
    one = evolveContainer(one, event, sampleTime(4_000))
  }
  assert.ok(one !== undefined)
  return one
}

const told = (c: Container | undefined, command: ContainerCommand): Container =>
  after(c, eventsOf(c, command))

const recorded = { _tag: 'RecordUpdated', id, operation: operationId('fresh') } as const
const failed = {
  _tag: 'RecordUpdateFailed',
  id,
  operation: operationId('fresh'),
  errno: 'EBUSY',
  error: 'busy',
} as const

test('CLI-UPDATE-01: without a cgroup the configuration alone changes, at once', () => {
  for (const state of ['inited', 'restarting', 'exited'] as ReadonlyArray<SampleState>) {
    const c = containerIn(state)
    const events = eventsOf(c, update({ CPUShares: 512 }))
    assert.deepEqual(tags(events), ['ContainerUpdateRequested', 'ContainerUpdated'], state)
    const updated = after(c, events)
    assert.equal(updated.host.CPUShares, 512)
    assert.equal(updated.update, undefined)
  }
})

test('CLI-UPDATE-01: with a cgroup nothing is shown before the kernel has it', () => {
  for (const state of ['starting', 'running', 'paused'] as ReadonlyArray<SampleState>) {
    const open = told(containerIn(state), update({ PidsLimit: 9 }))
    assert.equal(open.host.PidsLimit, 0, state)
    assert.equal(open.update?.limits.PidsLimit, 9)
    const made = told(open, recorded)
    assert.equal(made.host.PidsLimit, 9)
    assert.equal(made.update, undefined)
    const undone = told(open, failed)
    assert.deepEqual(undone.host, sampleHost)
    assert.equal(undone.update, undefined)
  }
})

test('CLI-UPDATE-01: a policy alone, and limits as they are, need no cgroup', () => {
  const always = { Name: 'always', MaximumRetryCount: 0 } as const
  const made = ['ContainerUpdateRequested', 'ContainerUpdated']
  assert.deepEqual(tags(eventsOf(containerIn('running'), update({}, always))), made)
  const c = containerIn('running', { PidsLimit: 9 })
  assert.deepEqual(tags(eventsOf(c, update({ PidsLimit: 9 }))), made)
  assert.deepEqual(told(containerIn('running'), update({}, always)).host.RestartPolicy, always)
})

test('the effect carries the whole new values and the whole old ones', () => {
  const c = containerIn('running', { CPUShares: 300, PidsLimit: 9 })
  const open = told(c, update({ PidsLimit: 20 }))
  const steps = dueContainer(open, sampleTime(4_000)).plans.flatMap((plan) => plan.steps)
  const effect = steps.find((step) => step._tag === 'UpdateCgroup')
  assert.ok(effect?._tag === 'UpdateCgroup')
  assert.deepEqual(effect.request.limits, { ...liveLimits(open.host), PidsLimit: 20 })
  assert.deepEqual(effect.request.previous, liveLimits(open.host))
})

test('one update at a time; none while it is created or removed', () => {
  const open = told(containerIn('running'), update({ PidsLimit: 9 }))
  assert.equal(refusalOf(open, update({ PidsLimit: 10 })), 'UpdateInProgress')
  assert.equal(refusalOf(containerIn('creating'), update({ PidsLimit: 9 })), 'CreateInProgress')
  assert.equal(refusalOf(containerIn('removing'), update({ PidsLimit: 9 })), 'RemovalInProgress')
  assert.equal(refusalOf(undefined, update({ PidsLimit: 9 })), 'NoSuchContainer')
})

test('the word of an update that is not open any more changes nothing', () => {
  const other = { ...recorded, operation: operationId('other') }
  const open = told(containerIn('running'), update({ PidsLimit: 9 }))
  for (const late of [other, { ...failed, operation: operationId('other') }])
    assert.deepEqual(eventsOf(open, late), [])
  assert.deepEqual(eventsOf(containerIn('running'), recorded), [])
})

test('W4: the end of a run makes an open update, and its policy decides what follows', () => {
  const always = { Name: 'always', MaximumRetryCount: 0 } as const
  const open = told(containerIn('running'), update({ PidsLimit: 9 }, always))
  const exit: ContainerCommand = {
    _tag: 'ObserveExit',
    id,
    attempt: 1,
    exit: knownExit(3, 5),
    oomKilled: false,
    reboot: false,
  }
  const events = eventsOf(open, exit)
  assert.equal(events[0]?._tag, 'ContainerUpdated')
  assert.ok(tags(events).includes('ContainerRestartScheduled'))
  assert.equal(after(open, events).host.PidsLimit, 9)
})

const refusedWhole: ReadonlyArray<
  readonly [string, Partial<HostConfig>, UpdateChange['limits'], RegExp]
> = [
  [
    'memory past the swap limit that stays',
    { Memory: 64 * mib, MemorySwap: 96 * mib },
    { Memory: 128 * mib },
    /update the memoryswap at the same time/,
  ],
  ['memory below 4 MB', {}, { Memory: mib }, /Minimum memory limit allowed is 4MB/],
  ['swap without memory', {}, { MemorySwap: 64 * mib }, /always set the memory limit/],
  [
    'a reservation above memory',
    { Memory: 64 * mib, MemorySwap: 128 * mib },
    { MemoryReservation: 80 * mib },
    /reservation/,
  ],
  ['a quota beside --cpus', { NanoCpus: 500_000_000 }, { CPUQuota: 20_000 }, /cannot both be set/],
]

for (const [name, host, limits, text] of refusedWhole)
  test(`CLI-UPDATE-01: refused as a whole: ${name}`, () => {
    assert.match(refusalOf(containerIn('running', host), update(limits)), text)
  })

test('a container that is removed at its end takes no restart policy', () => {
  const c = containerIn('running', { AutoRemove: true })
  const always = { Name: 'always', MaximumRetryCount: 0 } as const
  assert.match(refusalOf(c, update({}, always)), /AutoRemove is enabled/)
  const none = { Name: 'no', MaximumRetryCount: 0 } as const
  assert.equal(told(c, update({}, none)).host.RestartPolicy.Name, 'no')
})

test.run()
