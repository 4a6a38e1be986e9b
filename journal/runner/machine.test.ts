/** The runner's steps: order, retries, observation before repetition, and nothing twice. */
import assert from 'node:assert/strict'
import { suite } from '../../properties/testing/suite.ts'
import { noValue } from '../../domain/conclusion.ts'
import { bootId, containerId } from '../../domain/identity.ts'
import type { Plan } from '../../domain/plan.ts'
import { indeterminate, notApplied } from '../../domain/ports/answer.ts'
import type { Effect } from '../../domain/ports/effects.ts'
import { entityOf, retryDelayMs, RunnerMachine, type Output, type RunAnswer } from './machine.ts'

const test = suite('runner machine')

const id = containerId('c'.repeat(64))
const entity = `container:${id}`
const lane = `${entity}/main`
const ref = { id, runtime: 'crun', attempt: 1, cgroupPath: `/isulad/${id}` }
const process = { boot: bootId('b'), pid: 7, startTicks: 1 }

const kill: Effect = { _tag: 'KillCgroup', ref }
const unmount: Effect = { _tag: 'UnmountRootfs', id }
const start: Effect = { _tag: 'StartProcess', ref }
const signal: Effect = { _tag: 'SignalProcess', process, signal: 15 }

const planOf = (
  steps: ReadonlyArray<Effect>,
  onFailure: Plan['onFailure'] = 'conclude',
  key = 'one',
): Plan => ({ key, lane, steps, subject: { _tag: 'Release', id, attempt: 1 }, onFailure })

const ran: RunAnswer = { _tag: 'Ran', value: noValue }
const refused: RunAnswer = { _tag: 'Erred', error: notApplied('EBUSY', 'busy') }
const lost: RunAnswer = { _tag: 'Erred', error: indeterminate('no answer') }
const probed = (probe: Extract<RunAnswer, { _tag: 'Probed' }>['probed']): RunAnswer => ({
  _tag: 'Probed',
  probed: probe,
})

/** `run StartProcess`, `probe StartProcess`, … */
const calls = (out: Output): ReadonlyArray<string> =>
  out.invocations.map((i) => `${i.mode} ${i.effect._tag}`)

const numberOf = (out: Output): number => out.invocations[0]?.number ?? -1

const conclusion = (out: Output) => out.concluded[0]?.conclusion

test('the steps of a plan run one after the other and conclude once', () => {
  const m = new RunnerMachine()
  const first = m.due(entity, [planOf([kill, unmount])], false)
  const second = m.answered(numberOf(first), ran, 0)
  const end = m.answered(numberOf(second), ran, 0)
  assert.deepEqual(
    [calls(first), calls(second), calls(end)],
    [['run KillCgroup'], ['run UnmountRootfs'], []],
  )
  assert.deepEqual(conclusion(end), { _tag: 'Applied', value: noValue })
})

test('W3 what is due again while it is under way or done starts nothing', () => {
  const m = new RunnerMachine()
  const first = m.due(entity, [planOf([start])], false)
  assert.deepEqual(calls(m.due(entity, [planOf([start])], false)), [])
  m.answered(numberOf(first), ran, 0)
  assert.deepEqual(calls(m.due(entity, [planOf([start])], false)), [])
})

test('W3 after a crash a start is probed, and not repeated when it happened', () => {
  const m = new RunnerMachine()
  const first = m.due(entity, [planOf([start])], true)
  assert.deepEqual(calls(first), ['probe StartProcess'])
  const end = m.answered(numberOf(first), probed({ _tag: 'DidHappen', value: noValue }), 0)
  assert.deepEqual([calls(end), conclusion(end)?._tag], [[], 'Applied'])
})

test('after a crash a start that did not happen is run from the first step of its plan', () => {
  const m = new RunnerMachine()
  const first = m.due(entity, [planOf([unmount, start])], true)
  const second = m.answered(numberOf(first), ran, 0)
  assert.deepEqual(calls(second), ['probe StartProcess'])
  const again = m.answered(numberOf(second), probed({ _tag: 'DidNotHappen' }), 0)
  assert.deepEqual(calls(again), ['run UnmountRootfs'])
  assert.deepEqual(calls(m.answered(numberOf(again), ran, 0)), ['run StartProcess'])
})

