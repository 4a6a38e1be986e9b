/** Every refusal and failure has its text; those that clients know are word for word. */
import * as assert from 'uvu/assert'
import type { StatusWord } from '../../domain/container/state.ts'
import { containerId, imageId } from '../../domain/identity.ts'
import type { ContainerAction } from '../../domain/refusal.ts'
import { suite } from '../../properties/testing/suite.ts'
import { failureText, noSuchImage, noSuchObject, refusalText, submitErrorText } from './texts.ts'

const test = suite('texts')
const id = containerId('c'.repeat(64))

const wrong = (action: ContainerAction, state: StatusWord): string =>
  refusalText({ _tag: 'WrongState', id, action, state })

test('words that clients look for are kept', () => {
  assert.match(noSuchImage('busybox'), 'No such image')
  assert.match(noSuchObject('x'), 'No such image or container or accelerator')
  assert.is(refusalText({ _tag: 'NoSuchContainer', id: 'x' }), 'No such container:x')
})

const table: ReadonlyArray<readonly [ContainerAction, StatusWord, string]> = [
  ['start', 'paused', 'cannot start a paused container, try unpause instead'],
  ['kill', 'inited', `Cannot kill container: Container ${id} is not running`],
  ['kill', 'exited', `Cannot kill container: Container ${id} is not running`],
  ['kill', 'paused', `Container ${id} is paused, unpause the container before kill`],
  ['stop', 'paused', `Container ${id} is paused, unpause the container before stop`],
  ['restart', 'paused', `Container ${id} is paused, unpause the container before restart`],
  ['pause', 'inited', `Container ${id} is not running`],
  ['pause', 'exited', `Container ${id} is not running`],
  ['pause', 'paused', `Container ${id} is already paused`],
  ['pause', 'restarting', `Container ${id} is restarting, wait until the container is running`],
  ['unpause', 'running', `Container ${id} is not paused`],
  ['unpause', 'exited', `Container ${id} is not running`],
  ['exec', 'exited', `Exec container error;Container is not running:${id}`],
  ['exec', 'inited', `Exec container error;Container is not running:${id}`],
  ['exec', 'paused', `Container ${id} is paused, unpause the container before exec`],
  ['exec', 'restarting', `Container ${id} is restarting, wait until the container is running`],
  [
    'remove',
    'running',
    `You cannot remove a running container ${id}. ` +
      'Stop the container before attempting removal or use -f',
  ],
  [
    'remove',
    'paused',
    `You cannot remove a paused container ${id}. ` +
      'Unpause and then stop the container before attempting removal or use -f',
  ],
]

test('commands in the wrong state (CLI-ERR-02, CLI-STATE-06, spec 96 C.4)', () => {
  for (const [action, state, text] of table) assert.is(wrong(action, state), text)
})

test('removal in progress', () => {
  const text = (action: string): string => refusalText({ _tag: 'RemovalInProgress', id, action })
  assert.is(text('start'), 'Container is marked for removal and cannot be started.')
  assert.is(text('remove'), `Container:${id} was already in removal progress`)
  assert.match(text('exec'), 'marked for removal')
})

test('the journal behind it (fail-stop)', () => {
  assert.is(
    submitErrorText({ _tag: 'JournalReadOnly', cause: 'ENOSPC' }),
    'journal is read-only: ENOSPC',
  )
  assert.is(
    submitErrorText({ _tag: 'OutcomeUnknown', requestId: 'r' }),
    'outcome of request r is unknown',
  )
})

const effect = (action: 'start' | 'exec' | 'create', errno: string, error: string): string =>
  failureText({ _tag: 'EffectFailed', action, subject: id, errno, error, exitCode: 125 })

test('a start that failed in the runtime names it and its detail (CLI-ERR-04)', () => {
  assert.is(
    effect('start', 'ERUNTIME', 'crun: mount failed'),
    `Start container error: runtime error: ${id}:crun: mount failed`,
  )
})

test('a start whose process ended at once (CLI-ERR-03)', () => {
  assert.is(effect('start', 'ESRCH', ''), `Start container error: Container is not running:${id}`)
})

test('a root filesystem that could not be made (CLI-ERR-05)', () => {
  assert.is(
    effect('create', 'ENOSPC', 'no space'),
    'Failed to prepare rootfs with error: ENOSPC: no space',
  )
})

test('126 and 127 can be told by the words, in small letters', () => {
  for (const error of ['x: No such file or directory', 'x: Permission denied', 'Not a directory'])
    assert.match(effect('start', 'ERUNTIME', error), error.slice(-10).toLowerCase())
})

test('an image in use names its users', () => {
  const image = imageId('a'.repeat(64))
  assert.match(refusalText({ _tag: 'ImageInUse', id: image, users: [id] }), `Image used by ${id}`)
})

test.run()
