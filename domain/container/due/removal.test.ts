/** What a removal does again of the release that may have been before it. */
import * as assert from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import {
  createdEvent,
  exitedEvent,
  foldedFrom,
  launchedEvent,
  sampleId,
  sampleTime,
  startedEvent,
  startRequestedEvent,
} from '../container-fixture.ts'
import { operationId } from '../../identity.ts'
import type { ContainerEvent } from '../events.ts'
import { dueContainer } from './due-container.ts'

const test = suite('removal')

const running = [createdEvent, startRequestedEvent(1), launchedEvent(1), startedEvent(1)]
const released: ContainerEvent = { _tag: 'ContainerReleased', v: 1, id: sampleId, attempt: 1 }
const removal: ContainerEvent = {
  _tag: 'ContainerRemoveRequested',
  v: 1,
  id: sampleId,
  operation: operationId('removal'),
  cause: 'user',
  volumes: false,
}

const stepsAfter = (events: ReadonlyArray<ContainerEvent>): ReadonlyArray<string> => {
  const container = foldedFrom(events)
  if (container === undefined) throw new Error('there is no container')
  const { plans } = dueContainer(container, sampleTime(60_000))
  return plans.flatMap((plan) => plan.steps.map((step) => step._tag))
}

const storage = ['RemoveWritableLayer', 'RemoveContainerDirectory']

test('a container that was released before is not released again', () => {
  assert.equal(stepsAfter([...running, exitedEvent(1, 0), released, removal]), storage)
})

test('one that had not been released is released', () => {
  assert.ok(stepsAfter([...running, exitedEvent(1, 0), removal]).includes('UnmountRootfs'))
})

test('one that was running when its removal was asked for is released', () => {
  assert.ok(stepsAfter([...running, removal, exitedEvent(1, 137)]).includes('ClearMonitor'))
})

test('one that never ran has nothing to release', () => {
  assert.equal(stepsAfter([createdEvent, removal]), storage)
})

test.run()
