/** Lists: filters, order, what is shown, and its bytes. */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import type { Container } from '../../../domain/container/state.ts'
import { suite } from '../../../properties/testing/suite.ts'
import { at, ended, idOf, running, sampleContainer } from '../testing/sample-container.ts'
import { ContainerStatus, ListResponse } from '../wire/containers.ts'
import { inListOrder, listPlan } from './list-filters.ts'
import { encodeListResponse } from './list-codec.ts'
import { messageOf } from './list.ts'
import { startedMs } from './shown-state.ts'

const test = suite('list')

const samples: ReadonlyArray<Container> = [
  sampleContainer(1),
  sampleContainer(2, { phase: running(42, 9_000) }),
  sampleContainer(3, {
    phase: { _tag: 'Exited', attempt: 1, restart: null },
    lastRun: ended(3, 5_000, 6_000),
  }),
  sampleContainer(4, { phase: running(43, 8_000, { freezer: { _tag: 'Frozen' } }) }),
  sampleContainer(5, {
    phase: { _tag: 'Exited', attempt: 1, restart: { at: at(1), delayMs: 100 } },
    lastRun: ended(1, 7_000, 7_500),
  }),
]

const refusal = (filters: Record<string, string>): string => {
  const plan = listPlan(filters, true)
  return E.isLeft(plan) ? plan.left : 'accepted'
}

const shown = (filters: Record<string, string>, all = true): number[] => {
  const plan = listPlan(filters, all)
  if (E.isLeft(plan)) throw new Error(plan.left)
  const chosen = samples.filter(plan.right.test)
  return inListOrder(chosen, startedMs, plan.right.last).map((c) => samples.indexOf(c) + 1)
}

test('the newest start comes first, those that never started last', () => {
  assert.equal(shown({}), [2, 4, 5, 3, 1])
})

test('without `all` running ones are shown, paused and restarting included (CLI-PS-01)', () => {
  assert.equal(shown({}, false), [2, 4, 5])
})

test('status and last_n ask for stopped ones too, last_n orders by creation', () => {
  assert.equal(shown({ status: 'exited' }, false), [3])
  assert.equal(shown({ status: 'created' }, false), [1])
  assert.equal(shown({ status: 'inited' }, false), [1])
  assert.equal(shown({ status: 'paused' }, false), [4])
  assert.equal(shown({ last_n: '2' }, false), [5, 4])
})

test('id from its beginning, name as an expression anywhere, labels with and without value', () => {
  assert.equal(shown({ id: idOf(3).slice(0, 8) }), [3])
  assert.equal(shown({ id: idOf(3).slice(3, 8) }), [])
  assert.equal(shown({ name: 'me-[12]$' }), [2, 1])
  assert.is(shown({ label: 'role' }).length, 5)
  assert.is(shown({ label: 'role=web' }).length, 5)
  assert.is(shown({ label: 'role=db' }).length, 0)
  assert.is(shown({ label: 'other' }).length, 0)
})

test('unknown keys and values are refused by name (CLI-PS-05)', () => {
  assert.is(refusal({ colour: 'red' }), "Invalid filter 'colour'")
  assert.is(refusal({ status: 'happy' }), 'Unrecognised filter value for status: happy')
  assert.match(refusal({ name: '(' }), 'not a regular expression')
  assert.match(refusal({ name: '(a+)+$' }), 'too costly')
  assert.match(refusal({ last_n: 'x' }), 'want a number')
})

test('what is shown of each state (CLI-SC-01)', () => {
  const [created, live, stopped, paused, restarting] = samples.map(messageOf)
  assert.is(created?.status, ContainerStatus.CREATED)
  assert.equal([created?.pid, created?.exit_code], [0, 0])
  assert.equal(created?.startat, '0001-01-01T00:00:00Z')
  assert.is(created?.created, '1000000000')
  assert.equal([live?.status, live?.pid], [ContainerStatus.RUNNING, 42])
  assert.is(live?.startat, '1970-01-01T00:00:09.000000000+00:00')
  assert.is(live?.command, 'sh -c true')
  assert.equal([stopped?.status, stopped?.exit_code, stopped?.pid], [ContainerStatus.STOPPED, 3, 0])
  assert.is(stopped?.finishat, '1970-01-01T00:00:06.000000000+00:00')
  assert.is(paused?.status, ContainerStatus.PAUSED)
  assert.equal([restarting?.status, restarting?.pid], [ContainerStatus.RESTARTING, 0])
})

test('an exit that nobody saw is shown as 255 (I6)', () => {
  const exit = { _tag: 'UnknownExit', lastAliveWallMs: 1, firstDeadWallMs: 2, reason: '' } as const
  const lost = sampleContainer(9, {
    phase: { _tag: 'Exited', attempt: 1, restart: null },
    lastRun: { ...ended(0, 1, 2), exit },
  })
  assert.is(messageOf(lost).exit_code, 255)
})

test('the bytes put together from known ones are those of the codec, refusals included', () => {
  const containers = samples.map(messageOf)
  const answers = [
    { cc: 0, errmsg: '', containers },
    { cc: 1, errmsg: 'no such filter', containers: [] },
    { cc: 0, errmsg: '', containers: [...containers].reverse() },
  ]
  for (const answer of answers) {
    const plain = Buffer.from(ListResponse.encode(answer).finish())
    assert.is(encodeListResponse(answer).toString('hex'), plain.toString('hex'))
  }
})

test.run()
