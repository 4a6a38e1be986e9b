/** Which volumes a configuration and its image ask for, in every spelling. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../../properties/testing/suite.ts'
import { containerId, volumeName } from '../../identity.ts'
import { sampleHost } from '../container-fixture.ts'
import type { HostConfig } from '../config.ts'
import { parseDocument } from './document.ts'
import { readMount } from './mount-document.ts'
import { parseMountFlag } from './mount-flag.ts'
import type { Checked } from './refusal.ts'
import { storageRequest } from './storage-request.ts'

const test = suite('storage request')

const source = containerId('5'.repeat(64))

const request = (host: Partial<HostConfig>, imageVolumes: ReadonlyArray<string> = []) => {
  let minted = 0
  return storageRequest({
    host: { ...sampleHost, ...host },
    imageVolumes,
    mint: () => volumeName(`minted-${(minted += 1)}`),
    find: (given) => (given === 'web' ? E.right(source) : E.left(`No such container: ${given}`)),
  })
}

const asked = (host: Partial<HostConfig>, imageVolumes: ReadonlyArray<string> = []) => {
  const made = request(host, imageVolumes)
  assert.ok(E.isRight(made), 'refused')
  return made.right
}

const refused = (checked: Checked<unknown>): string =>
  E.isLeft(checked) ? checked.left.message : 'accepted'

const document = (mount: unknown) => {
  const parsed = parseDocument('Mount', JSON.stringify(mount))
  return E.isLeft(parsed) ? parsed : readMount(parsed.right)
}

const tmpfs = (Options: string) => ({ Type: 'tmpfs', Target: '/t', Options }) as const

test('a volume by name and one without: only the second is anonymous', () => {
  const { volumes } = asked({ Binds: ['data:/a:ro,nocopy', '/b', '/host:/c'] })
  const common = { implied: false }
  assert.deepEqual(volumes, [
    { ...common, volume: 'data', target: '/a', readonly: true, anonymous: false, copies: false },
    { ...common, volume: 'minted-1', target: '/b', readonly: false, anonymous: true, copies: true },
  ])
})

test('-v comes before --mount, each anonymous volume has a name of its own', () => {
  const mount = { Type: 'volume', Source: '', Target: '/m', Readonly: false, NoCopy: true } as const
  const { volumes } = asked({ Binds: ['/a', '/b'], Mounts: [mount] })
  assert.deepEqual(
    volumes.map(({ volume, target, copies }) => [volume, target, copies]),
    [
      ['minted-1', '/a', true],
      ['minted-2', '/b', true],
      ['minted-3', '/m', false],
    ],
  )
})

test("an image's volumes are anonymous, once for each place that the user leaves free", () => {
  const host = { Binds: ['/host:/bound', 'data:/named'], Tmpfs: { '/tmp': '' } }
  const image = ['/bound', '/named/', '/tmp', '/free', '/free/', '/x/../free', '/', 'relative']
  const { volumes } = asked(host, image)
  assert.deepEqual(
    volumes.map(({ target, implied, anonymous }) => [target, implied, anonymous]),
    [
      ['/free', true, true],
      ['/named', false, false],
    ],
  )
})

test('volumes-from names a container and may change how its volumes are had', () => {
  const { from } = asked({ VolumesFrom: ['web', 'web:ro', 'web:rw'] })
  assert.deepEqual(from, [
    { container: source, readonly: null },
    { container: source, readonly: true },
    { container: source, readonly: false },
  ])
})

test('wrong volumes-from are refused with what is allowed', () => {
  assert.equal(refused(request({ VolumesFrom: ['db'] })), 'No such container: db')
  assert.match(refused(request({ VolumesFrom: ['web:z'] })), /"z": want ro or rw/)
  for (const wrong of ['', ':ro', 'web:ro:ro'])
    assert.match(refused(request({ VolumesFrom: [wrong] })), /want <container>\[:ro\|rw\]/)
})

test('CLI-CR-36: --mount type=volume, with a name and without', () => {
  const volume = { Type: 'volume', Target: '/b', Readonly: false, NoCopy: false }
  const flag = (text: string) => parseMountFlag(text)
  assert.deepEqual(flag('type=volume,src=data,dst=/b'), E.right({ ...volume, Source: 'data' }))
  assert.deepEqual(flag('type=volume,dst=/b'), E.right({ ...volume, Source: '' }))
  assert.deepEqual(
    flag('type=volume,src=data,dst=/b,ro,volume-nocopy'),
    E.right({ ...volume, Source: 'data', Readonly: true, NoCopy: true }),
  )
  assert.match(refused(flag('type=volume,src=/a,dst=/b')), /neither an absolute path nor/)
  assert.match(refused(flag('type=volume,dst=/b,bind-propagation=slave')), /is not for type volume/)
  assert.match(refused(flag('type=volume,dst=/b,volume-nocopy=x')), /wants true or false/)
})

test('CLI-CR-36: --mount type=tmpfs takes size and mode, and checks them', () => {
  assert.deepEqual(
    parseMountFlag('type=tmpfs,dst=/t,ro,tmpfs-size=1m,tmpfs-mode=1777'),
    E.right(tmpfs('ro,size=1m,mode=1777')),
  )
  assert.deepEqual(parseMountFlag('type=tmpfs,dst=/t'), E.right(tmpfs('')))
  assert.match(refused(parseMountFlag('type=tmpfs,dst=/t,tmpfs-size=lots')), /"size=lots"/)
  assert.match(refused(parseMountFlag('type=tmpfs,dst=/t,tmpfs-mode=9')), /"mode=9"/)
  assert.match(refused(parseMountFlag('type=tmpfs,src=x,dst=/t')), /is not for type tmpfs/)
})

test('mounts of the host configuration say the same as the flags', () => {
  const volume = { Type: 'volume', Source: 'data', Target: '/b' }
  assert.deepEqual(
    document({ ...volume, VolumeOptions: { NoCopy: true }, Readonly: true }),
    parseMountFlag('type=volume,src=data,dst=/b,ro,volume-nocopy'),
  )
  assert.deepEqual(
    document({ Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 4096, Mode: 0o700 } }),
    E.right(tmpfs('size=4096,mode=0700')),
  )
  assert.deepEqual(document({ Type: 'tmpfs', Target: '/t' }), E.right(tmpfs('')))
})

test('mounts of the host configuration are refused by name', () => {
  const volume = { Type: 'volume', Source: 'data', Target: '/b' }
  assert.match(
    refused(document({ ...volume, Type: 'squashfs' })),
    /"squashfs" is not supported yet/,
  )
  assert.match(refused(document({ ...volume, Type: '' })), /Invalid mount type ""/)
  assert.match(refused(document({ ...volume, Source: '-x' })), /nor a volume name/)
  assert.match(refused(document({ ...volume, VolumeOptions: { Labels: { a: 'b' } } })), /Labels/)
  const sized = (TmpfsOptions: unknown) => document({ Type: 'tmpfs', Target: '/t', TmpfsOptions })
  assert.match(refused(sized({ SizeBytes: -1 })), /Invalid tmpfs size -1/)
  assert.match(refused(sized({ Mode: 0o10000 })), /Invalid tmpfs mode 4096/)
})

test.run()
