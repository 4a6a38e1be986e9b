/** Domain events become upstream's event messages. */
import * as assert from 'uvu/assert'
import type { CopyDirection } from '../../../domain/container/copies.ts'
import { noStorage } from '../../../domain/container/storage.ts'
import type { DomainEvent } from '../../../domain/event.ts'
import { copyId, execId, imageId, operationId } from '../../../domain/identity.ts'
import { suite } from '../../../properties/testing/suite.ts'
import type { RecordedEvent } from '../engine-facade.ts'
import { boot, idOf, running, sampleContainer, sampleHost } from '../testing/sample-container.ts'
import { EventWords } from './event-words.ts'

const test = suite('event words')
const id = idOf(1)
const operation = operationId('op')
const base = { v: 1, id } as const

const recorded = (event: DomainEvent): RecordedEvent => ({
  event,
  envelope: {
    seq: 1,
    at: 1_500,
    mono: 0,
    boot,
    actor: 'test',
    request: '',
    causation: 0,
    stream: '',
    streamSeq: 1,
    kind: event._tag,
    v: 1,
    payload: {},
  },
})

const knowing = (): EventWords => {
  const words = new EventWords()
  words.know(sampleContainer(1, { phase: running(42, 0) }))
  return words
}

const said = (words: EventWords, ...events: DomainEvent[]): string[] =>
  events.flatMap((e) => words.messages(recorded(e)).map(({ message }) => message.opt))

const exited = (cause: 'stop' | 'itself'): DomainEvent => ({
  ...base,
  _tag: 'ContainerExited',
  attempt: 1,
  exit: { _tag: 'KnownExit', code: 143, wallMs: 1 },
  oomKilled: false,
  cause,
})

const stopRequested = (signal: number, restart = false): DomainEvent => ({
  ...base,
  _tag: 'ContainerStopRequested',
  operation,
  signal,
  graceEnd: null,
  restart,
})

test('a creation is told when it is done, with name, image, labels and pid', () => {
  const words = new EventWords()
  const sample = sampleContainer(1)
  const requested: DomainEvent = {
    ...base,
    _tag: 'ContainerCreateRequested',
    operation,
    name: 'one',
    image: sample.image,
    layers: [],
    runtime: 'crun',
    storage: noStorage,
    cgroupPath: '/',
    host: sampleHost,
    process: sample.process,
  }
  assert.equal(said(words, requested), [])
  const [done] = words.messages(recorded({ ...base, _tag: 'ContainerCreated', operation }))
  assert.equal(done?.message, {
    timestamp: { seconds: 1, nanos: 500_000_000 },
    opt: 'container create',
    id,
    annotations: { role: 'web', pid: '0', image: 'busybox', name: 'one' },
  })
})

test('stop says kill, die, stop; kill says kill, die; an end by itself says die', () => {
  const stopped = ['container kill', 'container die', 'container stop']
  assert.equal(said(knowing(), stopRequested(15), exited('stop')), stopped)
  assert.equal(said(knowing(), stopRequested(9), exited('stop')), stopped.slice(0, 2))
  assert.equal(said(knowing(), exited('itself')), ['container die'])
})

test('extras: signal, exit code unless it is 0, the old name', () => {
  const words = knowing()
  const [killed] = words.messages(recorded(stopRequested(15)))
  assert.is(killed?.message.annotations['signal'], '15')
  const [died] = words.messages(recorded(exited('stop')))
  assert.is(died?.message.annotations['exitCode'], '143')
  assert.is(died?.message.annotations['pid'], '0')
  const renamed: DomainEvent = {
    ...base,
    _tag: 'ContainerRenamed',
    name: 'new',
    previous: 'name-1',
  }
  const [message] = words.messages(recorded(renamed))
  assert.is(message?.message.opt, 'container reanme')
  assert.is(message?.message.annotations['oldName'], 'name-1')
  assert.is(message?.message.annotations['name'], 'new')
})

test('exec is told with its command', () => {
  const process = {
    args: ['ls', '-l'],
    env: [],
    user: '',
    workingDir: '',
    terminal: false,
    openStdin: false,
  }
  const exec = execId('e')
  const words = said(
    knowing(),
    {
      ...base,
      _tag: 'ContainerExecRequested',
      operation,
      exec,
      attempt: 1,
      detached: false,
      process,
    },
    {
      ...base,
      _tag: 'ContainerExecEnded',
      exec,
      exit: { _tag: 'KnownExit', code: 0, wallMs: 1 },
    },
  )
  assert.equal(words, ['container exec_create: ls -l', 'container exec_die'])
})

test('copies are told when they are done, in the words of their directions', () => {
  const copy = copyId('c1')
  const told = (direction: CopyDirection, ...ends: DomainEvent[]): string[] => {
    const taken = { freeze: true, mount: false }
    const asked = { ...base, operation, copy, direction, path: '/x', ...taken }
    return said(knowing(), { ...asked, _tag: 'ContainerCopyRequested' }, ...ends)
  }
  const done: DomainEvent = { ...base, _tag: 'ContainerCopied', operation, copy }
  assert.equal(told('out', done), ['container archive-path'])
  assert.equal(told('in', done), ['container extract-to-dir'])
  assert.equal(told('export', done), ['container export'])
  const end = { ...base, operation, copy, errno: 'ENOENT', error: 'no' }
  assert.equal(told('out', { ...end, _tag: 'ContainerCopyFailed' }), [])
})

test('images are told by name', () => {
  const image = imageId('a'.repeat(64))
  const words = new EventWords()
  words.knowImage(image, 'busybox:latest')
  const [loaded] = words.messages(
    recorded({ _tag: 'ImageStored', v: 1, id: image, operation, sizeBytes: 1 }),
  )
  assert.equal([loaded?.message.opt, loaded?.message.id], ['image load', 'busybox:latest'])
})

test.run()
