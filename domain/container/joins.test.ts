/** Starts say whose namespaces they join, as the processes that these containers are then. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../properties/testing/suite.ts'
import { containerId } from '../identity.ts'
import { contextAt, containerIn, processesOf, sampleId, viewOf } from './container-fixture.ts'
import { decideContainer } from './decide/decide-container.ts'
import type { Container } from './state.ts'

const test = suite('joined namespaces')

const other = containerId('d'.repeat(64))
const modes = { PidMode: `container:${other}`, NetworkMode: `container:${other}`, IpcMode: 'host' }

const joinsOf = (provider: Container | undefined): unknown => {
  const guest = containerIn('inited', modes)
  const view = {
    ...viewOf(guest),
    container: (id: string) => (id === sampleId ? guest : id === other ? provider : undefined),
  }
  const start = { _tag: 'StartContainer', id: sampleId, timeoutMs: null } as const
  const decided = decideContainer(view, start, contextAt(5_000))
  if (E.isLeft(decided)) return decided.left._tag
  const [event] = decided.right.events
  return event?._tag === 'ContainerStartRequested' ? event.joins : event?._tag
}

test('RES-NS-05: each container is named once, with its init', () => {
  assert.deepEqual(joinsOf(containerIn('running')), [
    { container: other, init: processesOf(1).init },
  ])
  assert.deepEqual(joinsOf(containerIn('paused')), [
    { container: other, init: processesOf(1).init },
  ])
})

test('RES-NS-06: one that does not run, or is gone, has none', () => {
  for (const provider of [
    undefined,
    ...(['inited', 'exited', 'starting'] as const).map((s) => containerIn(s)),
  ])
    assert.deepEqual(joinsOf(provider), [{ container: other, init: null }])
})

test('a container of its own namespaces joins nobody', () => {
  const start = { _tag: 'StartContainer', id: sampleId, timeoutMs: null } as const
  const decided = decideContainer(viewOf(containerIn('inited')), start, contextAt(5_000))
  assert.ok(E.isRight(decided))
  const [event] = decided.right.events
  assert.deepEqual(event?._tag === 'ContainerStartRequested' && event.joins, [])
})

test.run()
