/** Users and groups against an image's passwd and group files. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../properties/testing/suite.ts'
import { resolveUser } from './user.ts'

const test = suite('container users')

const files = {
  passwd: [
    'root:x:0:0:root:/root:/bin/sh',
    'daemon:x:1:1:daemon:/usr/sbin:/bin/false',
    'web:x:1000:1001:web:/home/web:/bin/sh',
    'odd line without fields',
    'nohome:x:7:7',
  ].join('\n'),
  group: ['root:x:0:', 'mail:x:8:web,daemon', 'web:x:1001:', 'disk:x:1234:web', 'bad:x:y:'].join(
    '\n',
  ),
}

const ids = (user: string) => {
  const result = resolveUser(user, files)
  if (E.isLeft(result)) return result.left.message
  const { uid, gid, additionalGids, home } = result.right
  return { uid, gid, groups: additionalGids, home }
}

test('CLI-CR-46: nothing given is root with the groups of its entry', () => {
  assert.deepEqual(ids(''), { uid: 0, gid: 0, groups: [0], home: '/root' })
})

test('CLI-USER-01: a name takes uid, gid, home and the groups that list it', () => {
  assert.deepEqual(ids('web'), {
    uid: 1000,
    gid: 1001,
    groups: [8, 1234, 1001],
    home: '/home/web',
  })
})

test('CLI-USER-01: a number with an entry is that user', () => {
  assert.deepEqual(ids('1000'), ids('web'))
})

test('CLI-USER-03: numeric ids need no entry', () => {
  assert.deepEqual(ids('4242:77'), { uid: 4242, gid: 77, groups: [77], home: '/' })
  assert.deepEqual(ids('4242'), { uid: 4242, gid: 0, groups: [0], home: '/' })
})

test('CLI-USER-03: unknown users and groups are refused by name', () => {
  assert.equal(ids('nobody'), 'unable to find user nobody: no matching entries in passwd file')
  assert.equal(
    ids('web:nogroup'),
    'unable to find group nogroup: no matching entries in group file',
  )
})

test('CLI-CR-46: a given group is the only one', () => {
  assert.deepEqual(ids('web:mail'), { uid: 1000, gid: 8, groups: [8], home: '/home/web' })
  assert.deepEqual(ids(':mail'), { uid: 0, gid: 8, groups: [8], home: '/root' })
})

test('ids beyond 2^31-1 and signs are no ids', () => {
  for (const user of ['2147483648', '-1', '+1', '1e3', '0x10'])
    assert.ok(E.isLeft(resolveUser(user, files)), user)
})

test('every numeric pair resolves to itself without account files', () => {
  const id = fc.integer({ min: 0, max: 2 ** 31 - 1 })
  fc.assert(
    fc.property(id, id, (uid, gid) => {
      const result = resolveUser(`${uid}:${gid}`, { passwd: '', group: '' })
      assert.deepEqual(result, E.right({ uid, gid, additionalGids: [gid], home: '/' }))
    }),
  )
})

test('no text of the image makes the lookup fail in another way than by refusal', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (user, passwd, group) => {
      const result = resolveUser(user, { passwd, group })
      if (E.isRight(result)) assert.ok(result.right.uid >= 0 && result.right.gid >= 0)
      else assert.equal(result.left.errno, 'EUSER')
    }),
  )
})

test.run()
