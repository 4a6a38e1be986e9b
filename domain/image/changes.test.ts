/** What each instruction of `commit -c` changes. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../properties/testing/suite.ts'
import { withChanges, type ImageSettings } from './changes.ts'

const test = suite('image changes')

const plain: ImageSettings = {
  User: '',
  Env: ['PATH=/bin', 'A=1'],
  Entrypoint: [],
  Cmd: ['sh'],
  WorkingDir: '/',
  Labels: { old: 'kept' },
  Volumes: {},
  ExposedPorts: {},
  StopSignal: '',
}

const changed = (...changes: ReadonlyArray<string>): ImageSettings => {
  const result = withChanges(plain, changes)
  assert.ok(E.isRight(result), JSON.stringify(result))
  return result.right
}

const refusal = (change: string): string => {
  const result = withChanges(plain, [change])
  assert.ok(E.isLeft(result))
  return result.left
}

test('a command is a JSON array, or a line for a shell', () => {
  assert.deepEqual(changed('CMD ["a", "b c"]').Cmd, ['a', 'b c'])
  assert.deepEqual(changed('cmd echo hi').Cmd, ['/bin/sh', '-c', 'echo hi'])
  assert.deepEqual(changed('ENTRYPOINT ["x"]', 'CMD ["y"]'), {
    ...plain,
    Entrypoint: ['x'],
    Cmd: ['y'],
  })
})

test('variables and labels are pairs, quoted or not, and replace those of their name', () => {
  assert.deepEqual(changed('ENV A=2 B="x y" C=').Env, ['PATH=/bin', 'A=2', 'B=x y', 'C='])
  assert.deepEqual(changed('ENV A the rest of it').Env, ['PATH=/bin', 'A=the rest of it'])
  assert.deepEqual(changed("LABEL new='a b'").Labels, { old: 'kept', new: 'a b' })
})

test('ports and volumes are added, the others replaced', () => {
  assert.deepEqual(changed('EXPOSE 80 53/udp').ExposedPorts, { '80/tcp': {}, '53/udp': {} })
  assert.deepEqual(changed('VOLUME ["/a b"]', 'VOLUME /c /d').Volumes, {
    '/a b': {},
    '/c': {},
    '/d': {},
  })
  assert.equal(changed('USER 1:2').User, '1:2')
  assert.equal(changed('WORKDIR /srv').WorkingDir, '/srv')
  assert.equal(changed('STOPSIGNAL SIGQUIT').StopSignal, 'SIGQUIT')
})

test('what is no instruction, has no value or a bad one is named', () => {
  assert.match(refusal('RUN rm -rf /'), /"RUN rm -rf \/": want one of CMD, ENTRYPOINT, ENV/)
  assert.match(refusal(''), /want one of/)
  assert.match(refusal('constructor x'), /want one of/)
  assert.match(refusal('CMD'), /CMD wants a value/)
  assert.match(refusal('ENV A=1 B'), /want KEY=VALUE, got "B"/)
  assert.match(refusal('ENV A'), /want KEY=VALUE/)
  assert.match(refusal('EXPOSE http'), /want PORT/)
  assert.match(refusal('WORKDIR srv'), /absolute/)
})

test.run()
