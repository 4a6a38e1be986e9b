/** Every start option of the daemon: its key in daemon.json, its flags, and what it takes. */

/** `lenient`: a boolean whose wrong type in the file means the default (CFG-SRC-08). */
export type OptionKind = 'text' | 'list' | 'switch' | 'lenient' | 'pairs' | 'integer' | 'object'

export interface Option {
  /** Key in daemon.json; the option's name everywhere inside. */
  readonly key: string
  /** Long flags without dashes; empty: file only. The first is the documented one. */
  readonly flags: ReadonlyArray<string>
  readonly short?: string
  readonly kind: OptionKind
  /** Belongs to later work: only nothing, or one of these values, is accepted. */
  readonly later?: ReadonlyArray<unknown>
}

const now = (
  key: string,
  kind: OptionKind,
  flags: ReadonlyArray<string>,
  short?: string,
): Option => (short === undefined ? { key, kind, flags } : { key, kind, flags, short })

const later = (
  key: string,
  kind: OptionKind,
  accepted: ReadonlyArray<unknown> = [],
  flags: ReadonlyArray<string> = [key],
): Option => ({ key, kind, flags, later: accepted })

const current: ReadonlyArray<Option> = [
  now('cgroup-parent', 'text', ['cgroup-parent']),
  now('default-runtime', 'text', ['default-runtime', 'runtime']),
  now('default-ulimits', 'object', ['default-ulimit', 'default-ulimits']),
  now('engine', 'text', ['engine'], 'e'),
  now('graph', 'text', ['graph'], 'g'),
  now('group', 'text', ['group'], 'G'),
  now('hosts', 'list', ['host'], 'H'),
  now('image-opt-timeout', 'text', ['image-opt-timeout']),
  now('journal-retain', 'text', ['journal-retain']),
  now('log-driver', 'text', ['log-driver']),
  now('log-level', 'text', ['log-level'], 'l'),
  now('log-opts', 'pairs', ['log-opt']),
  now('native.umask', 'text', ['native.umask']),
  now('network-plugin', 'text', ['network-plugin']),
  now('pidfile', 'text', ['pidfile'], 'p'),
  now('runtimes', 'object', []),
  now('start-timeout', 'text', ['start-timeout']),
  now('state', 'text', ['state'], 'S'),
  now('storage-driver', 'text', ['storage-driver']),
  now('storage-opts', 'list', ['storage-opt'], 's'),
  now('use-decrypted-key', 'lenient', ['use-decrypted-key']),
  now('websocket-server-listening-port', 'integer', ['websocket-server-listening-port']),
]

/** Values of the reference file (CFG-REF-01) are accepted where they stand for a default. */
const future: ReadonlyArray<Option> = [
  later('authorization-plugin', 'text'),
  later('cdi-spec-dirs', 'list', [], []),
  later('cni-bin-dir', 'text', ['/opt/cni/bin']),
  later('cni-conf-dir', 'text', ['/etc/cni/net.d']),
  later('container-log', 'object', [], ['container-log-driver', 'container-log-opts']),
  later('cpu-rt-period', 'integer'),
  later('cpu-rt-runtime', 'integer'),
  later('cri-runtimes', 'object', [], ['cri-runtime']),
  later('cri-sandboxers', 'object', [], []),
  later('disable-connections', 'switch', [], []),
  later('enable-cdi', 'switch', [], []),
  later('enable-cri-v1', 'switch', [], []),
  later('enable-plugins', 'text', [], []),
  later('enable-pod-events', 'switch', [], []),
  later('hook-spec', 'text', ['/etc/default/isulad/hooks/default.json']),
  later('image-layer-check', 'switch'),
  later('insecure-registries', 'list', [['rnd-dockerhub.huawei.com']], ['insecure-registry']),
  later('insecure-skip-verify-enforce', 'lenient'),
  later('metrics-port', 'integer', [], []),
  later('nri-socket-path', 'text', [], []),
  later('nri-support', 'switch', [], []),
  later('plugin-config-path', 'text', [], []),
  later('plugin-path', 'text', [], []),
  later('plugin-registration-timeout', 'integer', [], []),
  later('plugin-requst-timeout', 'integer', [], []),
  later('pod-sandbox-image', 'text'),
  later('registry-mirrors', 'list', [['docker.io']]),
  later('selinux-enabled', 'switch'),
  later('storage-enable-remote-layer', 'switch', [], []),
  later('sup-groups', 'object', [], []),
  later('systemd-cgroup', 'switch'),
  later('tls', 'switch'),
  later('tls-config', 'object', [], ['tlscacert', 'tlscert', 'tlskey']),
  later('tls-verify', 'switch', [], ['tlsverify']),
  later('userns-remap', 'text', [], []),
]

export const options: ReadonlyArray<Option> = [...current, ...future]

export const optionOfKey = (key: string): Option | undefined =>
  options.find((option) => option.key === key)

export const optionOfFlag = (flag: string): Option | undefined =>
  options.find(({ flags, short }) => flags.includes(flag) || short === flag)

export const currentKeys: ReadonlyArray<string> = current.map(({ key }) => key)

export const laterKeys: Readonly<Record<string, ReadonlyArray<unknown>>> = Object.fromEntries(
  future.map(({ key, later: accepted }) => [key, accepted ?? []]),
)
