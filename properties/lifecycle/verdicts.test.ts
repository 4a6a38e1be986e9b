/** Every request in every state: the rules against the table that was written down beside them. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import type { Decision } from '../../domain/decision.ts'
import type { Command } from '../../domain/command.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { suite } from '../testing/suite.ts'
import { holds } from './checks.ts'
import { PureEngine } from './pure-engine.ts'
import { anyContainerRequest, anyStep, anySteps, perform, played, type Step } from './steps.ts'
import {
  allAsked,
  allowed,
  allSituations,
  askedOf,
  situationOf,
  type Verdict,
} from './verdict-table.ts'

const test = suite('verdicts')

const verdictOf = (decision: Decision): Verdict => {
  if (E.isLeft(decision)) return 'refused'
  if (decision.right.events.length > 0) return 'acts'
  return decision.right.reply === 'now' ? 'nothing' : 'joins'
}

const seen = new Map<string, number>()

const first = c.containerNumber(1)
const ask = (command: Command): Step => ({ _tag: 'Ask', command })

/** From a running container every state is near; a moment of work now and then leads there. */
const untilRunning: ReadonlyArray<Step> = [
  ask(c.load(c.sampleImage(1))),
  { _tag: 'Work', rounds: 1 },
  ask(c.create(first, { restart: { Name: 'always', MaximumRetryCount: 0 } })),
  { _tag: 'Work', rounds: 1 },
  ask(c.start(first)),
  { _tag: 'Work', rounds: 2 },
]

const anyMoment: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: anyContainerRequest.map(ask), weight: 4 },
  fc.constantFrom(ask(c.pause(first)), ask(c.unpause(first))),
  fc.constantFrom(ask(c.update(first, { CPUShares: 256 })), ask(c.update(first, {}))),
  { arbitrary: anyStep, weight: 2 },
)

const judge = (engine: PureEngine, command: Command): void => {
  const asked = askedOf(command)
  const container = 'id' in command ? engine.container(command.id) : undefined
  if (asked === undefined || container === undefined) return void engine.submit(command)
  const situation = situationOf(container)
  const isSameName = command._tag === 'RenameContainer' && namesItself(command.name, container)
  const verdict = verdictOf(engine.submit(command))
  const right = isSameName ? ['nothing', 'refused'] : allowed(asked, situation)
  assert.ok(right.includes(verdict), `${asked} while ${situation}: ${verdict}`)
  seen.set(`${asked}, ${situation}`, (seen.get(`${asked}, ${situation}`) ?? 0) + 1)
}

test('CLI-STATE-11 each request in each state gets the verdict of the table, and no other', () => {
  const beginnings = fc.oneof(anySteps, fc.constant(untilRunning))
  holds(beginnings, fc.array(anyMoment, { maxLength: 40, size: 'max' }), (steps, moments) => {
    const engine = played(steps, new PureEngine())
    for (const moment of moments)
      if (moment._tag === 'Ask') judge(engine, moment.command)
      else perform(engine, moment)
  })
})

const namesItself = (name: string, c: { readonly id: string; readonly name: string }): boolean =>
  name === c.name || (name === '' && c.name === c.id)

test('the comparison has met every cell of the table', () => {
  const missed = allAsked.flatMap((asked) =>
    allSituations.filter((s) => !seen.has(`${asked}, ${s}`)).map((s) => `${asked}, ${s}`),
  )
  assert.equal(missed, [])
})

test('CLI-STATE-06 a refused request leaves state and history as they were', () => {
  holds(anySteps, anyContainerRequest, (steps, command) => {
    const engine = played(steps, new PureEngine())
    const [before, events] = [new Map(engine.world.containers), engine.log.length]
    if (E.isRight(engine.submit(command))) return
    assert.is(engine.log.length, events)
    for (const [id, container] of before) assert.is(engine.world.containers.get(id), container)
  })
})

test.run()
