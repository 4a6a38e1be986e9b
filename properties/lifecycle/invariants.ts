/** Invariants of a whole life, each a function that throws where it is broken. */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import type { Command } from '../../domain/command.ts'
import { foldOf, stateHashOf } from './folds.ts'
import type { Emitted, PureEngine } from './pure-engine.ts'
import { perform, played, settle, type Step } from './steps.ts'

export type NewEngine = () => PureEngine
export type Invariant = (steps: ReadonlyArray<Step>, newEngine: NewEngine) => void

const logOf = (steps: ReadonlyArray<Step>, newEngine: NewEngine): ReadonlyArray<Emitted> =>
  played(steps, newEngine()).log

/** Requests whose repetition must add nothing: the wish is fulfilled or already under way. */
export const isRepeatable = (command: Command): boolean =>
  !['RestartContainer', 'CreateContainer'].includes(command._tag) &&
  !(command._tag === 'KillContainer' && command.signal !== 9)

const total: Invariant = (steps, newEngine) => void played(steps, newEngine())

const legal: Invariant = (steps, newEngine) => {
  const illegal = logOf(steps, newEngine).filter((e) => !e.legal)
  assert.equal(
    illegal.map((e) => e.event._tag),
    [],
  )
}

const repetition: Invariant = (steps, newEngine) => {
  const engine = newEngine()
  for (const step of steps) {
    perform(engine, step)
    if (step._tag !== 'Ask' || !isRepeatable(step.command)) continue
    const again = engine.submit(step.command)
    if (E.isRight(again)) assert.is(again.right.events.length, 0, step.command._tag)
  }
}

const unique: Invariant = (steps, newEngine) => {
  const engine = newEngine()
  played(steps, engine, () => {
    const names = [...engine.world.containers.values()].map((c) => c.name)
    assert.is(new Set(names).size, names.length)
    for (const container of engine.world.containers.values())
      assert.is(engine.world.containerByName(container.name)?.id, container.id)
    for (const name of ['web', 'db', 'job'])
      if (!names.includes(name)) assert.is(engine.world.containerByName(name), undefined)
  })
}

const attempts: Invariant = (steps, newEngine) => {
  const requested = new Map<string, number>()
  const started = new Map<string, number>()
  for (const { event } of logOf(steps, newEngine)) {
    if (event._tag === 'ContainerCreateRequested') {
      requested.set(event.id, 0)
      started.set(event.id, 0)
    }
    if (event._tag === 'ContainerStartRequested') {
      assert.is(event.attempt, (requested.get(event.id) ?? 0) + 1)
      requested.set(event.id, event.attempt)
    }
    if (event._tag !== 'ContainerStarted') continue
    assert.ok(event.attempt > (started.get(event.id) ?? 0), `${event.attempt} was started twice`)
    started.set(event.id, event.attempt)
  }
}

const outcomes: Invariant = (steps, newEngine) => {
  const engine = played(steps, newEngine())
  assert.ok(settle(engine), 'it comes to rest')
  assert.equal([...engine.open], [])
  for (const [operation, all] of engine.outcomes)
    assert.is(all.length, 1, `${operation}: ${JSON.stringify(all)}`)
}

const exits: Invariant = (steps, newEngine) => {
  const ended = new Map<string, number>()
  for (const { event, after } of logOf(steps, newEngine)) {
    if (event._tag === 'ContainerCreateRequested') ended.set(event.id, 0)
    if (event._tag !== 'ContainerExited') continue
    assert.ok(event.attempt > (ended.get(event.id) ?? 0), `${event.attempt} ended twice`)
    ended.set(event.id, event.attempt)
    assert.equal(after?.lastRun?.exit, event.exit)
  }
}

const layersHeld: Invariant = (steps, newEngine) => {
  const engine = newEngine()
  played(steps, engine, () => {
    for (const container of engine.world.containers.values())
      for (const layer of container.layers)
        assert.is(engine.world.layer(layer)?.phase._tag, 'Committed', `of ${container.name}`)
  })
}

const removed: Invariant = (steps, newEngine) => {
  const last = new Map<string, string>()
  for (const { event } of logOf(steps, newEngine)) {
    if (!('id' in event) || !event._tag.startsWith('Container')) continue
    if (last.get(event.id) === 'ContainerRemoved') assert.is(event._tag, 'ContainerCreateRequested')
    last.set(event.id, event._tag)
  }
}

/** Counts of `on-failure:n` and the doubling of the delay, read from the history alone. */
const backOff: Invariant = (steps, newEngine) => {
  const delays = new Map<string, number>()
  for (const { event, before } of logOf(steps, newEngine)) {
    if (event._tag !== 'ContainerRestartScheduled' || before === undefined) continue
    const { Name, MaximumRetryCount: most } = before.host.RestartPolicy
    assert.is.not(Name, 'no')
    if (Name === 'on-failure' && most > 0) assert.ok(event.count <= most, `retry ${event.count}`)
    assert.ok(event.delayMs >= 100 && event.delayMs <= 60_000)
    const earlier = delays.get(event.id) ?? 0
    assert.ok(event.delayMs === 100 || event.delayMs === Math.min(2 * earlier, 60_000))
    delays.set(event.id, event.delayMs)
  }
}

const replayed: Invariant = (steps, newEngine) => {
  const engine = played(steps, newEngine())
  assert.is(stateHashOf(foldOf(engine.log)), stateHashOf(engine.world))
}

const ends: Invariant = (steps, newEngine) => {
  const engine = played(steps, newEngine())
  assert.ok(settle(engine), `open: ${[...engine.open].join(' ')}`)
  assert.is(engine.world.containers.size, 0)
}

/** A stop that has been carried out to the end leaves no process behind. */
const stops: Invariant = (steps, newEngine) => {
  const engine = newEngine()
  played(steps, engine, () => {
    for (const { phase } of engine.world.containers.values()) {
      const end = phase._tag === 'Running' ? phase.stop?.graceEnd : undefined
      if (end === undefined || end === null || end.boot !== engine.now.boot) continue
      const lateMs = engine.now.monoMs - end.monoMs
      assert.ok(lateMs <= 60_000 + 70_000, `a stop is ${lateMs} ms late and nobody gave it up`)
    }
  })
}

/** An engine at rest has nothing to say, however often it is asked. */
const idle: Invariant = (steps, newEngine) => {
  const engine = played(steps, newEngine())
  if (!settle(engine)) return
  const before = engine.log.length
  for (let hour = 0; hour < 3; hour += 1) engine.advance(3_600_000)
  assert.is(engine.log.length, before)
}

export const invariants = {
  D1: total,
  D2: legal,
  D3: repetition,
  D4: unique,
  J6: replayed,
  W3: attempts,
  W4: outcomes,
  W5: exits,
  W8: removed,
  W9: layersHeld,
  W11: backOff,
  L2: ends,
  L3: stops,
  L4: idle,
} as const satisfies Readonly<Record<string, Invariant>>

export type InvariantId = keyof typeof invariants
