/** Capabilities, privileged containers and hidden paths, as the container sees them (spec 32). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { equal, is, match, not, ok } from 'uvu/assert'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula security')
const { test, ok: isula, fails, sh } = cli

/** Bit numbers of linux/capability.h. */
const bits: Readonly<Record<string, number>> = {
  CHOWN: 0,
  DAC_OVERRIDE: 1,
  FOWNER: 3,
  FSETID: 4,
  KILL: 5,
  SETGID: 6,
  SETUID: 7,
  SETPCAP: 8,
  NET_BIND_SERVICE: 10,
  NET_ADMIN: 12,
  NET_RAW: 13,
  SYS_CHROOT: 18,
  SYS_ADMIN: 21,
  MKNOD: 27,
  AUDIT_WRITE: 29,
  SETFCAP: 31,
}

const ownNamespace = (name: string): string => readlinkSync(`/proc/self/ns/${name}`)

const standard = Object.keys(bits).filter((name) => !['NET_ADMIN', 'SYS_ADMIN'].includes(name))

const maskOf = (names: ReadonlyArray<string>): bigint =>
  names.reduce((mask, name) => mask | (1n << BigInt(bits[name] ?? 63)), 0n)

const setIn = (status: string, set: string): bigint =>
  BigInt(`0x${new RegExp(`^${set}:\\s*([0-9a-f]+)`, 'm').exec(status)?.[1] ?? 'f'.repeat(16)}`)

const granted = async (...flags: ReadonlyArray<string>): Promise<bigint> => {
  const status = await sh('cat /proc/self/status', ...flags)
  const [bounding, effective] = [setIn(status, 'CapBnd'), setIn(status, 'CapEff')]
  is(effective, bounding, flags.join(' '))
  is(setIn(status, 'CapInh'), 0n)
  return effective
}

/** All that the daemon, a child of this process, can give. */
const everything = (): bigint => setIn(readFileSync('/proc/self/status', 'utf8'), 'CapBnd')

const defaults =
  'PRIV-MODE-01 SEC-CAP-04 PRIV-CAP-01 PRIV-CAP-02 PRIV-CAP-03 PRIV-CAP-04 PRIV-CAP-05 ' +
  'PRIV-CAP-06 PRIV-CAP-07 PRIV-CAP-08 PRIV-CAP-09 PRIV-CAP-10 PRIV-CAP-11 PRIV-CAP-12 ' +
  'PRIV-CAP-13 PRIV-CAP-14'

test(`${defaults}: an ordinary container has exactly the 14 default capabilities`, async () => {
  is(standard.length, 14)
  is(await granted(), maskOf(standard))
})

test(
  'SEC-CAP-01 CLI-CR-02 CLI-CR-03: add and drop, with or without CAP_, in any ' + 'case',
  async () => {
    is(await granted('--cap-add', 'NET_ADMIN'), maskOf([...standard, 'NET_ADMIN']))
    is(await granted('--cap-add', 'cap_net_admin'), maskOf([...standard, 'NET_ADMIN']))
    const fewer = standard.filter((name) => name !== 'SETUID' && name !== 'CHOWN')
    is(await granted('--cap-drop', 'Setuid', '--cap-drop=CAP_CHOWN'), maskOf(fewer))
    match(await fails(125, 'run', '--cap-add', 'FLY', 'busybox'), 'Unknown capability "FLY"')
    match(await fails(125, 'run', '--cap-drop', 'FLY', 'busybox'), 'Unknown capability "FLY"')
  },
)

test('SEC-CAP-02 SEC-CAP-05: adds come before drops, all means all', async () => {
  const all = everything()
  is(await granted('--cap-add', 'all'), all)
  const butAdmin = all & ~maskOf(['SYS_ADMIN'])
  is(await granted('--cap-add', 'all', '--cap-drop', 'SYS_ADMIN'), butAdmin)
  is(await granted('--cap-drop', 'all'), 0n)
  is(await granted('--cap-drop', 'all', '--cap-add', 'KILL'), maskOf(['KILL']))
})

test('SEC-CAP-03 SEC-CAP-07: create takes both too, and inspect shows them', async () => {
  const flags = ['--cap-add', 'NET_ADMIN', '--cap-drop', 'CHOWN']
  const id = await isula('create', ...flags, 'busybox')
  equal(JSON.parse(await cli.daemon.inspect(id, 'json .HostConfig.CapAdd')), ['NET_ADMIN'])
  equal(JSON.parse(await cli.daemon.inspect(id, 'json .HostConfig.CapDrop')), ['CHOWN'])
  await isula('rm', id)
})

test('a user other than root has the bounding set and nothing effective', async () => {
  const status = await sh('cat /proc/self/status', '-u', '1000')
  is(setIn(status, 'CapBnd'), maskOf(standard))
  is(setIn(status, 'CapEff') | setIn(status, 'CapAmb'), 0n)
})

const privileged =
  'PRIV-MODE-02 PRIV-MODE-03 PRIV-MODE-04 PRIV-CAP-20 PRIV-CAP-21 CLI-CR-40: --privileged gives ' +
  'all capabilities, whatever --cap-drop says'

