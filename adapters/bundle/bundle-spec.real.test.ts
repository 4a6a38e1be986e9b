/** Generated bundles are run by the real OCI runtimes, and the container tells what it got. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { containerConfig } from '../../domain/container/validate/container-config.ts'
import { containerId } from '../../domain/identity.ts'
import { bundleDirectory, rootfsMount } from '../../domain/ports/layout.ts'
import { suite } from '../../properties/testing/suite.ts'
import { gatherHostFacts, onlineCpus } from '../host/host-facts.ts'
import { bundlePort } from './bundle-port.ts'
import { noStorage } from '../../domain/container/storage.ts'

const test = suite('bundles at the real runtimes')

const mark = `isulad-test-${randomBytes(4).toString('hex')}`

let scratch = ''
test.before(() => {
  scratch = mkdtempSync(join(tmpdir(), 'bundle-real-'))
})

const run = (program: string, args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 30_000 })
  return { status, output: `${stdout}${stderr}` }
}

test.after(() => {
  // Innermost directories first; every container of this file is below the mark.
  for (const name of run('ls', ['/sys/fs/cgroup']).output.trim().split('\n')) {
    const folder = `/sys/fs/cgroup/${name}/${mark}`
    if (existsSync(folder)) execFileSync('find', [folder, '-depth', '-type', 'd', '-delete'])
  }
  rmSync(scratch, { recursive: true, force: true })
})

const makeRootfs = (rootfs: string): void => {
  for (const name of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'home'])
    mkdirSync(join(rootfs, name), { recursive: true })
  copyFileSync('/bin/busybox', join(rootfs, 'bin/busybox'))
  execFileSync('chroot', [rootfs, '/bin/busybox', '--install', '-s', '/bin'])
  writeFileSync(
    join(rootfs, 'etc/passwd'),
    'root:x:0:0::/root:/bin/sh\nweb:x:1000:1001::/home:/bin/sh\n',
  )
  writeFileSync(join(rootfs, 'etc/group'), 'root:x:0:\nweb:x:1001:\nextra:x:77:web\n')
}

/** crun wants no controllers in the v2 tree of a hybrid host: a mount namespace without it. */
const command = (runtime: string, hybrid: boolean, args: ReadonlyArray<string>) =>
  runtime === 'crun' && hybrid
    ? run('unshare', [
        '-m',
        'sh',
        '-c',
        'umount /sys/fs/cgroup/unified; exec crun "$@"',
        'crun',
        ...args,
      ])
    : run(runtime, args)

type Members = Readonly<Record<string, unknown>>

const inContainer = async (
  runtime: string,
  script: string,
  host: Members,
  custom: Members = {},
) => {
  const id = containerId(randomBytes(32).toString('hex'))
  const layout = { root: join(scratch, id, 'root'), state: join(scratch, id, 'state') }
  makeRootfs(rootfsMount(layout, id))
  const config = containerConfig(
    {
      hostConfig: JSON.stringify(host),
      customConfig: JSON.stringify({ Cmd: ['sh', '-c', script], ...custom }),
      imageConfig: '{}',
    },
    {
      cgroupParent: `/${mark}`,
      runtime,
      runtimes: [],
      hostCpus: await onlineCpus(),
      ulimits: [],
      umask: 0o027,
    },
  )
  if (E.isLeft(config)) throw new Error(config.left.message)
  const port = bundlePort({ layout, warn: () => undefined })
  const ref = { id, runtime, attempt: 1, cgroupPath: `/${mark}/${id}` }
  const made = { host: config.right.host, process: config.right.process }
  const request = { ref, name: id, ...made, storage: noStorage }
  const written = await port.writeBundle(request)()
  if (E.isLeft(written)) throw new Error(JSON.stringify(written.left))
  const { cgroupMode } = await gatherHostFacts({ devices: false })
  const root = ['--root', join(scratch, 'runtime')]
  const args = [...root, 'run', '-b', bundleDirectory(layout, ref), id.slice(0, 12)]
  const result = command(runtime, cgroupMode === 'hybrid', args)
  command(runtime, cgroupMode === 'hybrid', [...root, 'delete', '--force', id.slice(0, 12)])
  const removed = await port.removeDirectory(ref)()
  assert.ok(E.isRight(removed), JSON.stringify(removed))
  return result
}

const defaultMask = [0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31]
  .reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n)
  .toString(16)
  .padStart(16, '0')

