/** Volumes and tmpfs among the mounts of a container: what comes from whom, and in which order. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from '../../properties/testing/suite.ts'
import { sampleHost } from '../container/container-fixture.ts'
import type { HostConfig } from '../container/config.ts'
import { noStorage, type ContainerStorage, type VolumeUse } from '../container/storage.ts'
import { volumeName } from '../identity.ts'
import { buildMounts } from './mounts.ts'

const test = suite('volume mounts')

const build = (host: Partial<HostConfig>, storage: Partial<ContainerStorage> = {}) =>
  buildMounts({
    host: { ...sampleHost, ...host },
    storage: { ...noStorage, ...storage },
    volumeData: (volume) => `/v/${volume}/_data`,
    cgroupMode: 'hybrid',
    hostMounts: [{ point: '/', shared: false, slave: false }],
    files: { hosts: '/f/hosts', hostname: '/f/hostname', resolvConf: '/f/resolv.conf' },
  })

const system = new Set(['/proc', '/dev', '/dev/pts', '/sys', '/sys/fs/cgroup', '/dev/mqueue'])
const isOwn = (place: string): boolean =>
  !system.has(place) && place !== '/dev/shm' && !place.startsWith('/etc/')

const usersOf = (host: Partial<HostConfig>, storage: Partial<ContainerStorage> = {}) => {
  const built = build(host, storage)
  assert.ok(E.isRight(built))
  return built.right.mounts
    .filter(({ destination }) => isOwn(destination))
    .map(({ type, source, destination }) => `${type} ${source} ${destination}`)
}

const use = (volume: string, target: string, more: Partial<VolumeUse> = {}): VolumeUse => ({
  volume: volumeName(volume),
  target,
  readonly: false,
  implied: false,
  ...more,
})

test('a volume is its directory, mounted as it is wanted', () => {
  const built = build(
    { Binds: ['data:/a:ro'] },
    { volumes: [use('data', '/a', { readonly: true })] },
  )
  assert.ok(E.isRight(built))
  const mount = built.right.mounts.find(({ destination }) => destination === '/a')
  assert.deepEqual(mount, {
    type: 'bind',
    source: '/v/data/_data',
    destination: '/a',
    options: ['rbind', 'rprivate', 'ro'],
  })
})

test('what the image and others bring comes first, then -v, then --mount (CLI-MNT-01)', () => {
  const mounts = [
    { Type: 'volume', Source: '', Target: '/m', Readonly: false, NoCopy: false },
    { Type: 'tmpfs', Target: '/t', Options: 'size=1m' },
  ] as const
  const volumes = [use('image', '/i', { implied: true }), use('named', '/n'), use('minted', '/m')]
  const other = {
    Type: 'bind',
    Source: '/other',
    Target: '/o',
    Readonly: true,
    Propagation: '',
  } as const
  const host = { Binds: ['/host:/h', 'named:/n'], Mounts: mounts, Tmpfs: { '/run': '' } }
  assert.deepEqual(usersOf(host, { volumes, binds: [other] }), [
    'tmpfs tmpfs /run',
    'bind /v/image/_data /i',
    'bind /other /o',
    'bind /host /h',
    'bind /v/named/_data /n',
    'bind /v/minted/_data /m',
    'tmpfs tmpfs /t',
  ])
})

test('a container whose volume nobody keeps is refused, not started without it', () => {
  const built = build({ Binds: ['data:/a'] })
  assert.ok(E.isLeft(built))
  assert.match(built.left.message, /no volume is kept for \/a/)
})

test('a volume may take the place of one of our own mounts', () => {
  const built = build({ Binds: ['data:/dev/shm'] }, { volumes: [use('data', '/dev/shm')] })
  assert.ok(E.isRight(built))
  const there = built.right.mounts.filter(({ destination }) => destination === '/dev/shm')
  assert.deepEqual(
    there.map(({ source }) => source),
    ['/v/data/_data'],
  )
})

test.run()
