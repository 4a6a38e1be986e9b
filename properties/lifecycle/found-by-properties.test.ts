/** What the properties of this folder have found in the rules, each as its shortest scenario. */
import * as assert from 'uvu/assert'
import { knownExit } from '../../domain/ports/exit-record.ts'
import * as c from '../../simulator/run/sample-commands.ts'
import { suite } from '../testing/suite.ts'
import { PureEngine } from './pure-engine.ts'
import { played, type Step } from './steps.ts'

const test = suite('found by properties')
const id = c.containerNumber(1)

const ask = (command: Parameters<PureEngine['submit']>[0]): Step => ({ _tag: 'Ask', command })
const work = (rounds = 1): Step => ({ _tag: 'Work', rounds })
const always = { restart: { Name: 'always', MaximumRetryCount: 0 } } as const

const withImage: ReadonlyArray<Step> = [ask(c.load(c.sampleImage(1))), work()]

test('R-37 I10 `always` starts again after a reboot that cut off a start being stopped', () => {
  const steps = [
    ...withImage,
    ask(c.create(id, always)),
    work(),
    ask(c.start(id)),
    ask(c.stop(id, -1)),
  ]
  const engine = played([...steps, { _tag: 'Reboot' }], new PureEngine())
  const phase = engine.container(id)?.phase
  assert.ok(phase?._tag === 'Exited' && phase.restart !== null, 'a restart is scheduled')
})

test('R-37 I10 `always` starts again after a reboot that overtook a stop', () => {
  const running = [...withImage, ask(c.create(id, always)), work(), ask(c.start(id)), work(2)]
  const engine = played([...running, ask(c.stop(id, -1)), { _tag: 'Reboot' }], new PureEngine())
  const phase = engine.container(id)?.phase
  assert.ok(phase?._tag === 'Exited' && phase.restart !== null, 'a restart is scheduled')
})

test('W4 an exec that a removal overtakes has its one outcome with the request', () => {
  const running = [...withImage, ask(c.create(id)), work(), ask(c.start(id)), work(2)]
  const exec = ask(c.exec(id, { args: ['true'] }))
  const engine = played([...running, exec, ask(c.remove(id, true)), work()], new PureEngine())
  played([{ _tag: 'Exit', pick: 0, code: 137, oom: false }, work(2)], engine)
  const outcomes = [...engine.outcomes.values()]
  assert.ok(
    outcomes.every((all) => all.length === 1),
    JSON.stringify(outcomes),
  )
})

test('W4 a create that fails has its one outcome, the clean-up behind it has its own', () => {
  const failing: Step = { _tag: 'Conclude', pick: 0, errno: 'ENOSPC' }
  const engine = played([...withImage, ask(c.create(id)), failing, work(2)], new PureEngine())
  assert.is(engine.container(id), undefined)
  const outcomes = [...engine.outcomes.values()].map((all) => all.length)
  assert.ok(
    outcomes.every((n) => n === 1),
    outcomes.join(' '),
  )
})

test('R-41 W11 an exit recorded late counts by when it was, not by when it was seen', () => {
  const restart = { Name: 'on-failure', MaximumRetryCount: 1 } as const
  const begin = [...withImage, ask(c.create(id, { restart })), work(), ask(c.start(id)), work(2)]
  const engine = played(begin, new PureEngine())
  const failsLate = (): void => {
    const wallMs = engine.now.wallMs + 50
    engine.advance(12_000)
    engine.submit({
      _tag: 'ObserveExit',
      id,
      attempt: engine.container(id)?.attempt ?? 0,
      exit: knownExit(1, wallMs),
      oomKilled: false,
      reboot: false,
    })
    played([work()], engine)
  }
  failsLate()
  engine.advance(100)
  played([work(2)], engine)
  assert.is(engine.container(id)?.phase._tag, 'Running')
  failsLate()
  const phase = engine.container(id)?.phase
  assert.ok(phase?._tag === 'Exited' && phase.restart === null, 'the one retry has been used')
})

test.run()