for (const runtime of ['crun', 'runc']) {
  const requirements = ['root', `program:${runtime}`, 'program:busybox'] as const

  test.needs(
    requirements,
    `${runtime}: a plain container has what the documents promise`,
    async () => {
      const script = [
        'grep -E "^Cap(Eff|Bnd|Inh)" /proc/self/status',
        'echo umask $(umask); echo host $(hostname); echo pid $$; echo cwd $(pwd)',
        'df -k /dev/shm | tail -1; ls -l /proc/kcore; ls /sys/firmware | wc -l',
        'echo x 2>&1 > /proc/sys/kernel/domainname; mkdir /sys/x; id; env; cat /etc/hostname',
        'cat /sys/class/net/lo/flags; ls /sys/class/net; dd if=/dev/zero of=/dev/null count=1 2>&1',
      ].join('\n')
      const { status, output } = await inContainer(runtime, script, { ShmSize: 1048576 })
      assert.match(output, new RegExp(`CapEff:\\s+${defaultMask}`))
      assert.match(output, new RegExp(`CapBnd:\\s+${defaultMask}`))
      assert.match(output, /CapInh:\s+0000000000000000/)
      assert.match(output, /umask 0027\nhost localhost\npid 1\ncwd \/\n/)
      assert.match(output, /shm\s+1024\s/)
      assert.match(output, /domainname: Read-only file system/)
      assert.match(output, /can't create directory '\/sys\/x': Read-only file system/)
      assert.match(output, /uid=0\(root\) gid=0\(root\)/)
      assert.match(output, /HOME=\/root/)
      // IFF_UP and IFF_LOOPBACK: the runtime brought the new namespace's loopback up.
      assert.match(output, /\n0x9\nlo\n/)
      assert.equal(status, 0, output)
    },
  )

  test.needs(
    requirements,
    `${runtime}: limits, users, mounts and a read-only root take effect`,
    async () => {
      const folder = join(scratch, `shared-${runtime}`)
      mkdirSync(folder, { mode: 0o755 })
      writeFileSync(join(folder, 'f'), 'from the host')
      const script = [
        'id; umask; pwd; ulimit -Sn; ulimit -Hn; ulimit -c; cat /data/f',
        'touch /data/g; touch /x; touch /run/y && echo wrote; cat /proc/self/limits | grep core',
        'grep -E " /run | /data " /proc/mounts; kill -0 1 && exit 5',
      ].join('\n')
      const host = {
        Binds: [`${folder}:/data:ro`],
        Tmpfs: { '/run': 'size=1m,mode=1777' },
        ReadonlyRootfs: true,
        Memory: 67108864,
        NanoCpus: 500000000,
        PidsLimit: 20,
        CpusetCpus: '0',
        Ulimits: [
          { Name: 'nofile', Soft: 100, Hard: 200 },
          { Name: 'core', Soft: -1, Hard: -1 },
        ],
      }
      const custom = {
        User: 'web',
        WorkingDir: '/home/not/there',
        Annotations: { 'native.umask': 'normal' },
      }
      const { status, output } = await inContainer(runtime, script, host, custom)
      assert.match(output, /uid=1000\(web\) gid=1001\(web\) groups=77\(extra\),1001\(web\)/)
      assert.match(output, /0022\n\/home\/not\/there\n100\n200\nunlimited\nfrom the host/)
      assert.match(output, /touch: \/data\/g: Read-only file system/)
      assert.match(output, /touch: \/x: Read-only file system/)
      assert.match(output, /wrote\nMax core file size\s+unlimited\s+unlimited/)
      assert.match(output, /tmpfs \/run tmpfs rw,nosuid,nodev,noexec,.*size=1024k/)
      assert.equal(status, 5, output)
    },
  )

  test.needs(
    requirements,
    `${runtime}: PRIV-SCN-02 a privileged container is let through`,
    async () => {
      const script = [
        'grep -E "^(CapEff|Seccomp:)" /proc/self/status',
        'mkdir /sys/fs/cgroup/pids/x && rmdir /sys/fs/cgroup/pids/x && echo cgroups writable',
        'test -w /proc/sys/kernel/domainname && echo proc writable; grep " /sys " /proc/mounts',
        'mount -t tmpfs t /tmp && echo mounted; ls /dev | wc -l; ls -l /dev/kmsg',
      ].join('\n')
      const { output } = await inContainer(runtime, script, { Privileged: true })
      const { capabilities } = await gatherHostFacts({ devices: false })
      const mask = /CapEff:\s+([0-9a-f]+)/.exec(output)?.[1] ?? '0'
      const bits = BigInt(`0x${mask}`).toString(2).replaceAll('0', '').length
      assert.equal(bits, capabilities.length, output)
      assert.match(output, /Seccomp:\s+0/)
      assert.match(output, /cgroups writable\nproc writable\nsysfs \/sys sysfs rw/)
      assert.match(output, /crw.* 1, +11 .*\/dev\/kmsg/)
    },
  )

  test.needs(
    requirements,
    `${runtime}: RES-SCN-02 the host network is the network of the host`,
    async () => {
      const { output } = await inContainer(runtime, 'readlink /proc/self/ns/net', {
        NetworkMode: 'host',
      })
      assert.equal(output.trim(), run('readlink', ['/proc/self/ns/net']).output.trim())
    },
  )
}

test.run()
