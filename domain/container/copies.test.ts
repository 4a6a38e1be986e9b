/** Copies: where they are allowed, what they take, what waits for them, how they end. */
import * as E from 'fp-ts/lib/Either.js'
import { equal, is } from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { isContainerEvent } from '../event.ts'
import { copyId, operationId } from '../identity.ts'
import type { ContainerCommand } from './commands.ts'
import {
  containerIn,
  contextAt,
  execRequestedEvent,
  sampleId,
  sampleTime,
  viewOf,
  type SampleState,
} from './container-fixture.ts'
import { decideContainer } from './decide/decide-container.ts'
import { dueContainer } from './due/due-container.ts'
import type { HostConfig } from './config.ts'
import type { ContainerEvent } from './events.ts'
import type { Container } from './state.ts'

const test = suite('copies')

const copy = copyId('copy')
const request = { _tag: 'CopyFiles', id: sampleId, copy, direction: 'out', path: '/etc' } as const

const requested = (freeze: boolean, mount: boolean): ContainerEvent => ({
  _tag: 'ContainerCopyRequested',
  v: 1,
  id: sampleId,
  operation: operationId('copying'),
  ...{ copy, direction: 'out', path: '/etc', freeze, mount },
})

const inState = (
  state: SampleState,
  host: Partial<HostConfig> = {},
  more: ReadonlyArray<ContainerEvent> = [],
): Container => {
  const c = containerIn(state, host, more)
  if (c === undefined) throw new Error('there is no container')
  return c
}

const decided = (
  c: Container,
  command: ContainerCommand,
): ReadonlyArray<ContainerEvent> | string => {
  const decision = decideContainer(viewOf(c), command, contextAt(4_000))
  if (E.isLeft(decision)) return decision.left._tag
  return decision.right.events.filter(isContainerEvent)
}

const keysDue = (c: Container): ReadonlyArray<string> =>
  dueContainer(c, sampleTime(5_000)).plans.map(({ key, lane }) => `${key} ${lane.split('/')[1]}`)

test('CLI-CP-03 a running container is frozen, one that does not run is mounted', () => {
  const taken = (state: SampleState): unknown => {
    const events = decided(inState(state), request)
    if (typeof events === 'string') return events
    const [event] = events
    if (event?._tag !== 'ContainerCopyRequested') throw new Error(event?._tag)
    return [event.freeze, event.mount]
  }
  equal(taken('running'), [true, false])
  equal(taken('paused'), [false, false])
  equal(taken('inited'), [false, true])
  equal(taken('exited'), [false, true])
  equal(taken('starting'), 'WrongState')
  equal(taken('restarting'), [false, true])
  equal(taken('creating'), 'CreateInProgress')
  equal(taken('removing'), 'RemovalInProgress')
})

test('a running container’s copy goes in the lane of its freezer, others in the main one', () => {
  equal(keysDue(inState('running', {}, [requested(true, false)])), ['copying/copy freezer'])
  equal(keysDue(inState('inited', {}, [requested(false, true)])), ['copying/copy main'])
})

test('an exec that is asked for during a copy begins when the container goes on', () => {
  const behind = [requested(true, false), execRequestedEvent('e1')]
  equal(keysDue(inState('running', {}, behind)), ['copying/copy freezer'])
  const over: ContainerEvent = {
    _tag: 'ContainerCopied',
    v: 1,
    id: sampleId,
    operation: operationId('copying'),
    copy,
  }
  equal(keysDue(inState('running', {}, [...behind, over])), ['exec-e1/exec exec'])
  const before = [execRequestedEvent('e1'), requested(true, false)]
  is(keysDue(inState('running', {}, before)).length, 2)
})

test('each copy has one outcome, and a removal is one', () => {
  const open = inState('running', {}, [requested(true, false)])
  const failure = { errno: 'ENOENT', error: 'no such file' }
  const tags = (command: ContainerCommand): unknown => {
    const events = decided(open, command)
    return typeof events === 'string' ? events : events.map((e) => e._tag)
  }
  equal(tags({ _tag: 'RecordCopied', id: sampleId, copy }), ['ContainerCopied'])
  equal(tags({ _tag: 'RecordCopyFailed', id: sampleId, copy, ...failure }), ['ContainerCopyFailed'])
  equal(tags({ _tag: 'RecordCopied', id: sampleId, copy: copyId('other') }), [])
  equal(tags(request), [])
  const removal = tags({ _tag: 'RemoveContainer', id: sampleId, force: true, volumes: false })
  equal(removal, ['ContainerRemoveRequested'])
})

test.run()
