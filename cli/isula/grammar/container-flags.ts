/** The flags of create and run (spec 20 section 4, spec 23 section 2). */
import { bool, int, later, list, text, type Flag } from './flag.ts'

const supportedNow: ReadonlyArray<Flag> = [
  list('annotation', 'Set annotations on the container: KEY=VALUE'),
  list('cap-add', 'Add Linux capabilities'),
  list('cap-drop', 'Drop Linux capabilities'),
  int('cpu-period', 'CFS period in microseconds, 1000 to 1000000'),
  int('cpu-quota', 'CFS quota in microseconds per period'),
  int('cpu-shares', 'CPU shares (relative weight)'),
  text('cpus', 'Number of CPUs'),
  text('cpuset-cpus', 'CPUs in which to allow execution (0-3, 0,1)'),
  text('cpuset-mems', 'Memory nodes in which to allow execution (0-3, 0,1)'),
  text('entrypoint', 'Entry point to run when starting the container'),
  list('e/env', 'Set environment variables: KEY=VALUE, or KEY to pass it on'),
  text('h/hostname', 'Container host name'),
  bool('i/interactive', 'Keep stdin open even if not attached'),
  list('l/label', 'Set metadata on the container: KEY=VALUE'),
  text('m/memory', 'Memory limit'),
  text('memory-reservation', 'Memory soft limit'),
  text('memory-swap', 'Memory + swap limit, -1 for unlimited swap'),
  text('log-driver', 'Logging driver: json-file'),
  list('log-opt', 'Logging options: disable-log=true|false, max-size=SIZE, max-file=NUMBER'),
  list('mount', 'Attach a mount: type=bind|volume|tmpfs,src=SOURCE,dst=CONTAINER[,ro]'),
  text('n/name', 'Name of the container'),
  text('net/network', 'Connect the container to a network: none, host, container:NAME'),
  int('pids-limit', 'Limit of processes and threads, -1 for unlimited'),
  bool('privileged', 'Give extended privileges to the container'),
  bool('read-only', "Make the container's root file system read-only"),
  text('restart', 'Restart policy: no, always, on-failure[:MAX]'),
  text('R/runtime', 'Runtime of the container'),
  text('stop-signal', 'Signal that stops the container (SIGTERM)'),
  list('tmpfs', 'Mount a tmpfs directory: PATH[:OPTIONS]'),
  bool('t/tty', 'Allocate a pseudo terminal'),
  list('ulimit', 'Ulimit options: TYPE=SOFT[:HARD]'),
  text('u/user', 'User: [NAME|UID][:GROUP|GID]'),
  list('v/volume', 'Mount a host directory or a volume: [SOURCE:]CONTAINER[:OPTIONS]'),
  list('volumes-from', 'Mount what other containers mount: CONTAINER[:ro|rw]'),
  text('w/workdir', 'Working directory inside the container'),
]

/** Names, devices, namespaces, kernel parameters, security. */
const surroundings: ReadonlyArray<Flag> = [
  list('add-host', 'Add a host-to-IP mapping: HOST:IP'),
  text('cgroup-parent', 'Parent cgroup of the container'),
  list('device', 'Add a host device: HOST[:CONTAINER[:PERMISSIONS]]'),
  list('device-cgroup-rule', "Add a rule to the container's device list"),
  list('dns', 'DNS servers'),
  list('dns-opt/dns-option', 'DNS options'),
  list('dns-search', 'DNS search domains'),
  list('env-file', 'Read environment variables from a file'),
  text('env-target-file', 'Export environment variables to a file of a system container'),
  list('expose', 'Expose a port or a range of ports: PORT[-PORT][/PROTO]'),
  bool('no-pivot', 'Do not use pivot_root'),
  text('external-rootfs', 'Directory or block device that is the root file system'),
  list('group-add', 'Additional groups'),
  text('ipc', 'IPC namespace: none, host, container:NAME'),
  list('label-file/lablel-file', 'Read labels from a file'),
  int('memory-swappiness', 'Memory swappiness, 0 to 100, -1 for that of the system'),
  int('oom-score-adj', "Adjust the host's OOM preference"),
  text('pid', 'PID namespace: none, host, container:NAME'),
  list('secret-env', 'Set an environment variable that is never recorded: KEY, or KEY=VALUE'),
  list('security-opt', 'Security options: seccomp=FILE, seccomp=unconfined, no-new-privileges'),
  text('shm-size', 'Size of /dev/shm'),
  list('sysctl', 'Set a namespaced kernel parameter: KEY=VALUE'),
  text('uts', 'UTS namespace: none, host, container:NAME'),
]

