/** Stories of containers, told from the journal of a real engine. */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { openEngine } from '../../adapters/rpc/testing/door-with-engine.ts'
import { sampleContainer } from '../../adapters/rpc/testing/sample-container.ts'
import type { Command } from '../../domain/command.ts'
import { diffId } from '../../domain/identity.ts'
import { suite } from '../../properties/testing/suite.ts'
import { Engine } from '../engine/engine.ts'
import { eventOfEnvelope } from '../engine/feed.ts'
import { decodeEnvelope } from '../record/envelope-codec.ts'
import { memoryJournal } from '../store/memory-store.ts'
import { explain, type Explanation } from './explain.ts'
import { noStorageRequest } from '../../domain/container/storage.ts'

const test = suite('explain')
const code = {
  open: Engine.open.bind(Engine),
  memoryJournal,
  codec: { envelope: decodeEnvelope, event: eventOfEnvelope },
}
const client = { actor: 'uid:0/pid:7', requestId: '', causation: 0 }
const { id, image, runtime, cgroupPath, host, process } = sampleContainer(1)
const layer = sampleContainer(1).layers[0]

const withContainer = async (
  change: Partial<Extract<Command, { _tag: 'CreateContainer' }>>,
  body: (engine: Engine, tell: (command: Command) => Promise<void>) => Promise<void>,
): Promise<void> => {
  const { engine } = await openEngine(code)
  const tell = async (command: Command): Promise<void> => {
    const result = await engine.submit(command, client)
    assert.ok(E.isRight(result), JSON.stringify(result))
  }
  if (layer === undefined) return assert.unreachable()
  const source = { archive: '/a', entry: 'b' }
  const layers = [{ layer, diff: diffId('d'.repeat(64)), source }]
  const archived = { id: image.id, config: '{}', references: ['busybox:latest'], layers }
  const references = ['busybox:latest']
  await tell({ _tag: 'LoadImage', image: archived, references, origin: '/a' })
  const config = { image, layers: [layer], runtime, cgroupPath, host, process }
  const create = { id, name: 'one', ...config, storage: noStorageRequest }
  await tell({ _tag: 'CreateContainer', ...create, ...change })
  try {
    await body(engine, tell)
  } finally {
    engine.abandon()
  }
}

const explained = async (engine: Engine, given: string): Promise<Explanation> => {
  const result = await explain(engine.store, given)
  if (E.isLeft(result)) throw new Error(result.left)
  return result.right
}

const until = async (condition: () => boolean): Promise<void> => {
  for (let n = 0; n < 200 && !condition(); n += 1) await new Promise((r) => setTimeout(r, 5))
  assert.ok(condition())
}

test('a stopped container: who stopped it, and what followed from that', () =>
  withContainer({}, async (engine, tell) => {
    await tell({ _tag: 'StartContainer', id, timeoutMs: null })
    await tell({ _tag: 'StopContainer', id, signal: 15, graceMs: 10_000 })
    const story = await explained(engine, 'one')
    assert.equal([story.id, story.name, story.state], [id, 'one', 'exited'])
    assert.is(story.why.length, 2)
    assert.match(story.why[0] ?? '', /stop requested with signal 15.*by uid:0\/pid:7/)
    assert.match(story.why[1] ?? '', /run 1 ended because of a stop with code 143/)
    const kinds = story.steps.map((s) => s.kind)
    assert.ok(kinds.indexOf('ContainerCreateRequested') < kinds.indexOf('ContainerStarted'))
    const started = story.steps.find((s) => s.kind === 'ContainerStarted')
    const requested = story.steps.find((s) => s.kind === 'ContainerStartRequested')
    assert.equal(started?.because, [requested?.seq])
  }))

test('a container that was removed is found by its names, the old ones too', () =>
  withContainer({}, async (engine, tell) => {
    await tell({ _tag: 'RenameContainer', id, name: 'two' })
    await tell({ _tag: 'RemoveContainer', id, force: false, volumes: false })
    for (const given of ['two', 'one', id, id.slice(0, 12)]) {
      const story = await explained(engine, given)
      assert.equal([story.id, story.state, story.names], [id, 'removed', ['one', 'two']])
    }
    assert.ok(E.isLeft(await explain(engine.store, 'nobody')))
  }))

test('a restart by policy leads back to the end that caused it', () =>
  withContainer(
    {
      process: { ...process, Entrypoint: [], Cmd: ['exit', '3'] },
      host: { ...host, RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 1 } },
    },
    async (engine, tell) => {
      await tell({ _tag: 'StartContainer', id, timeoutMs: null })
      await until(() => engine.world.container(id)?.lastRun?.attempt === 2)
      const story = await explained(engine, id)
      const second = story.steps.find((s) => s.what === 'start 2 requested by its restart policy')
      const scheduled = story.steps.find((s) => s.kind === 'ContainerRestartScheduled')
      const first = story.steps.find((s) => s.what.startsWith('run 1 ended'))
      assert.equal(second?.because, [scheduled?.seq])
      assert.equal(scheduled?.because, [first?.seq])
      assert.is(second?.actor, 'policy')
    },
  ))

test('a removal by --rm follows from the end of the run', () =>
  withContainer(
    {
      process: { ...process, Entrypoint: [], Cmd: ['exit', '0'] },
      host: { ...host, AutoRemove: true },
    },
    async (engine, tell) => {
      await tell({ _tag: 'StartContainer', id, timeoutMs: null })
      await until(() => engine.world.container(id) === undefined)
      const story = await explained(engine, 'one')
      assert.is(story.state, 'removed')
      assert.equal(
        story.why.map((text) => text.replace(/ (with|\().*/, '')),
        [
          'start 1 requested as a client asked',
          'run 1 ended by itself',
          'removal follows from its end',
          'removed',
        ],
      )
    },
  ))

test.run()
