/** Restart policies against a model of their own (spec 96, C.5): counts, delays, suppression. */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { Container } from '../../domain/container/state.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { suite } from '../testing/suite.ts'
import { holds } from './checks.ts'
import { PureEngine } from './pure-engine.ts'
import { nextAction, type EndedRun, type NextAction, type PolicyMemory } from './restart-model.ts'
import { anyPolicy, applyPlan, exitOf } from './steps.ts'

const test = suite('restart policies')

interface Life {
  readonly ranMs: number
  readonly code: number
  readonly ending: 'itself' | 'stop' | 'kill'
}

const anyLife: fc.Arbitrary<Life> = fc.record({
  ranMs: fc.constantFrom(0, 50, 9_999, 10_000, 30_000),
  code: fc.constantFrom(0, 0, 1, 2, 129, 137),
  ending: fc.constantFrom('itself', 'itself', 'itself', 'itself', 'stop', 'kill'),
})

const id = c.containerNumber(1)

const drain = (engine: PureEngine): void => {
  for (let n = 0; n < 20; n += 1) {
    const plans = engine.plans().filter((p) => !['StopSignal', 'Kill'].includes(p.subject._tag))
    if (plans.length === 0) return
    for (const plan of plans) applyPlan(engine, plan)
  }
}

const theContainer = (engine: PureEngine): Container => {
  const container = engine.world.containers.get(id)
  if (container === undefined) throw new Error('the container is gone')
  return container
}

const begin = (policy: Parameters<typeof nextAction>[0]): PureEngine => {
  const engine = new PureEngine()
  engine.submit(c.load(c.sampleImage(1)))
  drain(engine)
  engine.submit(c.create(id, { restart: policy }))
  drain(engine)
  engine.submit(c.start(id))
  drain(engine)
  return engine
}

/** Lives one incarnation; answers what the engine wants next. */
const live = (engine: PureEngine, life: Life): NextAction => {
  engine.advance(life.ranMs)
  if (life.ending === 'stop') engine.submit(c.stop(id, 10_000))
  if (life.ending === 'kill') engine.submit(c.kill(id, 9))
  exitOf(engine, theContainer(engine), life.code)
  const { phase } = theContainer(engine)
  if (phase._tag === 'Removing') return { _tag: 'Remove' }
  if (phase._tag !== 'Exited' || phase.restart === null) return { _tag: 'Stay' }
  return { _tag: 'Restart', delayMs: phase.restart.delayMs }
}

const runOf = (life: Life): EndedRun => ({
  code: life.code,
  ranMs: life.ranMs,
  stoppedByUser: life.ending !== 'itself',
  autoRemove: false,
})

const freshMemory: PolicyMemory = { retries: 0, delayMs: 0 }

test('W11 after each end the engine does what table C.5 says, with its delay', () => {
  holds(
    anyPolicy,
    fc.array(anyLife, { minLength: 1, maxLength: 12, size: 'max' }),
    (policy, lives) => {
      const engine = begin(policy)
      let memory = freshMemory
      for (const life of lives) {
        const expected = nextAction(policy, runOf(life), memory)
        assert.equal(live(engine, life), expected.action)
        memory = expected.memory
        drain(engine)
        if (expected.action._tag !== 'Restart') return
        engine.advance(expected.action.delayMs)
        drain(engine)
        assert.is(theContainer(engine).phase._tag, 'Running')
      }
    },
  )
})

test('W11 on-failure:n starts n times more, never again; the delay doubles up to a minute', () => {
  holds(fc.integer({ min: 1, max: 14 }), (most) => {
    const engine = begin({ Name: 'on-failure', MaximumRetryCount: most })
    let last = 0
    for (let n = 1; n <= most; n += 1) {
      const next = live(engine, { ranMs: 1, code: 1, ending: 'itself' })
      assert.ok(next._tag === 'Restart' && next.delayMs === Math.min(100 * 2 ** (n - 1), 60_000))
      assert.ok(next.delayMs >= last)
      last = next.delayMs
      drain(engine)
      engine.advance(next.delayMs)
      drain(engine)
    }
    assert.equal(live(engine, { ranMs: 1, code: 1, ending: 'itself' }), { _tag: 'Stay' })
    assert.is(theContainer(engine).restartCount, most)
  })
})

test('W11 R-36 a stop during the back-off is remembered: no restart follows', () => {
  holds(fc.constantFrom('always' as const, 'unless-stopped' as const), anyLife, (Name, life) => {
    const engine = begin({ Name, MaximumRetryCount: 0 })
    const next = live(engine, { ...life, ending: 'itself' })
    if (next._tag !== 'Restart') throw new Error('no restart was scheduled')
    drain(engine)
    engine.advance(next.delayMs - 1)
    engine.submit(c.stop(id, 0))
    engine.advance(600_000)
    drain(engine)
    const container = theContainer(engine)
    assert.is(container.phase._tag, 'Exited')
    assert.ok(container.stoppedByUser)
  })
})

test.run()