const resourcesLater: ReadonlyArray<Flag> = [
  later.int('blkio-weight', 'Block IO weight, 10 to 1000, 0 to disable'),
  later.list('blkio-weight-device', 'Block IO weight of a device'),
  later.text('cgroupns', 'Cgroup namespace: host, private'),
  later.int('cpu-rt-period', 'Realtime CPU period in microseconds'),
  later.int('cpu-rt-runtime', 'Realtime CPU runtime in microseconds'),
  later.list('device-read-bps', 'Limit read rate from a device (bytes per second)'),
  later.list('device-read-iops', 'Limit read rate from a device (IO per second)'),
  later.list('device-write-bps', 'Limit write rate to a device (bytes per second)'),
  later.list('device-write-iops', 'Limit write rate to a device (IO per second)'),
  later.int('files-limit', 'Limit of open file handles, -1 for unlimited'),
  later.list('hugetlb-limit', 'Huge page limit: PAGESIZE:LIMIT'),
  later.text('kernel-memory', 'Kernel memory limit'),
  later.bool('oom-kill-disable', 'Disable the OOM killer'),
  later.list('storage-opt', 'Storage driver options'),
]

const othersLater: ReadonlyArray<Flag> = [
  later.text('health-cmd', 'Command to run to check health'),
  later.bool('health-exit-on-unhealthy', 'Kill the container when it is unhealthy'),
  later.text('health-interval', 'Time between two checks (30s)'),
  later.int('health-retries', 'Failures in a row that make it unhealthy (3)'),
  later.text('health-start-period', 'Time for the container to start (0s)'),
  later.text('health-timeout', 'Longest time of one check (30s)'),
  later.text('hook-spec', 'File with OCI hooks'),
  later.text('host-channel', 'Share a memory file system: HOST:CONTAINER:MODE:SIZE'),
  later.text('ip', 'IPv4 address'),
  later.bool('no-healthcheck', 'Disable any health check of the image'),
  later.list('ns-change-opt', 'Namespaced kernel parameters that may be changed'),
  later.list('p/publish', 'Publish a port to the host'),
  later.bool('P/publish-all', 'Publish all exposed ports'),
  later.text('pull', 'Pull the image before running: missing, always, never'),
  later.bool('system-container', 'Extended features of system containers'),
  later.text('user-remap', 'User namespace mapping: UID:GID:OFFSET'),
  later.text('userns', 'User namespace'),
]

const byName = (a: Flag, b: Flag): number => (a.long < b.long ? -1 : 1)

export const createFlags: ReadonlyArray<Flag> = [
  ...supportedNow,
  ...surroundings,
  ...resourcesLater,
  ...othersLater,
].sort(byName)

export const detachKeys: Flag = text(
  'detach-keys',
  'Keys that detach: characters and ctrl-LETTER (ctrl-p,ctrl-q)',
)

export const runFlags: ReadonlyArray<Flag> = [
  ...createFlags,
  bool('d/detach', 'Run in the background and print the container id'),
  detachKeys,
  bool('rm', 'Remove the container when it exits'),
].sort(byName)

/** What `update` can change (spec 23 section 2), as create and run have it. */
const updatable = new Set([
  'blkio-weight',
  'cpu-period',
  'cpu-quota',
  'cpu-rt-period',
  'cpu-rt-runtime',
  'cpu-shares',
  'cpus',
  'cpuset-cpus',
  'cpuset-mems',
  'kernel-memory',
  'memory',
  'memory-reservation',
  'memory-swap',
  'pids-limit',
  'restart',
])

export const updateFlags: ReadonlyArray<Flag> = createFlags.filter(({ long }) =>
  updatable.has(long),
)
