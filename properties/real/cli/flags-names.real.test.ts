/** Names, groups, devices, kernel parameters and files of flags on real containers. */
import { existsSync, mkdtempSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { equal, is, match, not, ok } from 'uvu/assert'
import { cgroupFile, CliFile, sleeper } from './cli-file.ts'

const cli = new CliFile('isula flags: names and devices')
const { test, ok: isula, fails, sh, remove } = cli

const lines = (text: string): ReadonlyArray<string> => text.split('\n').filter((l) => l !== '')

const withFile = async <A>(content: string, work: (path: string) => Promise<A>): Promise<A> => {
  const directory = mkdtempSync(`${tmpdir()}/isula-flags-`)
  try {
    writeFileSync(`${directory}/file`, content)
    return await work(`${directory}/file`)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

test('CLI-CR-13 CLI-CR-12: variables of --env-file come before those of --env', async () => {
  await withFile('# note\n\nA=file\nB=b c=d\n  HOME_TOO=x\nABSENT_HERE\n', async (path) => {
    const env = lines(await sh('env', '--env-file', path, '-e', 'A=flag', '--env-file', path))
    ok(env.includes('A=flag'), env.join(' '))
    ok(env.includes('B=b c=d'))
    ok(env.includes('HOME_TOO=x'))
    not.ok(env.some((line) => line.includes('ABSENT_HERE') || line.includes('note')))
  })
  match(await fails(125, 'run', '--env-file', '/nowhere', 'busybox'), "'/nowhere' of --env-file")
  match(await fails(125, 'create', '--env-file', '/tmp', 'busybox'), 'it is a directory')
})

test('CLI-CR-31 CLI-CR-30: labels of --label-file, in both spellings, under --label', async () => {
  await withFile('one=file\ntwo=2\nthree\n', async (path) => {
    const flags = ['--lablel-file', path, '--label-file', path, '-l', 'one=flag']
    const id = await isula('create', ...flags, 'busybox')
    const labels: unknown = JSON.parse(await cli.daemon.inspect(id, 'json .Config.Labels'))
    equal(labels, { one: 'flag', two: '2', three: '' })
    await remove(id)
  })
  match(await fails(125, 'create', '--label-file', '/nowhere', 'busybox'), 'there is no such file')
})

test('SYS-OPT-01: --add-host adds lines to the hosts file', async () => {
  const flags = ['--add-host', 'db:10.1.2.3', '--add-host', 'six:fd00::7', '-h', 'me']
  const hosts = lines(await sh('cat /etc/hosts', ...flags))
  for (const line of ['10.1.2.3\tdb', 'fd00::7\tsix', '127.0.0.1\tme', '127.0.0.1\tlocalhost'])
    ok(hosts.includes(line), line)
  const ofHost = await sh('cat /etc/hosts', '--net', 'host', '--add-host', 'db:10.1.2.3')
  is(lines(ofHost).at(-1), '10.1.2.3\tdb')
  for (const wrong of ['db', 'db:', ':10.1.2.3', 'db:300.1.1.1', 'd b:10.1.2.3'])
    match(await fails(125, 'create', '--add-host', wrong, 'busybox'), `"${wrong}": want <host>:<IP`)
})

test('CLI-CR-09 CLI-CR-10 CLI-CR-11 SYS-OPT-02: --dns* write resolv.conf', async () => {
  const dns = ['--dns', '10.0.0.1', '--dns', 'fd00::1', '--dns-search', 'a.example']
  const all = [...dns, '--dns-search', 'b.example', '--dns-opt', 'ndots:2', '--dns-option=rotate']
  is(
    await sh('cat /etc/resolv.conf', ...all),
    'search a.example b.example\nnameserver 10.0.0.1\nnameserver fd00::1\noptions ndots:2 rotate',
  )
  not.match(await sh('cat /etc/resolv.conf', '--dns-search', '.'), 'search')
  match(await fails(125, 'create', '--dns', 'one', 'busybox'), 'Invalid DNS server "one"')
  match(await fails(125, 'create', '--dns-search', 'a b', 'busybox'), 'search domain "a b"')
  match(await fails(125, 'create', '--dns-opt', 'a b', 'busybox'), 'Invalid DNS option "a b"')
})

test('CLI-CR-17 CLI-USER-01 CLI-USER-03: --group-add by name and number', async () => {
  is(await sh('id -G', '--group-add', '1234', '--group-add', '77'), '0 77 1234')
  is(await sh('id -G', '-u', '5:8', '--group-add', '1234'), '8 1234')
  const message = await fails(125, 'run', '--rm', '--group-add', 'nobodys', 'busybox', 'true')
  match(message, 'unable to find group nobodys')
  match(await fails(125, 'create', '--group-add', 'a b', 'busybox'), 'Invalid group "a b"')
})

test('SYS-OPT-04: --shm-size sets the size of /dev/shm', async () => {
  const size = "df -k /dev/shm | tail -1 | awk '{print $2}'"
  is(await sh(size, '--shm-size', '8m'), '8192')
  is(await sh(size, '--shm-size', '16384k'), '16384')
  is(await sh(size), '65536')
  match(await fails(125, 'create', '--shm-size', 'much', 'busybox'), 'invalid size "much"')
  match(await fails(125, 'create', '--shm-size', '-1', 'busybox'), 'Invalid shm size -1')
})

test('SYS-OPT-05 SYS-OPT-06 SYS-OPT-07 SYS-SCN-21: --sysctl, namespaced ones only', async () => {
  const flags = ['--sysctl', 'net.ipv4.ip_forward=1', '--sysctl=kernel.msgmax=16384']
  const read = 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax'
  is(await sh(read, ...flags), '1\n16384')
  const refused = async (text: string, ...more: ReadonlyArray<string>): Promise<string> =>
    fails(125, 'create', '--sysctl', text, ...more, 'busybox')
  match(await refused('kernel.hostname=x'), "Sysctl 'kernel.hostname' is not whitelist")
  match(await refused('vm.swappiness=1'), "Sysctl 'vm.swappiness' is not whitelist")
  match(await refused('net.ipv4/../../x=1'), 'is not whitelist')
  match(await refused('none'), "Invalid sysctl option 'none'")
  match(await refused('kernel.pid_max=100'), "'kernel.pid_max' is not kernel namespaced")
  match(await refused('net.ipv4.ip_forward=1', '--net', 'host'), 'network namespace is shared')
  match(await refused('kernel.sem=1', '--ipc', 'host'), 'IPC namespace is shared')
})

test('CLI-CR-08: --device maps a node of the host, with the rights that are given', async () => {
  const look = 'stat -c "%n %F %t:%T" /dev/kmsg /dev/again; head -c 1 /dev/again | wc -c'
  const flags = ['--device', '/dev/kmsg', '--device', '/dev/zero:/dev/again:r']
  const [kmsg, again, count] = (await sh(look, ...flags)).split('\n')
  is(kmsg, '/dev/kmsg character special file 1:b')
  is(again, '/dev/again character special file 1:5')
  is(count, '1')
  // The control node of fuse may be opened by every root: only the cgroup stands in the way.
  const open = 'mknod /k c 10 229; : < /k && echo in; : >> /k && echo out'
  const denied = await sh(open)
  not.match(denied, 'in')
  match(denied, 'not permitted')
  is(await sh(open, '--device-cgroup-rule', 'c 10:* rwm'), 'in\nout')
  const readOnly = await sh(open, '--device', '/dev/fuse:r')
  match(readOnly, /^in\n/)
  match(readOnly, 'not permitted')
})

test('CLI-EXIT-01 CLI-SC-13: a device that the host lacks gives 125 and no container', async () => {
  for (const command of ['run', 'create'])
    match(
      await fails(125, command, '--device', '/dev/nonexist', 'busybox', 'true'),
      'custom device "/dev/nonexist": there is no such device on the host',
    )
  match(await fails(125, 'create', '--device', '/etc/passwd', 'busybox'), 'not a device node')
  match(await fails(125, 'create', '--device', 'null', 'busybox'), 'want an absolute path')
  match(await fails(125, 'create', '--device', '/dev/null:/x:q', 'busybox'), 'letters of rwm')
  match(await fails(125, 'create', '--device-cgroup-rule', 'c 1 r', 'busybox'), '"c 1 r": want')
  is(await isula('ps', '-aq'), '')
})

test('CLI-CR-50 CLI-INSPECT-05: what was given is seen in inspect', async () => {
  const flags = ['--oom-score-adj', '300', '--group-add', '99', '--sysctl', 'net.core.somaxconn=9']
  await isula(
    'run',
    '-d',
    '--name',
    'shown',
    ...flags,
    '--device',
    '/dev/kmsg',
    'busybox',
    ...sleeper,
  )
  is(await isula('exec', 'shown', 'cat', '/proc/1/oom_score_adj'), '300')
  is(await isula('exec', 'shown', 'id', '-G'), '0 99')
  const host = async (member: string): Promise<unknown> =>
    JSON.parse(await cli.daemon.inspect('shown', `json .HostConfig.${member}`))
  equal(await host('GroupAdd'), ['99'])
  equal(await host('Sysctls'), { 'net.core.somaxconn': '9' })
  equal(await host('OomScoreAdj'), 300)
  equal(await host('Devices'), [
    { PathOnHost: '/dev/kmsg', PathInContainer: '/dev/kmsg', CgroupPermissions: 'rwm' },
  ])
  match(await fails(125, 'create', '--oom-score-adj', '1001', 'busybox'), '[-1000, 1000]')
  await remove('shown')
})

test('CLI-CR-04: --cgroup-parent wins over the parent of the daemon', async () => {
  const parent = `${cli.daemon.cgroupParent}/inner`
  await isula('run', '-d', '--name', 'placed', '--cgroup-parent', parent, 'busybox', ...sleeper)
  is(await cli.daemon.inspect('placed', '.HostConfig.CgroupParent'), parent)
  const paths = await isula('exec', 'placed', 'cat', '/proc/1/cgroup')
  ok(paths.includes('inner/') || paths.includes(':/'), paths)
  match(await fails(125, 'create', '--cgroup-parent', '/a/../b', 'busybox'), 'cgroup parent')
  await remove('placed')
  // The parent is the user's, and stays.
  for (const controller of readdirSync('/sys/fs/cgroup')) {
    const left = `/sys/fs/cgroup/${controller}${parent}`
    if (existsSync(left)) rmdirSync(left)
  }
})

test('CLI-CR-50: --expose is seen in inspect, --no-pivot starts as usual', async () => {
  const flags = ['--expose', '80', '--expose', '8000-8002/udp', '--no-pivot']
  const id = await isula('create', ...flags, 'busybox', 'true')
  const ports: unknown = JSON.parse(await cli.daemon.inspect(id, 'json .Config.ExposedPorts'))
  equal(ports, { '80/tcp': {}, '8000/udp': {}, '8001/udp': {}, '8002/udp': {} })
  is(await cli.daemon.inspect(id, '.HostConfig.NoPivotRoot'), 'true')
  await remove(id)
  is(await sh('ls -d /proc/1/root/bin', '--no-pivot'), '/proc/1/root/bin')
  for (const wrong of ['0', '70000', '9-8', '80/icmp', 'http'])
    match(await fails(125, 'create', '--expose', wrong, 'busybox'), `Invalid port "${wrong}"`)
})

const quota =
  'CLI-CR-07 CLI-CR-33 RES-CPU-01 RES-CPU-02 RES-CPU-05 RES-MEM-02: quota, period, nodes and the ' +
  'soft limit reach the cgroup'

test(quota, async () => {
  const cpu = ['--cpu-period', '50000', '--cpu-quota', '20000', '--cpuset-mems', '0']
  const flags = [...cpu, '-m', '64m', '--memory-reservation', '32m']
  const id = await isula('run', '-d', ...flags, 'busybox', ...sleeper)
  const pid = await cli.pid(id)
  if (existsSync('/sys/fs/cgroup/cpu')) {
    is(cgroupFile(pid, 'cpu', 'cpu.cfs_quota_us'), '20000')
    is(cgroupFile(pid, 'cpu', 'cpu.cfs_period_us'), '50000')
    is(cgroupFile(pid, 'cpuset', 'cpuset.mems'), '0')
    is(cgroupFile(pid, 'memory', 'memory.soft_limit_in_bytes'), String(32 << 20))
  } else {
    is(cgroupFile(pid, 'cpu', 'cpu.max'), '20000 50000')
    is(cgroupFile(pid, 'memory', 'memory.low'), String(32 << 20))
  }
  await remove(id)
  match(await fails(125, 'create', '--cpu-quota', '5', 'busybox'), /quota/i)
  match(await fails(125, 'create', '--memory-reservation', '1m', 'busybox'), '4MB')
})

test('CLI-CR-35 RES-MEM-05: --memory-swappiness, 0 to 100', async () => {
  const id = await isula('run', '-d', '--memory-swappiness', '0', 'busybox', ...sleeper)
  is(await cli.daemon.inspect(id, '.HostConfig.MemorySwappiness'), '0')
  if (existsSync('/sys/fs/cgroup/memory/memory.swappiness'))
    is(cgroupFile(await cli.pid(id), 'memory', 'memory.swappiness'), '0')
  await remove(id)
  for (const wrong of ['101', '-2'])
    match(
      await fails(125, 'create', '--memory-swappiness', wrong, 'busybox'),
      `Invalid value ${wrong} of memory swappiness: want 0 to 100, or -1`,
    )
})

test('SYS-ENVF-02 SYS-ENVF-07: --env-target-file is for system containers', async () => {
  const ran = await cli.isula(['create', '--env-target-file', '/etc/environment', 'busybox'])
  is(ran.code, 0, ran.stderr)
  match(ran.stderr, 'external rootfs not specified')
  const id = ran.stdout.trim()
  is(await cli.daemon.inspect(id, '.HostConfig.EnvTargetFile'), '/etc/environment')
  await remove(id)
  const wrong = await fails(125, 'create', '--env-target-file', 'x', 'busybox')
  match(wrong, 'env target file path must be absolute path')
})

cli.run()
