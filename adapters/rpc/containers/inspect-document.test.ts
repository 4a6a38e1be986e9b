/** The inspect document has every member that templates of users may name. */
import * as assert from 'uvu/assert'
import { operationId } from '../../../domain/identity.ts'
import { suite } from '../../../properties/testing/suite.ts'
import { ended, idOf, running, sampleContainer } from '../testing/sample-container.ts'
import { inspectDocument } from './inspect-document.ts'

const test = suite('inspect document')
const layout = { root: '/var/lib/isulad', state: '/var/run/isulad' }

/** CLI-INSPECT-05, member by member. */
const members: Readonly<Record<string, ReadonlyArray<string>>> = {
  '': [
    'Id Created Path Args State Image ResolvConfPath HostnamePath HostsPath LogPath Name',
    'RestartCount HostConfig Mounts Config NetworkSettings',
  ],
  State: [
    'Status Running Paused Restarting Pid ExitCode Error StartedAt FinishedAt Health',
    'OOMKilled',
  ],
  HostConfig: [
    'Binds NetworkMode GroupAdd IpcMode PidMode Privileged SystemContainer NsChangeFiles',
    'UserRemap ShmSize AutoRemove AutoRemoveBak ReadonlyRootfs UTSMode UsernsMode Sysctls Runtime',
    'RestartPolicy CapAdd CapDrop Dns DnsOptions DnsSearch ExtraHosts HookSpec CPUShares Memory',
    'OomScoreAdj BlkioWeight BlkioWeightDevice CPUPeriod CPUQuota CPURealtimePeriod',
    'CPURealtimeRuntime CpusetCpus CpusetMems SecurityOpt StorageOpt KernelMemory',
    'MemoryReservation MemorySwap OomKillDisable PidsLimit FilesLimit Ulimits Hugetlbs',
    'HostChannel EnvTargetFile ExternalRootfs',
  ],
  Config: ['Hostname User Env Tty Cmd Entrypoint Labels Annotations HealthCheck'],
  NetworkSettings: ['IPAddress'],
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const at = (document: unknown, ...path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), document)

test('all members are present, also those with default values (CLI-INSPECT-05)', () => {
  const document: unknown = JSON.parse(JSON.stringify(inspectDocument(sampleContainer(1), layout)))
  for (const [parent, lists] of Object.entries(members)) {
    const inner = parent === '' ? document : at(document, parent)
    for (const member of lists.flatMap((list) => list.split(' ')))
      assert.ok(isRecord(inner) && member in inner, `${parent}.${member}`)
  }
})

test('a container that never ran has no pid, no times, exit code 0', () => {
  const document = inspectDocument(sampleContainer(1), layout)
  assert.is(at(document, 'State', 'Status'), 'inited')
  assert.is(at(document, 'State', 'Pid'), 0)
  assert.is(at(document, 'State', 'StartedAt'), '0001-01-01T00:00:00Z')
  assert.is(at(document, 'Id'), idOf(1))
  assert.equal([at(document, 'Path'), at(document, 'Args')], ['sh', ['-c', 'true']])
})

test('a paused container counts as running, too', () => {
  const phase = running(42, 9_000, { freezer: { _tag: 'Frozen' } })
  const document = inspectDocument(sampleContainer(1, { phase }), layout)
  assert.is(at(document, 'State', 'Status'), 'paused')
  assert.equal([at(document, 'State', 'Running'), at(document, 'State', 'Paused')], [true, true])
  assert.is(at(document, 'State', 'Pid'), 42)
})

test('an unknown exit says that it is unknown (I6)', () => {
  const exit = { _tag: 'UnknownExit', lastAliveWallMs: 1, firstDeadWallMs: 2, reason: '' } as const
  const phase = { _tag: 'Exited', attempt: 1, restart: null } as const
  const lastRun = { ...ended(0, 1, 2), exit }
  const document = inspectDocument(sampleContainer(1, { phase, lastRun }), layout)
  assert.is(at(document, 'State', 'ExitCode'), 255)
  assert.is(at(document, 'State', 'ExitKnown'), false)
})

test('a removal that does not come to its end says why (R-01)', () => {
  const container = sampleContainer(1, {
    phase: {
      _tag: 'Removing',
      operation: operationId('op'),
      requested: sampleContainer(1).created,
      processes: null,
      delay: { errno: 'EBUSY', error: 'rootfs is busy', tries: 4 },
      volumes: false,
    },
  })
  const document = inspectDocument(container, layout)
  assert.is(at(document, 'State', 'Status'), 'removing')
  assert.is(at(document, 'State', 'Error'), 'EBUSY: rootfs is busy')
})

test('mounts of both kinds are listed', () => {
  const mounts = at(inspectDocument(sampleContainer(1), layout), 'Mounts')
  assert.ok(Array.isArray(mounts))
  assert.equal(
    mounts.map((m: unknown) => [at(m, 'Source'), at(m, 'Destination'), at(m, 'RW')]),
    [
      ['/a', '/b', false],
      ['/s', '/t', true],
    ],
  )
})

test('files of the container are named by its runtime and id', () => {
  const document = inspectDocument(sampleContainer(1), layout)
  assert.is(at(document, 'LogPath'), `/var/lib/isulad/engines/crun/${idOf(1)}/console.log`)
})

test.run()