test('after a crash a signal that left no trace is given up, not sent again', () => {
  const m = new RunnerMachine()
  const first = m.due(entity, [planOf([signal])], true)
  const end = m.answered(numberOf(first), probed({ _tag: 'CannotTell', reason: 'no trace' }), 0)
  assert.deepEqual([calls(end), conclusion(end)?._tag], [[], 'Abandoned'])
})

test('a refused effect ends a plan that concludes', () => {
  const m = new RunnerMachine()
  const first = m.due(entity, [planOf([unmount])], false)
  const end = m.answered(numberOf(first), refused, 0)
  assert.deepEqual(conclusion(end), {
    _tag: 'NotApplied',
    step: 'UnmountRootfs',
    errno: 'EBUSY',
    error: 'busy',
    tries: 1,
  })
  assert.deepEqual(end.wakes, [])
})

test('R-02 a refused effect of a retried plan is told, then tried again with back-off', () => {
  const m = new RunnerMachine()
  const first = m.due(entity, [planOf([kill, unmount], 'retry')], false)
  const second = m.answered(numberOf(first), ran, 0)
  const failed = m.answered(numberOf(second), refused, 1_000)
  assert.equal(conclusion(failed)?._tag, 'NotApplied')
  assert.deepEqual(failed.wakes, [{ lane, atMs: 1_100 }])
  assert.deepEqual(calls(m.woke(lane, 1_099)), [])
  assert.deepEqual(calls(m.woke(lane, 1_100)), ['run KillCgroup'])
})

test('an indeterminate start is observed before anything else', () => {
  const m = new RunnerMachine()
  const first = m.due(entity, [planOf([start])], false)
  const waiting = m.answered(numberOf(first), lost, 0)
  assert.deepEqual([calls(waiting), waiting.concluded.length], [[], 0])
  assert.deepEqual(calls(m.woke(lane, 10_000)), ['probe StartProcess'])
})

test('an indeterminate idempotent effect is simply repeated', () => {
  const m = new RunnerMachine()
  const first = m.due(entity, [planOf([unmount])], false)
  m.answered(numberOf(first), lost, 0)
  assert.deepEqual(calls(m.woke(lane, 10_000)), ['run UnmountRootfs'])
})

test('L2 an effect that stays indeterminate is given up after a few looks', () => {
  const m = new RunnerMachine()
  let out = m.due(entity, [planOf([start])], false)
  let looks = 0
  for (;;) {
    const after = m.answered(numberOf(out), lost, looks * 100_000)
    if (after.concluded.length > 0) {
      assert.equal(conclusion(after)?._tag, 'Abandoned')
      break
    }
    looks += 1
    assert.ok(looks <= 6, 'it is looked at for ever')
    out = m.woke(lane, looks * 100_000)
  }
  assert.equal(looks, 5)
})

test('what is not due any more is not begun; what is under way comes to its end', () => {
  const m = new RunnerMachine()
  const first = m.due(entity, [planOf([kill, unmount])], false)
  m.due(entity, [], false)
  const end = m.answered(numberOf(first), ran, 0)
  assert.deepEqual([calls(end), end.concluded], [[], []])
  assert.equal(m.inFlight, 0)
})

test('another plan of the same lane waits for the effect under way', () => {
  const m = new RunnerMachine()
  const first = m.due(entity, [planOf([kill, unmount])], false)
  const other = planOf([start], 'conclude', 'two')
  assert.deepEqual(calls(m.due(entity, [other], false)), [])
  assert.deepEqual(calls(m.answered(numberOf(first), ran, 0)), ['run StartProcess'])
})

test('an answer that comes after its deadline is ignored', () => {
  const m = new RunnerMachine()
  const first = m.due(entity, [planOf([unmount])], false)
  m.answered(numberOf(first), ran, 0)
  const late = m.answered(numberOf(first), refused, 0)
  assert.deepEqual([late.invocations, late.concluded, late.wakes], [[], [], []])
})

test('the back-off doubles up to half a minute', () => {
  assert.deepEqual([1, 2, 3, 9, 10, 50].map(retryDelayMs), [100, 200, 400, 25_600, 30_000, 30_000])
  assert.equal(entityOf(lane), entity)
})

test.run()
