/** Help and version texts of the daemon (CFG-HELP-01, CFG-VER-01). */

interface Row {
  readonly short: string
  readonly flag: string
  readonly text: string
}

const row = (short: string, flag: string, text: string): Row => ({ short, flag, text })

const rows: ReadonlyArray<Row> = [
  row('', 'authorization-plugin', 'Use authorization plugin'),
  row('', 'cgroup-parent', 'Set parent cgroup for all containers'),
  row(
    '',
    'cni-bin-dir',
    'The full path of the directory in which to search for CNI plugin binaries. Default: ' +
      '/opt/cni/bin',
  ),
  row(
    '',
    'cni-conf-dir',
    'The full path of the directory in which to search for CNI config files. Default: ' +
      '/etc/cni/net.d',
  ),
  row(
    '',
    'default-runtime',
    'Default runtime of new containers (default: the first of crun and runc that works ' + 'here)',
  ),
  row('', 'default-ulimit', 'Default ulimits for containers (default [])'),
  row('e', 'engine', 'Select backend engine'),
  row('g', 'graph', 'Root directory of the iSulad runtime'),
  row('G', 'group', 'Group for the unix socket (default: isula, else isulad, else root)'),
  row('', 'help', 'Show help'),
  row('', 'hook-spec', 'Default hook spec file applied to all containers'),
  row('H', 'host', 'The socket name used to create gRPC server'),
  row('', 'image-layer-check', 'Check layer integrity when needed'),
  row('', 'image-opt-timeout', 'Max timeout(default 5m) for image operation'),
  row('', 'insecure-registry', 'Disable TLS verification for the given registry'),
  row('', 'insecure-skip-verify-enforce', 'Force to skip the insecure verify(default false)'),
  row(
    '',
    'journal-retain',
    'How long, and up to which size, archives of the journal are kept that nothing alive needs: ' +
      'an age, a size, both with a comma, or -1 for ever (default "30d,1GiB")',
  ),
  row('', 'log-driver', 'Set daemon log driver, such as: file'),
  row(
    'l',
    'log-level',
    'Set log level, the levels can be: FATAL ALERT CRIT ERROR WARN NOTICE INFO DEBUG TRACE',
  ),
  row(
    '',
    'log-opt',
    'Set daemon log driver options, such as: log-path=/tmp/logs/ to set directory where ' +
      'to store daemon logs',
  ),
  row('', 'native.umask', 'Default file mode creation mask (umask) for containers'),
  row('', 'network-plugin', 'Set network plugin, default is null, support null and cni'),
  row('p', 'pidfile', 'Save pid into this file'),
  row(
    '',
    'pod-sandbox-image',
    'The image whose network/ipc namespaces containers in each pod will use. (default ' +
      '"rnd-dockerhub.huawei.com/library/pause-${machine}:3.0")',
  ),
  row(
    '',
    'registry-mirrors',
    'Registry to be prepended when pulling unqualified images, can be specified multiple ' +
      'times',
  ),
  row(
    '',
    'start-timeout',
    'timeout duration for waiting on a container to start before it is killed',
  ),
  row('S', 'state', 'Root directory for execution state files'),
  row('', 'storage-driver', 'Storage driver to use(default overlay2)'),
  row('s', 'storage-opt', 'Storage driver options'),
  row('', 'tls', 'Use TLS; implied by --tlsverify'),
  row('', 'tlscacert', 'Trust certs signed only by this CA (default "/root/.iSulad/ca.pem")'),
  row('', 'tlscert', 'Path to TLS certificate file (default "/root/.iSulad/cert.pem")'),
  row('', 'tlskey', 'Path to TLS key file (default "/root/.iSulad/key.pem")'),
  row('', 'tlsverify', 'Use TLS and verify the remote'),
  row('', 'use-decrypted-key', 'Use decrypted private key by default(default true)'),
  row('V', 'version', 'Print the version'),
  row(
    '',
    'websocket-server-listening-port',
    'CRI websocket streaming service listening port (default 10350)',
  ),
]

const line = ({ short, flag, text }: Row): string =>
  `${short === '' ? '      ' : `  -${short}, `}--${flag.padEnd(33)}${text}`

export const helpText = (): string =>
  [
    'isulad',
    '',
    'lightweight container runtime daemon',
    '',
    'Usage:  isulad [global options]',
    '',
    'GLOBAL OPTIONS:',
    ...rows.map(line),
    '',
  ].join('\n')

export const versionText = (version: string): string => `Version ${version}\n`