test(privileged, async () => {
  is(await granted('--privileged'), everything())
  is(await granted('--privileged', '--cap-drop', 'all'), everything())
})

test(
  'PRIV-MODE-03: a privileged container has the devices of the host, /sys and /proc ' + 'writable',
  async () => {
    const devices = (await sh('ls /dev', '--privileged')).split('\n')
    const notOfContainers = ['pts', 'shm', 'mqueue', 'hugepages', 'vsock', 'console']
    const nodes = readdirSync('/dev', { withFileTypes: true })
      .filter(
        (e) => (e.isCharacterDevice() || e.isBlockDevice()) && !notOfContainers.includes(e.name),
      )
      .map((e) => e.name)
    for (const name of nodes) ok(devices.includes(name), `/dev/${name}`)
    is(await sh('head -c 4 /dev/kmsg >/dev/null; echo $?', '--privileged'), '0')
    const options = 'grep -E " /(sys|proc) " /proc/mounts'
    const mounts = (await sh(options, '--privileged')).split('\n')
    is(mounts.length, 2)
    for (const line of mounts) match(line, / rw,/)
    match(await sh('grep " /sys " /proc/mounts'), / ro,/)
  },
)

test(
  'PRIV-MODE-03: an ordinary container has few devices and its cgroup allows no ' + 'others',
  async () => {
    const devices = (await sh('ls /dev')).split('\n').sort()
    const few = ['fd', 'full', 'mqueue', 'null', 'ptmx', 'pts', 'random', 'shm', 'stderr', 'stdin']
    for (const name of few) ok(devices.includes(name), name)
    ok(devices.length <= 18, devices.join(' '))
    const refused = await sh('mknod /tmp/m c 1 11 && head -c 1 /tmp/m')
    match(refused, 'Operation not permitted')
    is(await sh('mknod /tmp/m c 1 11 && head -c 1 /tmp/m >/dev/null; echo $?', '--privileged'), '0')
  },
)

test('PRIV-MODE-05: inspect shows HostConfig.Privileged', async () => {
  const id = await isula('create', '--privileged', 'busybox')
  is(await cli.daemon.inspect(id, '.HostConfig.Privileged'), 'true')
  await isula('rm', id)
})

test('PRIV-MODE-04: --privileged shares no namespace', async () => {
  const names = ['pid', 'mnt', 'uts', 'ipc', 'net']
  const script = names.map((name) => `readlink /proc/self/ns/${name}`).join('; ')
  const [ordinary, raised, ours] = [
    await sh(script),
    await sh(script, '--privileged'),
    names.map(ownNamespace),
  ]
  for (const [n, own] of ours.entries()) {
    not.equal(raised.split('\n')[n], own, names[n])
    not.equal(ordinary.split('\n')[n], own, names[n])
  }
})

const hidden = ['acpi', 'kcore', 'keys', 'timer_list', 'sched_debug', 'scsi', 'latency_stats']

test('RES-ROOTFS-34: paths of the host are covered in an ordinary container only', async () => {
  const look = 'if [ -d $f ]; then ls -A $f; elif [ -e $f ]; then head -c 1 $f; fi'
  is(await sh(`cd /proc; for f in ${hidden.join(' ')} /sys/firmware; do ${look}; done`), '')
  match(await sh('echo 1 > /proc/sys/vm/drop_caches'), 'Read-only file system')
  is(await sh('head -c 1 /proc/timer_list | wc -c', '--privileged'), '1')
})

test('CLI-CR-41: --read-only protects the root file system and nothing else', async () => {
  match(await sh('touch /x', '--read-only'), 'Read-only file system')
  is(await sh('touch /dev/shm/x && echo fine', '--read-only'), 'fine')
  is(await sh('touch /run/x && echo fine', '--read-only', '--tmpfs', '/run'), 'fine')
  is(await sh('touch /x && echo fine'), 'fine')
})

test('RES-NS-02 RES-NS-05 RES-SCN-02 CLI-CR-38: --net none and host', async () => {
  const own = ownNamespace('net')
  is(await sh('readlink /proc/self/ns/net', '--net', 'host'), own)
  not.equal(await sh('readlink /proc/self/ns/net', '--net=none'), own)
  is(await sh('ls /sys/class/net', '--network', 'none'), 'lo')
  match(await sh('ip -o addr show lo'), '127.0.0.1/8')
})

test(
  'RES-NS-06 RES-NS-08: another --net is refused by its value, --network is the same ' + 'flag',
  async () => {
    for (const flag of ['--net', '--network']) {
      match(await fails(125, 'run', flag, 'foo', 'busybox'), 'network mode "foo"')
      match(await fails(125, 'run', flag, 'foo', 'busybox'), 'none, host or container:')
    }
  },
)

test('CLI-CR-01 CLI-SC-28: the annotation native.umask sets the umask', async () => {
  is(await sh('umask'), '0027')
  is(await sh('umask', '--annotation', 'native.umask=normal'), '0022')
  is(await sh('umask', '--annotation', 'native.umask=secure'), '0027')
  match(
    await fails(125, 'run', '--annotation', 'native.umask=foo', 'busybox'),
    '"secure" or "normal"',
  )
})

cli.run()
