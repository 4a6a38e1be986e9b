/** Properties of the rules over random lives of containers: what holds after every single event. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { decide } from '../../domain/decide.ts'
import { operationId } from '../../domain/identity.ts'
import type { Command } from '../../domain/command.ts'
import { foldOf, stateHashOf } from './folds.ts'
import { suite } from '../testing/suite.ts'
import { holds } from './checks.ts'
import { invariants, isRepeatable, type InvariantId } from './invariants.ts'
import { PureEngine, type Emitted } from './pure-engine.ts'
import { anyStrayRecord } from './stray-records.ts'
import {
  anyContainerRequest,
  anySteps,
  perform,
  played,
  recoverOnEmptyHost,
  type Step,
} from './steps.ts'

const test = suite('lifecycle rules')

const logOf = (steps: ReadonlyArray<Step>): ReadonlyArray<Emitted> =>
  played(steps, new PureEngine()).log

const saying: Readonly<Record<InvariantId, string>> = {
  D1: 'the rules answer everything that may happen',
  D2: 'every emitted event is legal in the state before it',
  D3: 'a request that is repeated at once adds nothing',
  D4: 'ids and names are unique at every moment, and free after the removal',
  J6: 'the fold of the history is the live state',
  W3: 'attempts count up by one, and each is started at most once',
  W4: 'every intent has exactly one outcome when all is at rest',
  W5: 'one exit fact for each incarnation, and the last run holds just that',
  W8: 'a removed container stays removed, and its removal is its last event',
  W9: 'a container always has its layers, whole',
  W11: 'restarts are counted up to their maximum, delays double up to a minute',
  L2: 'from every state everything ends and everything can be removed',
  L3: 'a stop ends in bounded time or is given up',
  L4: 'an engine at rest appends nothing, hour after hour',
}

for (const [id, invariant] of Object.entries(invariants))
  test(`${id} ${saying[id as InvariantId]}`, () => {
    holds(anySteps, (steps) => invariant(steps, () => new PureEngine()))
  })

const deepFreeze = <A>(value: A): A => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const member of Object.values(value)) deepFreeze(member)
  }
  return value
}

test('D1 decide answers every command in every reachable state, and the same again', () => {
  holds(anySteps, fc.oneof(anyContainerRequest, anyStrayRecord), (steps, command: Command) => {
    const engine = played(steps, new PureEngine())
    for (const container of engine.world.containers.values()) deepFreeze(container)
    const context = { now: engine.now, operation: operationId('again') }
    const [one, two] = [decide(engine.world, deepFreeze(command), context)].concat(
      decide(engine.world, command, context),
    )
    assert.equal(one, two)
  })
})

test('D1 evolve folds any event of one life into any state of another, and leaves it alone', () => {
  holds(anySteps, anySteps, (steps, others) => {
    const engine = played(steps, new PureEngine())
    for (const container of engine.world.containers.values()) deepFreeze(container)
    for (const { event, at } of logOf(others)) engine.world.apply(engine.world.evolve(event, at))
  })
})

test('D3 a request that is repeated at once emits nothing new', () => {
  holds(anySteps, anyContainerRequest, (steps, command) => {
    const engine = played(steps, new PureEngine())
    const first = engine.submit(command)
    const second = engine.submit(command)
    if (isRepeatable(command) && E.isRight(first) && E.isRight(second))
      assert.is(second.right.events.length, 0)
    if (E.isLeft(first)) assert.equal(second, first)
  })
})

test('D3 a record that is repeated emits nothing new', () => {
  holds(anySteps, anyStrayRecord, (steps, command) => {
    const engine = played(steps, new PureEngine())
    engine.submit(command)
    const again = engine.submit(command)
    assert.ok(E.isLeft(again) || again.right.events.length === 0 || isNewTry(command))
  })
})

/** The same try told twice is doubled tries for the rule, which sees no history. */
const isNewTry = (command: Command): boolean => command._tag.endsWith('Delayed')

test('J6 W9 R-13 a history folds to the live state, and every prefix of it to a sound one', () => {
  holds(anySteps, fc.nat(200), (steps, cut) => {
    const engine = new PureEngine()
    const hashes: string[] = []
    played(steps, engine, () => hashes.push(stateHashOf(engine.world)))
    assert.is(stateHashOf(foldOf(engine.log)), hashes.at(-1) ?? stateHashOf(engine.world))
    const prefix = foldOf(engine.log.slice(0, cut % (engine.log.length + 1)))
    for (const container of prefix.containers.values()) {
      assert.ok((container.unreleased ?? 0) <= container.attempt)
      assert.is(prefix.containerByName(container.name), container)
      for (const layer of container.layers)
        assert.is(prefix.layer(layer)?.phase._tag, 'Committed', 'its layers are there (W7, W9)')
    }
  })
})

test('I9 the wall clock is only a label: a step of years changes no decision', () => {
  holds(anySteps, fc.integer({ min: -3e11, max: 3e11 }), (steps, stepMs) => {
    const tags = (wallMs: number): ReadonlyArray<string> =>
      played(steps, new PureEngine({ wallMs })).log.map(({ event }) => event._tag)
    assert.equal(tags(1_700_000_000_000), tags(1_700_000_000_000 + stepMs))
  })
})

test('I8 what is asked of one container changes no other', () => {
  holds(anySteps, anyContainerRequest, (steps, command) => {
    const engine = played(steps, new PureEngine())
    const before = new Map(engine.world.containers)
    engine.submit(command)
    for (const [id, container] of before)
      if (!('id' in command) || id !== command.id)
        assert.is(engine.world.containers.get(id), container)
  })
})

test('a plan is due under one key only, and due plans of one lane never run together', () => {
  holds(anySteps, (steps) => {
    const engine = new PureEngine()
    played(steps, engine, () => {
      const keys = engine.plans().map((p) => p.key)
      assert.is(new Set(keys).size, keys.length)
      for (const plan of engine.plans()) assert.ok(plan.steps.length > 0)
    })
  })
})

test('I10 recovery after a reboot finds nothing the second time', () => {
  holds(anySteps, (steps) => {
    const engine = played(steps, new PureEngine())
    perform(engine, { _tag: 'Reboot' })
    const before = engine.log.length
    recoverOnEmptyHost(engine, engine.now.wallMs)
    assert.equal(
      engine.log.slice(before).map(({ event }) => event._tag),
      [],
    )
  })
})

test.run()
