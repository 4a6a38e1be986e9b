/** `Mounts` of inspect: each kind of mount with the members that users of Docker know. */
import * as assert from 'uvu/assert'
import { sampleHost } from '../../../domain/container/container-fixture.ts'
import { volumeName } from '../../../domain/identity.ts'
import { suite } from '../../../properties/testing/suite.ts'
import { sampleContainer } from '../testing/sample-container.ts'
import { mountDocuments } from './inspect-mounts.ts'

const test = suite('inspected mounts')
const layout = { root: '/g', state: '/s' }

test('a volume is shown by its name and its directory, a tmpfs by its options', () => {
  const use = { readonly: false, implied: false }
  const host = {
    ...sampleHost,
    Binds: ['/host:/h:ro,rslave', 'data:/d'],
    Mounts: [{ Type: 'tmpfs', Target: '/t', Options: 'ro,size=1m' }] as const,
  }
  const storage = {
    volumes: [{ ...use, volume: volumeName('data'), target: '/d' }],
    binds: [
      { Type: 'bind', Source: '/o', Target: '/p', Readonly: false, Propagation: '' } as const,
    ],
    awaited: [],
  }
  const mounts = mountDocuments(sampleContainer(1, { host, storage }), layout)
  assert.equal(
    mounts.map(({ Type, Name, Source, Destination, Driver, Mode, RW, Propagation }) =>
      [Type, Name, Source, Destination, Driver, Mode, RW, Propagation].join('|'),
    ),
    [
      'volume|data|/g/volumes/data/_data|/d|local||true|',
      'bind||/o|/p|||true|rprivate',
      'bind||/host|/h||ro,rslave|false|rslave',
      'tmpfs|||/t||ro,size=1m|false|',
    ],
  )
})

test.run()
