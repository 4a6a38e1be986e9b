/** The engine's records about itself: when a recovery has something to tell. */
import { equal, is } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { bootId } from '../identity.ts'
import type { Now } from '../time.ts'
import { decideEngine } from './decide.ts'
import type { EngineEvent, RecoveryFinding } from './events.ts'
import { evolveEngine, noEngine, type EngineState } from './state.ts'

const test = suite('engine records')
const at: Now = { boot: bootId('boot'), monoMs: 1, wallMs: 1 }

const standing = (subject: string): RecoveryFinding => ({
  subject,
  found: 'it has our mark and no owner',
  decided: 'reported',
  standing: true,
})

const repaired: RecoveryFinding = {
  subject: 'container c',
  found: 'it exited with 7',
  decided: 'recorded',
  standing: false,
}

const recovery = (
  state: EngineState,
  findings: ReadonlyArray<RecoveryFinding>,
): readonly [ReadonlyArray<EngineEvent>, EngineState] => {
  const decision = decideEngine(state, { _tag: 'RecordRecovery', findings })
  if (decision._tag === 'Left') throw new Error('refused')
  const events = decision.right.events as ReadonlyArray<EngineEvent>
  return [events, events.reduce((s, e) => evolveEngine(s, e, at), state)]
}

test('a recovery that found nothing appends nothing', () => {
  equal(recovery(noEngine, [])[0], [])
})

test('L1 R-62: what stands is told once, and again only when it changes', () => {
  const [first, told] = recovery(noEngine, [standing('cgroup /x')])
  is(first.length, 1)
  const [again, same] = recovery(told, [standing('cgroup /x')])
  equal(again, [])
  const [more, both] = recovery(same, [standing('cgroup /x'), standing('mount /y')])
  is(more.length, 1)
  const [fewer, one] = recovery(both, [standing('mount /y')])
  is(fewer.length, 1)
  equal(recovery(one, [standing('mount /y')])[0], [])
})

test('what was done is told each time', () => {
  const [, state] = recovery(noEngine, [repaired])
  is(recovery(state, [repaired])[0].length, 1)
})

test('the end of the run before is told from the journal: none, clean, crashed, rebooted', () => {
  const start = (state: EngineState, boot: string) => {
    const command = {
      _tag: 'RecordEngineStarted',
      version: '1',
      boot: bootId(boot),
      pid: 1,
    } as const
    const decision = decideEngine(state, command)
    if (decision._tag === 'Left') throw new Error('refused')
    const [event] = decision.right.events as ReadonlyArray<EngineEvent>
    if (event?._tag !== 'EngineStarted') throw new Error('no start')
    return [event.previous, evolveEngine(state, event, at)] as const
  }
  const [none, running] = start(noEngine, 'a')
  const stopped = evolveEngine(running, { _tag: 'EngineStopped', v: 1, signal: 'SIGTERM' }, at)
  equal(
    [none, start(running, 'a')[0], start(running, 'b')[0], start(stopped, 'b')[0]],
    ['none', 'crashed', 'rebooted', 'clean'],
  )
})

test.run()
