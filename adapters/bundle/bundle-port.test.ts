/** Container directories and bundles on a scratch directory, without a runtime. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { containerConfig } from '../../domain/container/validate/container-config.ts'
import { containerId } from '../../domain/identity.ts'
import { capabilityNames } from '../../domain/oci/capabilities.ts'
import type { HostFacts } from '../../domain/oci/host-facts.ts'
import {
  bundleDirectory,
  containerDirectory,
  rootfsMount,
  stateDirectory,
} from '../../domain/ports/layout.ts'
import { suite } from '../../properties/testing/suite.ts'
import { bundlePort } from './bundle-port.ts'
import { noStorage } from '../../domain/container/storage.ts'

const test = suite('bundle port')

const facts: HostFacts = {
  capabilities: capabilityNames.filter((name) => name !== 'CAP_SYS_RESOURCE'),
  hardRlimits: { RLIMIT_NOFILE: 20000n },
  cgroupMode: 'v1',
  swapLimit: true,
  seccomp: { supported: true, architecture: 'x64', profile: null },
  hostname: 'node7',
  mounts: [{ point: '/', shared: false, slave: false }],
  devices: [],
}

const id = containerId('ab'.repeat(32))
const ref = { id, runtime: 'crun', attempt: 1, cgroupPath: `/isulad/${id}` }

let scratch = ''
test.beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'bundle-'))
})
test.afterEach(() => rmSync(scratch, { recursive: true, force: true }))

const setting = () => {
  const layout = { root: join(scratch, 'root'), state: join(scratch, 'state') }
  const warnings: Array<string> = []
  const port = bundlePort({
    layout,
    facts: () => Promise.resolve(facts),
    warn: (_, texts) => void warnings.push(...texts),
  })
  const rootfs = rootfsMount(layout, id)
  mkdirSync(join(rootfs, 'etc'), { recursive: true })
  return { layout, port, rootfs, warnings }
}

const request = (host: object = {}, custom: object = {}) => {
  const config = containerConfig(
    {
      hostConfig: JSON.stringify(host),
      customConfig: JSON.stringify({ Cmd: ['sh'], ...custom }),
      imageConfig: '{}',
    },
    {
      cgroupParent: '/isulad',
      runtime: 'crun',
      runtimes: [],
      hostCpus: [0],
      ulimits: [],
      umask: 0o027,
    },
  )
  if (E.isLeft(config)) throw new Error(config.left.message)
  const made = { host: config.right.host, process: config.right.process }
  return { ref, name: 'box', ...made, storage: noStorage }
}

const mode = (path: string) => statSync(path).mode & 0o777

test('a container directory is private and holds hosts, hostname and resolv.conf', async () => {
  const { layout, port } = setting()
  const umask = process.umask(0o077)
  try {
    assert.ok(E.isRight(await port.createDirectory(request({}, { Hostname: 'box' }))()))
  } finally {
    process.umask(umask)
  }
  const directory = containerDirectory(layout, ref)
  assert.equal(mode(directory), 0o700)
  for (const name of ['hosts', 'hostname', 'resolv.conf'])
    assert.equal(mode(join(directory, name)), 0o644)
  assert.equal(readFileSync(join(directory, 'hostname'), 'utf8'), 'box\n')
  assert.match(readFileSync(join(directory, 'hosts'), 'utf8'), /127.0.0.1\tlocalhost\n[^]*\tbox\n/)
})

test('making the directory again keeps files that a container may have mounted', async () => {
  const { layout, port } = setting()
  await port.createDirectory(request())()
  const hosts = join(containerDirectory(layout, ref), 'hosts')
  writeFileSync(hosts, 'changed inside\n')
  assert.ok(E.isRight(await port.createDirectory(request())()))
  assert.equal(readFileSync(hosts, 'utf8'), 'changed inside\n')
})

test('CLI-USER-01 CLI-USER-04: the bundle has the user of the image, and tells it', async () => {
  const { layout, port, rootfs } = setting()
  writeFileSync(join(rootfs, 'etc/passwd'), 'web:x:1000:1001::/home/web:/bin/sh\n')
  writeFileSync(join(rootfs, 'etc/group'), 'disk:x:6:web\n')
  assert.ok(E.isRight(await port.writeBundle(request({}, { User: 'web' }))()))
  const file = join(bundleDirectory(layout, ref), 'config.json')
  assert.equal(mode(file), 0o600)
  const spec: unknown = JSON.parse(readFileSync(file, 'utf8'))
  assert.deepEqual(Reflect.get(Object(Reflect.get(Object(spec), 'process')), 'user'), {
    uid: 1000,
    gid: 1001,
    umask: 0o027,
    additionalGids: [6, 1001],
  })
  const generated = join(containerDirectory(layout, ref), 'start_generate_config.json')
  const user: unknown = JSON.parse(readFileSync(generated, 'utf8'))
  assert.deepEqual(user, { uid: 1000, gid: 1001, additionalGids: [6, 1001] })
})

test('CLI-USER-03: an unknown user is EUSER and leaves no bundle', async () => {
  const { layout, port } = setting()
  const answer = await port.writeBundle(request({}, { User: 'ghost' }))()
  assert.ok(E.isLeft(answer) && answer.left._tag === 'NotApplied')
  assert.equal(answer.left.errno, 'EUSER')
  assert.ok(!existsSync(bundleDirectory(layout, ref)))
})

test('unlimited ulimits are written digit by digit, and what is withheld is told', async () => {
  const { layout, port, warnings } = setting()
  const Ulimits = [
    { Name: 'core', Soft: -1, Hard: -1 },
    { Name: 'nofile', Soft: 1, Hard: 30000 },
  ]
  assert.ok(E.isRight(await port.writeBundle(request({ Ulimits, Privileged: true }))()))
  const text = readFileSync(join(bundleDirectory(layout, ref), 'config.json'), 'utf8')
  assert.match(text, /"hard": 18446744073709551615,/)
  assert.match(warnings.join('\n'), /CAP_SYS_RESOURCE/)
  assert.match(warnings.join('\n'), /nofile: hard limit 30000 is lowered to 20000/)
})

test('a missing source of -v is made, one of --mount is refused', async () => {
  const { port } = setting()
  const volume = join(scratch, 'data/of/mine')
  assert.ok(E.isRight(await port.writeBundle(request({ Binds: [`${volume}:/data`] }))()))
  assert.ok(existsSync(volume))
  const Mounts = [{ Type: 'bind', Source: join(scratch, 'nothing'), Target: '/x' }]
  const answer = await port.writeBundle(request({ Mounts }))()
  assert.match(E.isLeft(answer) ? JSON.stringify(answer.left) : '', /EINVAL.*does not exist/)
})

test('removing takes both directories, and removing nothing is applied', async () => {
  const { layout, port } = setting()
  await port.writeBundle(request())()
  assert.ok(E.isRight(await port.removeDirectory(ref)()))
  assert.ok(!existsSync(containerDirectory(layout, ref)))
  assert.ok(!existsSync(stateDirectory(layout, ref)))
  assert.ok(E.isRight(await port.removeDirectory(ref)()))
})

test.needs(['root', 'linux'], 'removing never deletes through a mount', async () => {
  const { layout, port } = setting()
  await port.createDirectory(request())()
  const point = join(containerDirectory(layout, ref), 'foreign')
  mkdirSync(point)
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', point])
  try {
    writeFileSync(join(point, 'precious'), '')
    const answer = await port.removeDirectory(ref)()
    assert.match(E.isLeft(answer) ? JSON.stringify(answer.left) : '', /EBUSY/)
    assert.ok(existsSync(join(point, 'precious')))
  } finally {
    execFileSync('umount', [point])
  }
})

test('a directory that cannot be made is NotApplied with its errno', async () => {
  const { layout, port } = setting()
  mkdirSync(join(layout.root, 'engines'), { recursive: true })
  writeFileSync(join(layout.root, 'engines/crun'), '')
  const answer = await port.createDirectory(request())()
  assert.ok(E.isLeft(answer) && answer.left._tag === 'NotApplied')
  assert.match(answer.left.errno, /^(ENOTDIR|EEXIST)$/)
})

test.run()
